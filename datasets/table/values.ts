import type { Notation } from '../sniff/values.ts'

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const zero = 48
const minus = 45
const plus = 43
/** So many digits are an integer below 2^53, exact while it is being built; so is the power of ten that it is divided by. */
const mostQuickDigits = 15
const powersOfTen = Float64Array.from({ length: mostQuickDigits + 1 }, (_, exponent) => 10 ** exponent)

/** Numbers in the notation of their table, from bytes. Null for what is none. */

/** A number as it stands in bytes [start, end). */
export type ReadNumber = (bytes: Uint8Array, start: number, end: number) => number | null

export function numberReader(notation: Notation): ReadNumber {
  const quick = quickNumberReader(notation)
  return (bytes, start, end) => {
    const value = quick(bytes, start, end)
    return Number.isNaN(value) ? numberIn(latin1(bytes, start, end), notation) : value
  }
}

/** Plain numbers of at most 15 digits, which most are; not-a-number for what has to be read in another way. */
export function quickNumberReader({
  decimal: mark,
}: Pick<Notation, 'decimal'>): (bytes: Uint8Array, start: number, end: number) => number {
  const markByte = mark.charCodeAt(0)
  return (bytes, start, end) => {
    const sign = bytes[start]
    const first = sign === minus || sign === plus ? start + 1 : start
    let value = 0
    let markAt = end
    for (let at = first; at < end; at++) {
      const digit = bytes[at]! - zero
      if (digit >= 0 && digit <= 9) value = value * 10 + digit
      else if (bytes[at] === markByte && markAt === end) markAt = at
      else return Number.NaN
    }
    const scale = Math.max(0, end - markAt - 1)
    const digits = markAt - first + scale
    if (digits === 0 || digits > mostQuickDigits) return Number.NaN
    // Both are exact, so that the quotient is the double nearest to what stands there.
    const size = value / powersOfTen[scale]!
    return sign === minus ? -size : size
  }
}

/** A decimal literal with a point and without marks between thousands; null for what is none. */
export function plainDecimal(text: string, { decimal: mark, thousands }: Notation): string | null {
  const trimmed = text.trim()
  const whole = thousands === '' ? trimmed : trimmed.replaceAll(thousands, '')
  const plain = mark === ',' ? whole.replace(',', '.') : whole
  return decimal.test(plain) ? plain : null
}

function numberIn(text: string, notation: Notation): number | null {
  const plain = plainDecimal(text, notation)
  if (plain === null) return null
  const value = Number(plain)
  return Number.isFinite(value) ? value : null
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', start, end)
}
