import { type FileMetaData, parquetRead } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { invariant } from '../../contract/invariant.ts'
import { TaskFailure } from '../../contract/run.ts'
import { cellAt } from '../bytes/grid.ts'
import type { RowBatch } from '../table/batch.ts'
import type { TablePiece } from '../table/context.ts'
import { ValueRows } from '../table/valueRows.ts'
import { topColumns } from './columns.ts'
import { type ParquetFile, parquetFile, parquetFooter, parsers, valueText, withExactDecimals } from './file.ts'
import { groupsPerCell } from './grid.ts'

/** Rows of Parquet, row group by row group; large ones in parts. A row's place is its number in the file, from 0. */
const rowsAtOnce = 64 * 1024

export async function* readParquet(piece: TablePiece): AsyncGenerator<RowBatch> {
  const { context, input } = piece
  const file = parquetFile(context.open(piece.piece.input), input.bytes)
  const footer = await parquetFooter(file, input.path)
  const columns = topColumns(footer)
  const rows = new ValueRows(
    piece,
    columns.map(({ type }) => type === 'text'),
  )
  const range = rowsOf(piece, footer)
  for (let from = range.from; from < range.to; from += rowsAtOnce) {
    const values = await rowsBetween({ file, footer, path: input.path }, from, Math.min(range.to, from + rowsAtOnce))
    for (const [index, row] of values.entries()) {
      const texts = columns.map(({ scale }, column) => valueText(row[column], scale))
      if (rows.push(texts, from + index)) yield* rows.take((from + index - range.from) / (range.to - range.from))
    }
  }
  yield* rows.finish()
}

/** Row groups are never cut: a cell has a number of them. */
function rowsOf({ piece, input }: TablePiece, { row_groups: groups }: FileMetaData): { from: number; to: number } {
  const perCell = groupsPerCell(groups.length)
  const before = (group: number) => groups.slice(0, group).reduce((sum, { num_rows: rows }) => sum + Number(rows), 0)
  return { from: before(cellAt(input, piece.from) * perCell), to: before(cellAt(input, piece.to) * perCell) }
}

async function rowsBetween(
  { file, footer, path }: { file: ParquetFile; footer: FileMetaData; path: string },
  rowStart: number,
  rowEnd: number,
): Promise<unknown[][]> {
  let found: unknown[][] | null = null
  const metadata = withExactDecimals(footer)
  try {
    await parquetRead({
      file,
      metadata,
      compressors,
      parsers,
      geoparquet: false,
      rowStart,
      rowEnd,
      onComplete: (rows) => (found = rows),
    })
  } catch (error) {
    throw new TaskFailure(
      'refused-input',
      `cannot read rows ${rowStart + 1} to ${rowEnd} of ${path}: ${(error as Error).message}`,
      {
        cause: error,
      },
    )
  }
  invariant(found !== null, 'hyparquet completes with rows')
  return found
}
