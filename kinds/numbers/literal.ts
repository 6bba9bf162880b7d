/**
 * Numbers as people write them in files: decimal literals, white space around them allowed; no hexadecimal, no separators, no words.
 */
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const plus = 43
const minus = 45
const zero = 48
/** So many digits are an integer below 2^53, exact while it is being built. */
const mostQuickDigits = 15

/** The number that stands in bytes [start, end), or why there is none. */
export function readNumber(bytes: Buffer, start: number, end: number): number | string {
  const quick = readInteger(bytes, start, end)
  if (quick !== null) return quick
  const text = bytes.toString('latin1', start, end).replace(/^[ \t\v\f\r]+|[ \t\v\f\r]+$/g, '')
  if (text === '') return 'blank line'
  if (!decimal.test(text)) return 'not a number'
  const value = Number(text)
  return Number.isFinite(value) ? value : 'a number too large for a double'
}

/** A plain integer of up to 15 digits, which most lines of most files are; null for whatever else. */
function readInteger(bytes: Buffer, start: number, end: number): number | null {
  const sign = bytes[start]
  let at = sign === minus || sign === plus ? start + 1 : start
  if (at >= end || end - at > mostQuickDigits) return null
  let value = 0
  for (; at < end; at++) {
    const digit = bytes[at]! - zero
    if (digit < 0 || digit > 9) return null
    value = value * 10 + digit
  }
  return sign === minus ? -value : value
}
