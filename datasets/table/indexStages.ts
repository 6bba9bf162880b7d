import { openSync, readSync, closeSync } from 'node:fs'
import type { Piece } from '../../contract/dataset.ts'
import { invariant } from '../../contract/invariant.ts'
import type { Part, RunContext, Split, StageAnswer } from '../../contract/run.ts'
import { cellAt, cellStart } from '../bytes/grid.ts'
import { cellStates } from '../kernels/cellEffect.ts'
import { openSource } from '../stream/text.ts'
import { atRecord, entryDoubles, scanStream } from './cellEntry.ts'
import { tablePiece } from './context.ts'
import { needsIndex } from './plan.ts'
import { resolveStarts } from './resolve.ts'
import { bytesOf } from './starts.ts'

/**
 * The index stage: what each cell does to each state in which the text may enter it, so that the states can be composed afterwards without
 * reading anything again.
 */
type Context = RunContext

/** For the `maps`, `merges` and `tasks` of a kind's run: the stages that tableStages of plan.ts names. */
export const tableRuns = {
  maps: { index: indexCells },
  merges: { indexed: joinIndexes },
  tasks: {
    starts: (_args: unknown, [indexed]: Part[], context: Context): Promise<StageAnswer> => {
      const file = indexed?.files['index']
      invariant(file !== undefined, 'the index has no file')
      return resolveStarts(context, context.path(file))
    },
  },
}

async function indexCells(split: Split, context: Context): Promise<StageAnswer> {
  const writer = context.scratch('index')
  for (const piece of split.pieces) {
    const { input } = tablePiece(context, piece)
    const last = cellAt(input, piece.to)
    for (let cell = cellAt(input, piece.from); cell < last; cell += 1) {
      const of = { ...piece, from: cellStart(input, cell), to: cellStart(input, cell + 1) }
      writer.write(bytesOf(needsIndex(input) ? await indexCell(of, context) : new Float64Array(entryDoubles)))
      context.progress(of.to - of.from, 0)
    }
  }
  return { files: { index: writer.finish() } }
}

async function indexCell(cell: Piece, context: Context): Promise<Float64Array> {
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

/** Entries of adjacent cells, one after the other. */
function joinIndexes(parts: Part[], context: Context): StageAnswer {
  const writer = context.scratch('index')
  const block = new Uint8Array(256 * 1024)
  for (const part of parts) {
    const file = part.files['index']
    invariant(file !== undefined, 'a part of the index has no file')
    const fd = openSync(context.path(file), 'r')
    try {
      for (let at = 0, got = 1; got > 0; at += got) {
        got = readSync(fd, block, 0, block.length, at)
        writer.write(block.subarray(0, got))
        context.progress(0, 0)
      }
    } finally {
      closeSync(fd)
    }
  }
  return { files: { index: writer.finish() } }
}
