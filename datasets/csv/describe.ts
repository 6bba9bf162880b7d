import type { Column, Dialect, Table, TableWishes } from '../../contract/table.ts'
import { columnType, notationOf } from '../sniff/values.ts'
import { nameColumns } from '../table/columns.ts'
import { type Described, commonOf, notesOnDates, previewRows } from '../table/described.ts'
import { type Head, type SampleRecord, sampleOf, sniffDialect } from './sniff.ts'

/** A delimited text as a table, told from its head. Pure. */
export function describeCsv(head: Head, wishes: TableWishes): Described {
  const dialect = sniffDialect(head, wishes)
  const [first] = sampleOf(head, dialect)
  const width = first?.values.length ?? 0
  const records = sampleOf(head, dialect, width)
  const body = dialect.header ? records.slice(1) : records
  const rows = body.map(({ values }) => values)
  const notation = { ...notationOf(textsOf(rows), dialect.delimiter), ...wished(wishes) }
  const headerEnd = dialect.header ? (records[0]?.end ?? 0) : 0
  const table: Table = {
    ...commonOf(wishes),
    ...notation,
    format: 'csv',
    dialect,
    dataStart: headerEnd,
    columns: columnsOf({ first, dialect, rows, width }, notation),
  }
  const notes = notesOnDates(table, rows)
  return { table, rows: previewRows(rows), estimatedRows: estimate(head, body, headerEnd), notes }
}

export function wished({
  decimal,
  thousands,
  dayFirst,
}: TableWishes): Partial<Pick<Table, 'decimal' | 'thousands' | 'dayFirst'>> {
  return {
    ...(decimal === undefined ? {} : { decimal }),
    ...(thousands === undefined ? {} : { thousands }),
    ...(dayFirst === undefined ? {} : { dayFirst }),
  }
}

interface Found {
  first: SampleRecord | undefined
  dialect: Dialect
  rows: readonly (string | null)[][]
  width: number
}

function columnsOf({ first, dialect, rows, width }: Found, notation: ReturnType<typeof notationOf>): Column[] {
  const names = nameColumns(dialect.header ? (first?.values ?? []) : Array.from({ length: width }, () => null))
  return names.map((name, column) => ({
    name,
    type: columnType(
      rows.flatMap((row) => row[column] ?? []),
      notation,
    ),
  }))
}

function textsOf(rows: readonly (string | null)[][]): string[] {
  return rows.flatMap((row) => row.filter((value) => value !== null))
}

/** Of the bytes that the head is of: records so far, in proportion. */
function estimate(
  { bytes, isWhole }: Head,
  body: readonly SampleRecord[],
  headerEnd: number,
): Described['estimatedRows'] {
  const end = body.at(-1)?.end ?? headerEnd
  if (isWhole && end === bytes.length) return { rows: body.length, perByte: null }
  return { rows: null, perByte: end > headerEnd ? body.length / (end - headerEnd) : null }
}
