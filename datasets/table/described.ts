import type { Table, TableWishes } from '../../contract/table.ts'
import { hasShortYear, shortYears } from '../expression/instants.ts'

/** What a format's `describe` tells of a table before any job. */
export interface Described {
  /** Places and encoding are of the text that was described: whoever took it from a file adjusts them. */
  table: Table
  rows: (string | null)[][]
  /** Exact in number, or in proportion to the text's bytes, or not known. */
  estimatedRows: { rows: number | null; perByte: number | null }
  notes: string[]
}

const previewCount = 200
const previewCharacters = 500

/** What no format decides: what a person says, or what holds without. */
export function commonOf(wishes: TableWishes): Omit<Table, 'format' | 'dialect' | 'dataStart' | 'columns'> {
  return {
    compression: null,
    encoding: 'utf-8',
    ragged: wishes.ragged ?? 'reject',
    nulls: wishes.nulls ?? [],
    // What a format keeps as a number has a point and no marks, whatever a person says of numbers in text.
    decimal: '.',
    thousands: '',
    dayFirst: wishes.dayFirst ?? false,
    flatten: wishes.flatten ?? true,
    part: null,
    query: null,
  }
}

/** What is to be known of how dates are read. */
export function notesOnDates({ columns }: Pick<Table, 'columns'>, rows: readonly (string | null)[][]): string[] {
  const dated = columns.flatMap(({ type }, column) => (type === 'date' || type === 'timestamp' ? [column] : []))
  const isShort = (row: readonly (string | null)[]) => dated.some((column) => hasShortYear(row[column]?.trim() ?? ''))
  return rows.some(isShort) ? [shortYears] : []
}

export function previewRows(rows: readonly (string | null)[][]): (string | null)[][] {
  return rows.slice(0, previewCount).map((row) => row.map((value) => (value === null ? null : firstCharacters(value))))
}

function firstCharacters(text: string): string {
  return text.length <= previewCharacters ? text : text.slice(0, previewCharacters).toWellFormed()
}
