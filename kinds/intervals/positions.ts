import type { Table } from '../../contract/table.ts'
import { instantText } from '../../datasets/expression/instants.ts'
import { DecimalKeys } from '../../datasets/kernels/decimalKey.ts'
import { instantIn } from '../../datasets/table/textValues.ts'
import { plainDecimal } from '../../datasets/table/values.ts'
import type { Bytes } from './event.ts'
import { decimalText, isPlainExponent } from './decimalText.ts'
import type { IntervalsParams, PositionType } from './kind.ts'

/**
 * Starts and ends as bytes whose order is theirs, none of which is the beginning of another, and back as text in one form. Inside, all
 * intervals are half-open: the end of a closed one is the position behind it where positions can be counted (integers, days), and itself where
 * they cannot.
 */
export type Notation = Pick<Table, 'decimal' | 'thousands' | 'dayFirst'>
type Edge = 'start' | 'end'

export interface Positions {
  /** What `read` has made stands in [0, length). */
  bytes: Uint8Array
  length: number
  /** Whether a start may be an end, too. */
  readonly mayBeEmpty: boolean
  /** Says why a field is no position, or null. */
  read(field: Bytes, edge: Edge): string | null
  text(key: Bytes, edge: Edge): string
}

export function positionsFor({ positions = 'integer', bounds }: IntervalsParams, notation: Notation): Positions {
  if (positions === 'decimal') return new DecimalPositions(notation)
  return new CountedPositions(positions, notation, bounds === 'closed')
}

export const dayMs = 86_400_000

/** What lies between one position and the next; 0 where there is no next one. */
const steps = { integer: 1, date: dayMs, timestamp: 0 } as const
type CountedType = Exclude<PositionType, 'decimal'>

const [zero, minus, plus] = [48, 45, 43] as const
/** So many digits are an integer below 2^53, exact while it is being built. */
const mostQuickDigits = 15
const shownCharacters = 80
const half = 2 ** 32
const bias = 2 ** 31

/** Integers, and milliseconds: 64 bits, most significant first, counted from far below any. */
class CountedPositions implements Positions {
  readonly bytes = new Uint8Array(8)
  readonly length = 8
  readonly mayBeEmpty: boolean
  readonly #view = new DataView(this.bytes.buffer)
  readonly #type: CountedType
  readonly #notation: Notation
  readonly #step: number

  constructor(type: CountedType, notation: Notation, isClosed: boolean) {
    this.#type = type
    this.#notation = notation
    this.#step = isClosed ? steps[type] : 0
    this.mayBeEmpty = this.#step === 0
  }

  read(field: Bytes, edge: Edge): string | null {
    const value = this.#valueOf(field)
    if (typeof value === 'string') return value
    const moved = edge === 'end' ? value + this.#step : value
    const high = Math.floor(moved / half)
    this.#view.setUint32(0, high + bias)
    this.#view.setUint32(4, moved - high * half)
    return null
  }

  text(key: Bytes, edge: Edge): string {
    const value = countedAt(key) - (edge === 'end' ? this.#step : 0)
    return this.#type === 'integer' ? String(value) : instantText({ type: this.#type, ms: value })
  }

  #valueOf(field: Bytes): number | string {
    if (this.#type === 'integer') return quickInteger(field) ?? this.#integerOf(textOf(field))
    const text = textOf(field)
    return instantIn(text, this.#type, this.#notation) ?? `'${shown(text)}' is not a ${this.#type}`
  }

  #integerOf(text: string): number | string {
    const plain = plainDecimal(text, this.#notation)
    if (plain === null || !/^[+-]?\d+(?:\.0*)?$/.test(plain)) return `'${shown(text)}' is not an integer`
    const value = Number(plain)
    return Number.isSafeInteger(value)
      ? value
      : `'${shown(text)}' is beyond 2^53; -p positions=decimal keeps all digits`
  }
}

/** What a counted position stands for. */
export function countedAt({ bytes, start }: Bytes): number {
  const word = (at: number) => bytes[at]! * 2 ** 24 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!)
  return (word(start) - bias) * half + word(start + 4)
}

/** Null for what is no plain integer of a few digits. */
function quickInteger({ bytes, start, end }: Bytes): number | null {
  const sign = bytes[start]
  const first = sign === minus || sign === plus ? start + 1 : start
  if (first >= end || end - first > mostQuickDigits) return null
  let value = 0
  for (let at = first; at < end; at++) {
    const digit = bytes[at]! - zero
    if (digit < 0 || digit > 9) return null
    value = value * 10 + digit
  }
  return sign === minus ? 0 - value : value
}

/** Decimals with all their digits. */
class DecimalPositions implements Positions {
  readonly mayBeEmpty = true
  readonly #keys = new DecimalKeys(false)
  readonly #notation: Notation
  readonly #isPlain: boolean

  constructor(notation: Notation) {
    this.#notation = notation
    this.#isPlain = notation.decimal === '.' && notation.thousands === ''
  }

  get bytes(): Uint8Array {
    return this.#keys.bytes
  }

  get length(): number {
    return this.#keys.length
  }

  read(field: Bytes): string | null {
    const complaint = this.#isPlain ? this.#keys.read(field.bytes, field.start, field.end) : this.#readMarked(field)
    if (complaint !== null) return `'${shown(textOf(field))}' is not a number`
    return isPlainExponent(this.#keys.bytes)
      ? null
      : `'${shown(textOf(field))}' is too large or too small to be a position`
  }

  text(key: Bytes): string {
    return decimalText(key)
  }

  #readMarked(field: Bytes): string | null {
    const plain = plainDecimal(textOf(field), this.#notation)
    if (plain === null) return 'not a number'
    const bytes = Buffer.from(plain, 'latin1')
    return this.#keys.read(bytes, 0, bytes.length)
  }
}

function textOf({ bytes, start, end }: Bytes): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8', start, end)
}

function shown(text: string): string {
  return text.slice(0, shownCharacters).toWellFormed()
}
