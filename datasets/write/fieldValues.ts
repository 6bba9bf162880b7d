import { assertNever, invariant } from '../../contract/invariant.ts'
import type { Table } from '../../contract/table.ts'
import { parseInstant } from '../expression/instants.ts'
import { typeOf } from '../sniff/values.ts'
import { type RowBatch, rowFlags } from '../table/batch.ts'
import { booleanIn } from '../table/textValues.ts'
import { numberReader } from '../table/values.ts'
import { type ColumnKind, seenBits } from './columnKinds.ts'

/** Fields of a table as values of the kind that their column was found to be, in the notation of the table. */

/** Integers are bigints, dates days, and times microseconds, since the beginning of 1970. */
export type FieldValue = bigint | number | boolean | string | null

type Notated = Pick<Table, 'format' | 'decimal' | 'thousands' | 'dayFirst'>

const zero = 48
const minus = 45
const mostQuickDigits = 15
const least64 = -(2n ** 63n)
const most64 = 2n ** 63n - 1n
const withOffset = /:\d{2}(?:[.,]\d+)?(?:\s?[AaPp][Mm])?\s?(?:Z|[+-]\d{2}(?::?\d{2})?)$/
const beyondMicroseconds = /[.,]\d{6}0*[1-9]/
const dayMs = 86_400_000

/** The bit of seenBits for a field; 0 for what says nothing. */
export function fieldClassifier(table: Notated): (batch: RowBatch, field: number) => number {
  const isText = table.format === 'json' || table.format === 'jsonl' ? rowFlags.quoted : 0
  return ({ bytes, starts, ends, flags }, field) => {
    const flag = flags[field]!
    const [start, end] = [starts[field]!, ends[field]!]
    if ((flag & rowFlags.null) !== 0 || start === end) return 0
    if ((flag & isText) === 0 && isQuickInteger(bytes, start, end)) return seenBits.integer
    const seen = seenIn(textIn(bytes, start, end), table)
    // A number in quotes is text in JSON.
    return (flag & isText) !== 0 && seen < seenBits.date ? seenBits.other : seen
  }
}

/** A short integer as integers are written. */
function isQuickInteger(bytes: Uint8Array, start: number, end: number): boolean {
  let at = bytes[start] === minus ? start + 1 : start
  if (at >= end || end - at > mostQuickDigits || (bytes[at] === zero && end - start > 1)) return false
  for (; at < end; at++) {
    const digit = bytes[at]! - zero
    if (digit < 0 || digit > 9) return false
  }
  return true
}

function seenIn(text: string, table: Notated): number {
  switch (typeOf(text, table)) {
    case 'integer':
      return seenInInteger(integerIn(text, table))
    case 'decimal':
      return Number.isFinite(decimalIn(text, table)) ? seenBits.decimal : seenBits.other
    case 'boolean':
      return seenBits.boolean
    case 'date':
    case 'timestamp':
      return seenInTime(text, table)
    default:
      return seenBits.other
  }
}

function seenInInteger(value: bigint): number {
  if (value < least64 || value > most64) return seenBits.other
  return BigInt(Number(value)) === value ? seenBits.integer : seenBits.wide
}

function seenInTime(text: string, table: Notated): number {
  const found = instantIn(text, table)
  if (found === null || beyondMicroseconds.test(text)) return seenBits.other
  if (found.type === 'date') return seenBits.date
  return withOffset.test(text) ? seenBits.instant : seenBits.timestamp
}

/** Reads fields of a column of that kind; null for what holds nothing, and for what is empty unless it is text. */
export function fieldReader(table: Notated, kind: ColumnKind): (batch: RowBatch, field: number) => FieldValue {
  const read = valueReader(table, kind)
  const keepsEmpty = kind === 'text'
  return ({ bytes, starts, ends, flags }, field) => {
    const [start, end] = [starts[field]!, ends[field]!]
    if ((flags[field]! & rowFlags.null) !== 0 || (start === end && !keepsEmpty)) return null
    const value = read(bytes, start, end)
    invariant(value !== null, `a column was found to be of ${kind} and is not`)
    return value
  }
}

type ReadValue = (bytes: Uint8Array, start: number, end: number) => FieldValue

function valueReader(table: Notated, kind: ColumnKind): ReadValue {
  switch (kind) {
    case 'integer':
      return (bytes, start, end) => integerIn(textIn(bytes, start, end), table)
    case 'decimal':
      return numberReader(table)
    case 'boolean':
      return (bytes, start, end) => booleanIn(textIn(bytes, start, end))
    case 'date':
      return (bytes, start, end) => {
        const found = instantIn(textIn(bytes, start, end), table)
        return found === null ? null : found.ms / dayMs
      }
    case 'timestamp':
    case 'instant':
      return (bytes, start, end) => microsecondsIn(textIn(bytes, start, end), table)
    case 'text':
      return textIn
    default:
      return assertNever(kind, 'column kind')
  }
}

function integerIn(text: string, { thousands }: Notated): bigint {
  const plain = thousands === '' ? text : text.replaceAll(thousands, '')
  return BigInt(plain.startsWith('+') ? plain.slice(1) : plain)
}

function decimalIn(text: string, { decimal, thousands }: Notated): number {
  const plain = thousands === '' ? text : text.replaceAll(thousands, '')
  return Number(decimal === ',' ? plain.replace(',', '.') : plain)
}

function instantIn(text: string, { dayFirst }: Notated): ReturnType<typeof parseInstant> {
  return parseInstant(text, dayFirst ? 'day-first' : 'month-first')
}

/** What is read knows milliseconds; the digits behind them stand in the text. */
function microsecondsIn(text: string, table: Notated): bigint | null {
  const found = instantIn(text, table)
  if (found === null) return null
  const [, beyond = ''] = /:\d{2}[.,]\d{3}(\d{1,3})/.exec(text) ?? []
  return BigInt(found.ms) * 1000n + BigInt(beyond.padEnd(3, '0'))
}

function textIn(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8', start, end)
}
