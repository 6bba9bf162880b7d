import type { RowBatch } from '../table/batch.ts'
import type { TablePiece } from '../table/context.ts'
import { ValueRows } from '../table/valueRows.ts'
import { chosenSheet } from './describe.ts'
import { sheetRows } from './sheet.ts'
import { readWorkbook } from './workbook.ts'
import { Zip } from './zip.ts'

/** Rows of one sheet of a workbook. A row's place is its number in the sheet, from 1. */
export async function* readXlsx(piece: TablePiece): AsyncGenerator<RowBatch> {
  const { context, input, table } = piece
  const zip = await Zip.open({ fd: context.open(piece.piece.input), path: input.path, bytes: input.bytes })
  const workbook = await readWorkbook(zip)
  const sheet = chosenSheet(workbook, input.path, table.part)
  const rows = new ValueRows(
    piece,
    table.columns.map(({ type }) => type === 'text'),
  )
  for await (const { number, values } of sheetRows(zip, workbook, sheet.part)) {
    if (number <= table.dataStart) continue
    if (values.length > table.columns.length)
      rows.reject(values, number, `${values.length} cells instead of ${table.columns.length}`)
    else if (rows.push(values, number)) yield* rows.take(0)
  }
  yield* rows.finish()
}
