import type { Piece } from '../../contract/dataset.ts'
import { cellStates } from '../kernels/cellEffect.ts'
import { openSource } from '../stream/text.ts'
import { atRecord, entryDoubles, scanStream } from './cellEntry.ts'
import { type TableContext, tablePiece } from './context.ts'

/** What stands for a cell that was not looked through, as its input's index was kept by an earlier job. */
export const notLookedAt = -1

/** The entry of one cell (cellEntry.ts). */
export async function indexCell(cell: Piece, context: TableContext): Promise<Float64Array> {
  const { table } = tablePiece(context, cell)
  const isPlain = table.compression === null
  const stream = openSource({
    context,
    input: cell.input,
    table,
    from: isPlain ? cell.from : 0,
    to: isPlain ? cell.to : null,
    origin: { from: cell.from, to: cell.to, place: 0 },
  })
  try {
    // Of what is compressed, the first cell holds all that is before the data.
    const skip = Math.max(0, isPlain || cell.from === 0 ? table.dataStart - cell.from : 0)
    // What stands before the first record leads into no state but that of a record's start.
    const entries = cellStates.map((_, state) => (skip > 0 ? atRecord : state))
    const { bytes, scans } = await scanStream(stream, table, { entries, skip })
    return Float64Array.from([
      bytes,
      ...scans.flatMap(({ state, records, first, last }) => [state, records, first, last]),
    ])
  } finally {
    stream.close()
  }
}

export function blankEntry(): Float64Array {
  const entry = new Float64Array(entryDoubles)
  entry[0] = notLookedAt
  return entry
}
