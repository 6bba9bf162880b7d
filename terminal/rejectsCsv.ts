import type { MendedReject } from '../contract/mended.ts'
import { Refusal } from './exitCodes.ts'

/** Reads a rejects.csv whose raw texts a person has put right: RFC 4180, as spreadsheets save it, columns in any order. */
export function readRejectsCsv(text: string, file: string): MendedReject[] {
  const [header = [], ...rows] = parseCsv(text.replace(/^\uFEFF/, ''))
  const [source, offset, raw] = ['source', 'offset', 'raw'].map((name) => header.indexOf(name))
  if (source === undefined || offset === undefined || raw === undefined || Math.min(source, offset, raw) < 0)
    throw new Refusal(`cannot read ${file}: its first line does not name the columns source, offset and raw`)
  return rows.map((row, index) => {
    const place = row[offset] ?? ''
    if (!/^\d{1,15}$/.test(place)) throw new Refusal(`cannot read ${file}: line ${index + 2} has no offset`)
    return { source: plain(row[source]), offset: Number(place), raw: plain(row[raw]) }
  })
}

/** Without the apostrophe that keeps a spreadsheet from taking the field for a formula. */
function plain(field = ''): string {
  return field.replace(/^'(?='*[=+\-@\t\r])/, '')
}

/** Rows of fields. Empty lines are none. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    row.push(quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    if (row.length > 1 || row[0] !== '') rows.push(row)
    row = []
  }
  return rows
}
