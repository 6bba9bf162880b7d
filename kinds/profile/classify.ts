import { type Notation, typeOf } from '../../datasets/sniff/values.ts'
import { booleanIn, instantIn } from '../../datasets/table/textValues.ts'

/** What one value is by itself. Pure. */
export const classes = ['integer', 'decimal', 'boolean', 'date', 'timestamp', 'text'] as const
export type ValueClass = (typeof classes)[number]

export interface Classified {
  class: ValueClass
  /** The number, or the instant in epoch milliseconds; null for the others. */
  value: number | null
}

/** Nothing longer is a number, a date or a truth value. */
const longest = 64

export function classify(text: string, notation: Notation): Classified {
  if (text.length === 0 || text.length > longest) return { class: 'text', value: null }
  const type = typeOf(text, notation)
  switch (type) {
    case 'integer':
    case 'decimal':
      return numberOf(text, type, notation)
    case 'date':
    case 'timestamp': {
      const value = instantIn(text, type, notation)
      return value === null ? { class: 'text', value } : { class: type, value }
    }
    case 'boolean':
      return booleanIn(text) === null ? { class: 'text', value: null } : { class: 'boolean', value: null }
    default:
      return { class: 'text', value: null }
  }
}

function numberOf(text: string, type: 'integer' | 'decimal', { decimal, thousands }: Notation): Classified {
  const plain = thousands === '' ? text : text.replaceAll(thousands, '')
  const value = Number(decimal === ',' ? plain.replace(',', '.') : plain)
  return Number.isFinite(value) ? { class: type, value } : { class: 'text', value: null }
}
