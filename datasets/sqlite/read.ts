import type { RowBatch } from '../table/batch.ts'
import type { TablePiece } from '../table/context.ts'
import { ValueRows } from '../table/valueRows.ts'
import { placeOf, quoted, rowIds, selectOf, valueText, withDatabase } from './file.ts'

/** Rows of a database: by ranges of row ids side by side, or all of them in turn where there are none. */
type Connection = Parameters<typeof rowIds>[0]

export async function* readSqlite(piece: TablePiece): AsyncGenerator<RowBatch> {
  yield* withDatabase(piece.input.path, (db) => batches(db, piece))
}

function* batches(db: Connection, piece: TablePiece): Generator<RowBatch> {
  const rows = new ValueRows(
    piece,
    piece.table.columns.map(({ type }) => type === 'text'),
  )
  const ids = rowIds(db, piece.table)
  const found = ids === null ? numbered(db, piece) : withRowIds(db, piece, ids)
  for (const { place, values, fraction } of found)
    if (rows.push(values.map(valueText), place)) yield* rows.take(fraction)
  yield* rows.finish()
}

interface Found {
  place: number
  values: unknown[]
  fraction: number
}

function* numbered(db: Connection, { table, input }: TablePiece): Generator<Found> {
  const statement = db.prepare(selectOf(table, input.path)).raw().safeIntegers()
  let place = 0
  for (const values of statement.iterate()) yield { place: place++, values: values as unknown[], fraction: 0 }
}

/** The piece's share of the ids, as its bytes are a share of the file. */
function* withRowIds(
  db: Connection,
  { piece, input, table }: TablePiece,
  { first, last }: { first: bigint; last: bigint },
): Generator<Found> {
  const bytes = BigInt(input.bytes)
  const at = (byte: number) => first + ((last - first + 1n) * BigInt(byte)) / bytes
  const [from, to] = [at(piece.from), at(piece.to)]
  const select = `SELECT rowid, * FROM ${quoted(table.part ?? '')} WHERE rowid >= ? AND rowid < ? ORDER BY rowid`
  for (const row of db.prepare(select).raw().safeIntegers().iterate(from, to)) {
    const [id, ...values] = row as [bigint, ...unknown[]]
    const fraction = Number(id - from) / Math.max(1, Number(to - from))
    yield { place: placeOf(id, first), values, fraction }
  }
}
