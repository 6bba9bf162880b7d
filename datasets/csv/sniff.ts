import type { Dialect, TableWishes } from '../../contract/table.ts'
import { typeOf } from '../sniff/values.ts'
import { fieldFlags } from '../kernels/requests.ts'
import { type FieldTable, fieldsOf } from './fields.ts'
import { rulesOf } from './rules.ts'

/**
 * The dialect of a text, told from its head: of the delimiters that are usual, the one that cuts it into the most regular table of the
 * most plausible values. Quotes are `"` unless a person says otherwise or only single ones are used as such: a quote that is never closed
 * must be told, not taken for text. Pure.
 */
export interface SampleRecord {
  /** Of each field; null for one without anything. */
  values: (string | null)[]
  isJunk: boolean
  /** Where the next record starts, in bytes of the sample. */
  end: number
}

const delimiters = [',', '\t', ';', '|'] as const
const sampleRecords = 300
const names = { tab: '\t', comma: ',', semicolon: ';', pipe: '|', space: ' ' } as const

/** The head of a text, as UTF-8. */
export interface Head {
  bytes: Buffer
  /** It is all there is. */
  isWhole: boolean
}

export function sniffDialect(head: Head, wishes: TableWishes): Dialect {
  const text = head.bytes.toString('utf8')
  const quote = wishes.quote === undefined ? quoteOf(text) : wishes.quote === 'none' ? null : wishes.quote
  const candidates = wishes.delimiter === undefined ? delimiters : [delimiterOf(wishes.delimiter)]
  const base = { quote, escape: null, header: false }
  const scored = candidates.map((delimiter) => {
    const dialect = { ...base, delimiter }
    return { dialect, score: scoreOf(sampleOf(head, dialect), dialect.delimiter) }
  })
  const best = scored.reduce((one, other) => (other.score > one.score ? other : one)).dialect
  const dialect = { ...best, escape: escapeOf(head, best, wishes) }
  return { ...dialect, header: wishes.header ?? looksLikeHeader(sampleOf(head, dialect)) }
}

function delimiterOf(wish: string): string {
  return Object.hasOwn(names, wish) ? names[wish as keyof typeof names] : wish
}

/** The first records of the head that are complete. */
export function sampleOf({ bytes, isWhole }: Head, dialect: Dialect, columns = 2): SampleRecord[] {
  const fields = fieldsOf(bytes, rulesOf(dialect, columns), isWhole)
  return Array.from({ length: Math.min(sampleRecords, fields.records) }, (_, record) => {
    const first = fields.recordFields[record] ?? 0
    const last = fields.recordFields[record + 1] ?? 0
    const places = Array.from({ length: last - first }, (_, field) => first + field)
    return {
      values: places.map((field) => valueOf(bytes, dialect, { fields, field })),
      isJunk: places.some((field) => ((fields.flags[field] ?? 0) & fieldFlags.junk) !== 0),
      end: fields.recordStarts[record + 1] ?? 0,
    }
  })
}

function valueOf(
  bytes: Buffer,
  { quote, escape }: Dialect,
  { fields, field }: { fields: FieldTable; field: number },
): string | null {
  const flags = fields.flags[field] ?? 0
  if ((flags & fieldFlags.null) !== 0) return null
  const text = bytes.toString('utf8', fields.starts[field], fields.ends[field])
  if ((flags & fieldFlags.escaped) === 0) return text
  let plain = ''
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === quote || text[at] === escape) at += 1
    plain += text[at] ?? ''
  }
  return plain
}

function quoteOf(text: string): string {
  if (text.includes('"')) return '"'
  return /(^|[,;\t|\n])'[^'\n]*'([,;\t|\r\n]|$)/.test(text) ? "'" : '"'
}

function escapeOf(head: Head, dialect: Dialect, wishes: TableWishes): string | null {
  if (wishes.escape !== undefined)
    return wishes.escape === 'none' || wishes.escape === dialect.quote ? null : wishes.escape
  const junk = (escape: string | null) =>
    sampleOf(head, { ...dialect, escape }).filter((record) => record.isJunk).length
  const without = junk(null)
  return without > 0 && junk('\\') < without ? '\\' : null
}

/**
 * After van den Burg, Nazabal and Sutton, "Wrangling messy CSV files by detecting row and type patterns" (2019): how regular the rows
 * are, times the share of values that look like something.
 */
function scoreOf(records: readonly SampleRecord[], delimiter: string): number {
  const lengths = new Map<number, number>()
  for (const { values } of records) lengths.set(values.length, (lengths.get(values.length) ?? 0) + 1)
  let pattern = 0
  for (const [length, count] of lengths) pattern += (count * (length - 1)) / length
  const values = records.flatMap((record) => record.values)
  const plausible = values.filter((value) => isPlausible(value, delimiter)).length
  return (pattern / Math.max(1, lengths.size)) * (plausible / Math.max(1, values.length))
}

function isPlausible(value: string | null, delimiter: string): boolean {
  if (value === null) return true
  const decimal = delimiter === ',' ? '.' : ','
  const type = typeOf(value, { decimal: '.', thousands: '' })
  if (type !== 'text' || typeOf(value, { decimal, thousands: '' }) !== 'text') return true
  return (
    !delimiters.some((other) => other !== delimiter && other !== ',' && value.includes(other)) &&
    !/^["']|["']$/.test(value)
  )
}

/** A first record of names: none of it looks like a value, and either there are several columns or those below look different. */
function looksLikeHeader([first, ...others]: readonly SampleRecord[]): boolean {
  if (first === undefined) return false
  const names = first.values.filter((value) => value !== null)
  const typed = names.filter((value) => isTyped(value))
  if (names.length === 0 || typed.length === names.length) return false
  if (typed.length > 0) return areYears(typed)
  if (first.values.length > 1) return true
  const below = others.slice(0, 100).map((record) => record.values[0] ?? null)
  return below.length > 0 && below.every((value) => value === null || isTyped(value))
}

function isTyped(value: string): boolean {
  return typeOf(value, { decimal: '.', thousands: '' }) !== 'text'
}

/** Columns may be called by year. */
function areYears(values: readonly string[]): boolean {
  const years = values.map(Number)
  return years.every(
    (year, index) => /^\d{4}$/.test(values[index] ?? '') && (index === 0 || year > (years[index - 1] ?? 0)),
  )
}
