import type { ColumnType, Table } from '../../contract/table.ts'
import { parseInstant } from '../expression/instants.ts'

/** What a value looks like, and what the looks of many say about their notation. Pure; guesses only, shown and overridable. */
export type Notation = Pick<Table, 'decimal' | 'thousands' | 'dayFirst'>

const integer = /^[+-]?(0|[1-9]\d*)$/
const decimalPoint = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const decimalComma = /^[+-]?(\d+,?\d*|,\d+)([eE][+-]?\d+)?$/
const paddedInteger = /^[+-]?0\d+$/
const grouped = /^[+-]?[1-9]\d{0,2}(([,.' _\u00a0\u202f])\d{3})(\2\d{3})*([.,]\d+)?$/
const boolean = /^(true|false|yes|no)$/i
const otherDate = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})$/
/** All dates have at least one digit, and a mark or a blank behind their first part. */
const maybeDate = /^\w{1,9}[-/. ].*\d/

/** What is told to be a date can be read as one; without `dayFirst` in either order. */
export function typeOf(
  text: string,
  { decimal, thousands, dayFirst }: Pick<Notation, 'decimal' | 'thousands'> & Partial<Pick<Notation, 'dayFirst'>>,
): ColumnType {
  if (boolean.test(text)) return 'boolean'
  const number = numberTypeOf(thousands !== '' && grouped.test(text) ? text.replaceAll(thousands, '') : text, decimal)
  if (number !== null) return number
  if (!maybeDate.test(text)) return 'text'
  const found =
    (dayFirst === true ? null : parseInstant(text, 'month-first')) ??
    (dayFirst === false ? null : parseInstant(text, 'day-first'))
  return found?.type ?? 'text'
}

function numberTypeOf(text: string, decimal: '.' | ','): 'integer' | 'decimal' | null {
  if (integer.test(text)) return 'integer'
  // 08123 is a code, not a number.
  if (paddedInteger.test(text)) return null
  return (decimal === '.' ? decimalPoint : decimalComma).test(text) ? 'decimal' : null
}

/** The narrowest type that all values have. */
export function columnType(values: Iterable<string>, notation: Notation): ColumnType {
  let type: ColumnType = 'unknown'
  for (const value of values) {
    type = widerType(type, typeOf(value, notation))
    if (type === 'text') break
  }
  return type
}

/** What both are, at its narrowest. */
export function widerType(one: ColumnType, other: ColumnType): ColumnType {
  if (one === other || one === 'unknown') return other
  const both = new Set([one, other])
  if (both.has('integer') && both.has('decimal')) return 'decimal'
  return both.has('date') && both.has('timestamp') ? 'timestamp' : 'text'
}

/** How numbers and dates are written, told from values that can be read one way only; `delimiter` decides what can be read both ways. */
export function notationOf(values: readonly string[], delimiter: string | null): Notation {
  const numbers = values.filter((value) => /^[+-]?[\d.,' _\u00a0\u202f]*\d[\d.,' _\u00a0\u202f]*$/.test(value))
  const decimal = decimalOf(numbers, delimiter)
  return { decimal, thousands: thousandsOf(numbers, decimal), dayFirst: dayFirstOf(values) }
}

function decimalOf(numbers: readonly string[], delimiter: string | null): '.' | ',' {
  const points = numbers.filter((text) => isSurelyDecimal(text, '.')).length
  const commas = numbers.filter((text) => isSurelyDecimal(text, ',')).length
  if (points !== commas) return commas > points ? ',' : '.'
  const eitherWay = numbers.some((text) => /^[+-]?\d{1,3},\d{3}$/.test(text))
  return points === 0 && eitherWay && delimiter === ';' ? ',' : '.'
}

/** One mark that is no thousands mark: not exactly three digits follow it, or another mark stands before it. */
function isSurelyDecimal(text: string, mark: '.' | ','): boolean {
  const parts = text.split(mark)
  if (parts.length !== 2) return false
  const [before = '', after = ''] = parts
  if (!/^\d*$/.test(after)) return false
  return after.length !== 3 || /\d[.,' _\u00a0\u202f]\d/.test(before) || before.replace(/^[+-]/, '').length > 3
}

function thousandsOf(numbers: readonly string[], decimal: '.' | ','): Table['thousands'] {
  const marks = new Map<string, number>()
  for (const text of numbers) {
    const mark = grouped.exec(text)?.[2]
    if (mark !== undefined && mark !== decimal) marks.set(mark, (marks.get(mark) ?? 0) + 1)
  }
  const [found] = [...marks].toSorted((one, other) => other[1] - one[1])
  const known = [',', '.', ' ', "'", '_'] as const
  return known.find((mark) => mark === found?.[0]) ?? ''
}

/** 13/01/2026 can be read one way only; where all can be read both ways, points mean that the day comes first. */
function dayFirstOf(values: readonly string[]): boolean {
  let points = false
  for (const value of values) {
    const [, first, mark, second] = otherDate.exec(value.split(/[T ]/, 1)[0] ?? '') ?? []
    if (first === undefined) continue
    if (Number(first) > 12) return true
    if (Number(second) > 12) return false
    points ||= mark === '.'
  }
  return points
}
