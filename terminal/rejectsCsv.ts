import type { MendedReject } from '../contract/mended.ts'
import { csvRows } from './csvRows.ts'
import { Refusal } from './exitCodes.ts'

type Columns = Record<'source' | 'offset' | 'raw', number>

/** Reads a rejects.csv whose raw texts a person has put right, record by record: as spreadsheets save it, columns in any order. */
export async function* readRejectsCsv(
  chunks: AsyncIterable<string> | Iterable<string>,
  file: string,
): AsyncGenerator<MendedReject, void, void> {
  let columns: Columns | undefined
  let line = 1
  for await (const row of csvRows(chunks, file)) {
    if (columns === undefined) columns = columnsOf(row, file)
    else yield recordOf(row, { columns, line, file })
    line += 1
  }
  if (columns === undefined) columnsOf([], file)
}

function columnsOf(header: readonly string[], file: string): Columns {
  const [first = '', ...others] = header
  const names = [first.replace(/^\uFEFF/, ''), ...others]
  const columns = { source: names.indexOf('source'), offset: names.indexOf('offset'), raw: names.indexOf('raw') }
  if (Math.min(...Object.values(columns)) < 0)
    throw new Refusal(`cannot read ${file}: its first line does not name the columns source, offset and raw`)
  return columns
}

function recordOf(
  row: readonly string[],
  { columns, line, file }: { columns: Columns; line: number; file: string },
): MendedReject {
  const place = row[columns.offset] ?? ''
  if (!/^\d{1,15}$/.test(place)) throw new Refusal(`cannot read ${file}: line ${line} has no offset`)
  return { source: plain(row[columns.source]), offset: Number(place), raw: plain(row[columns.raw]) }
}

/** Without the apostrophe that keeps a spreadsheet from taking the field for a formula. */
function plain(field = ''): string {
  return field.replace(/^'(?='*[=+\-@\t\r])/, '')
}
