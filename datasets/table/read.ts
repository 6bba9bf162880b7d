import { assertNever } from '../../contract/invariant.ts'
import type { Part, Split } from '../../contract/run.ts'
import { readCsv } from '../csv/read.ts'
import { readJsonArray, readJsonLines } from '../json/read.ts'
import type { RowBatch } from './batch.ts'
import { type TableContext, type TablePiece, tablePiece } from './context.ts'
import { extentOf } from './extent.ts'
import { Starts } from './starts.ts'
import { wholeRows } from './wholeRows.ts'

/**
 * The rows of a split, in order, whatever the format: the records that start in its cells, each once, with the columns of all inputs. What cannot be a row is set aside
 * here; progress and the records of each piece are counted here. `uses` are those of the map's stage, from indexTables of plan.ts.
 */
export async function* readTable(split: Split, context: TableContext, uses: readonly Part[]): AsyncGenerator<RowBatch> {
  const starts = Starts.of(uses[0], context)
  for (const piece of split.pieces) {
    // Also where no record starts: every piece is of the version that the job was made for.
    context.open(piece.input)
    const of = tablePiece(context, piece)
    const whole = wholeRows(of.input)
    for await (const batch of readPiece(of, starts)) yield whole(batch)
  }
}

/** What brings a library of its own is loaded when it is first needed. */
async function* readPiece(piece: TablePiece, starts: Starts | null): AsyncGenerator<RowBatch> {
  switch (piece.table.format) {
    case 'csv':
      yield* readCsv(piece, await extentOf(piece, starts))
      return
    case 'jsonl':
      yield* readJsonLines(piece, await extentOf(piece, starts))
      return
    case 'json':
      yield* readJsonArray(piece, await extentOf(piece, starts))
      return
    case 'parquet':
      yield* (await import('../parquet/read.ts')).readParquet(piece)
      return
    case 'sqlite':
      yield* (await import('../sqlite/read.ts')).readSqlite(piece)
      return
    case 'xlsx':
      yield* (await import('../xlsx/read.ts')).readXlsx(piece)
      return
    default:
      assertNever(piece.table.format, 'table format')
  }
}
