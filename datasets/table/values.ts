import type { Table } from '../../contract/table.ts'
import type { Notation } from '../sniff/values.ts'

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const zero = 48
const minus = 45
const plus = 43
/** So many digits are an integer below 2^53, exact while it is being built. */
const mostQuickDigits = 15

/** Numbers in the notation of their table, from bytes. Null for what is none. */

/** A number as it stands in bytes [start, end). */
export type ReadNumber = (bytes: Uint8Array, start: number, end: number) => number | null

export function numberReader({ decimal: mark, thousands }: Notation): ReadNumber {
  return (bytes, start, end) => quickInteger(bytes, start, end) ?? numberIn(latin1(bytes, start, end), mark, thousands)
}

/** A plain integer, which most numbers are. */
function quickInteger(bytes: Uint8Array, start: number, end: number): number | null {
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

function numberIn(text: string, mark: Table['decimal'], thousands: Table['thousands']): number | null {
  const trimmed = text.trim()
  const whole = thousands === '' ? trimmed : trimmed.replaceAll(thousands, '')
  const plain = mark === ',' ? whole.replace(',', '.') : whole
  if (!decimal.test(plain)) return null
  const value = Number(plain)
  return Number.isFinite(value) ? value : null
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', start, end)
}
