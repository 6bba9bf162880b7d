import { type Notation, typeOf } from '../../datasets/sniff/values.ts'
import { booleanIn, instantIn } from '../../datasets/table/textValues.ts'

/** What one value is by itself. Pure. */
export const classes = ['integer', 'decimal', 'boolean', 'date', 'timestamp', 'text'] as const
export type ValueClass = (typeof classes)[number]

export interface Classified {
  class: ValueClass
  /** The number, or the instant in epoch milliseconds; null for the others. */
  value: number | null
  /** What the number lacks of an integer that is too long for it. */
  lost: bigint
}

/** Nothing longer is a number, a date or a truth value. */
const longest = 64

const asText: Classified = { class: 'text', value: null, lost: 0n }

export function classify(text: string, notation: Notation): Classified {
  if (text.length === 0 || text.length > longest) return asText
  const type = typeOf(text, notation)
  switch (type) {
    case 'integer':
    case 'decimal':
      return numberOf(text, type, notation)
    case 'date':
    case 'timestamp': {
      const value = instantIn(text, type, notation)
      return value === null ? asText : { class: type, value, lost: 0n }
    }
    case 'boolean':
      return booleanIn(text) === null ? asText : { class: 'boolean', value: null, lost: 0n }
    default:
      return asText
  }
}

function numberOf(text: string, type: 'integer' | 'decimal', { decimal, thousands }: Notation): Classified {
  const plain = thousands === '' ? text : text.replaceAll(thousands, '')
  const value = Number(decimal === ',' ? plain.replace(',', '.') : plain)
  if (!Number.isFinite(value)) return asText
  const isLong = type === 'integer' && !Number.isSafeInteger(value)
  return { class: type, value, lost: isLong ? BigInt(plain) - BigInt(value) : 0n }
}
