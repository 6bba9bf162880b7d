import type { Input } from '../../contract/dataset.ts'
import { TaskFailure } from '../../contract/run.ts'
import type { Column, TableWishes } from '../../contract/table.ts'
import { columnType } from '../sniff/values.ts'
import { nameColumns } from '../table/columns.ts'
import { type Described, commonOf, previewRows } from '../table/described.ts'
import { type SheetRow, sheetRows } from './sheet.ts'
import { type Workbook, readWorkbook } from './workbook.ts'
import { Zip } from './zip.ts'

/** A workbook as a table: one of its sheets, told from its first rows. Null for a zip that is no workbook. */
const sampleRows = 201

export async function describeXlsx(
  { fd, path, bytes }: { fd: number; path: string; bytes: number },
  wishes: TableWishes,
): Promise<(Described & Pick<Input, 'cellEnds'>) | null> {
  const zip = await Zip.open({ fd, path, bytes })
  if (!zip.has('xl/workbook.xml')) return null
  const workbook = await readWorkbook(zip)
  const sheet = chosenSheet(workbook, path, wishes.sheet)
  const { rows, isAll } = await firstRows(sheetRows(zip, workbook, sheet.part))
  const [first] = rows
  const hasHeader = wishes.header ?? isHeader(first)
  const body = hasHeader ? rows.slice(1) : rows
  const width = rows.reduce((widest, { values }) => Math.max(widest, values.length), 0)
  const others = workbook.sheets.filter((other) => other !== sheet).map(({ name }) => name)
  return {
    table: {
      ...commonOf(wishes),
      format: 'xlsx',
      dialect: null,
      part: sheet.name,
      // The row behind the header, as the sheet counts.
      dataStart: hasHeader ? (first?.number ?? 0) : 0,
      columns: columnsOf(hasHeader ? first : undefined, body, { width, dayFirst: wishes.dayFirst ?? false }),
    },
    rows: previewRows(body.map(({ values }) => Array.from({ length: width }, (_, column) => values[column] ?? null))),
    estimatedRows: { rows: isAll ? body.length : null, perByte: null },
    notes: [
      'a workbook cannot be split: one worker reads it',
      ...(others.length > 0 ? [`other sheets, by -p sheet=NAME: ${others.join(', ')}`] : []),
    ],
    cellEnds: [bytes],
  }
}

async function firstRows(all: AsyncIterable<SheetRow>): Promise<{ rows: SheetRow[]; isAll: boolean }> {
  const rows: SheetRow[] = []
  for await (const row of all) {
    if (rows.length === sampleRows) return { rows, isAll: false }
    rows.push(row)
  }
  return { rows, isAll: true }
}

/** Nothing but texts. */
function isHeader(row: SheetRow | undefined): boolean {
  return row !== undefined && row.values.every((value, at) => value === null || row.isText[at] === true)
}

export function chosenSheet(
  { sheets }: Workbook,
  path: string,
  wanted: string | null | undefined,
): Workbook['sheets'][number] {
  const sheet = wanted === null || wanted === undefined ? sheets[0] : sheets.find(({ name }) => name === wanted)
  if (sheet !== undefined) return sheet
  const names = sheets.map(({ name }) => name).join(', ')
  throw new TaskFailure('refused-input', `cannot read ${path}: it has no sheet ${wanted ?? ''}; choose one of ${names}`)
}

function columnsOf(
  header: SheetRow | undefined,
  body: readonly SheetRow[],
  { width, dayFirst }: { width: number; dayFirst: boolean },
): Column[] {
  const names = nameColumns(Array.from({ length: width }, (_, column) => header?.values[column] ?? null))
  const notation = { decimal: '.', thousands: '', dayFirst } as const
  return names.map((name, column) => {
    const isText = body.some((row) => row.isText[column] === true)
    const values = body.flatMap((row) => row.values[column] ?? [])
    const type = columnType(values, notation)
    return { name, type: isText && (type === 'integer' || type === 'decimal' || type === 'boolean') ? 'text' : type }
  })
}
