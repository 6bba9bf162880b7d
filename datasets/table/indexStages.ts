import { openSync, readSync, closeSync } from 'node:fs'
import type { Piece } from '../../contract/dataset.ts'
import { invariant } from '../../contract/invariant.ts'
import type { Part, RunContext, Split, StageAnswer } from '../../contract/run.ts'
import type { Table } from '../../contract/table.ts'
import { cellAt, cellStart } from '../bytes/grid.ts'
import { stateCount } from '../csv/automaton.ts'
import { fill, openText } from '../stream/text.ts'
import { narrowed, unitBytes } from '../stream/transcode.ts'
import { automatonOf, entryDoubles, scanDoubles } from './cellEntry.ts'
import { type TableContext, tablePiece } from './context.ts'
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
  const bytes = await cellText(cell, context)
  // Of what is compressed, the first cell has at least all that is before the data.
  const before = table.compression === null || cell.from === 0 ? table.dataStart - cell.from : 0
  const entry = new Float64Array(entryDoubles)
  entry[0] = bytes.length
  writeScans(entry, { table, bytes, from: Math.max(0, Math.min(bytes.length, before)) })
  return entry
}

/** The cell's bytes, as they stand in the text of its source. */
async function cellText(cell: Piece, context: TableContext): Promise<Uint8Array> {
  const { table } = tablePiece(context, cell)
  const raw = { ...table, encoding: 'utf-8' } as const
  const stream = openText({ context, input: cell.input, table: raw, from: cell.from, to: cell.to })
  try {
    const bytes = new Uint8Array(cell.to - cell.from)
    return bytes.subarray(0, await fill(stream, bytes))
  } finally {
    stream.close()
  }
}

interface CellBytes {
  table: Table
  bytes: Uint8Array
  /** What is before it belongs to no record. */
  from: number
}

function writeScans(entry: Float64Array, { table, bytes, from }: CellBytes): void {
  const unit = unitBytes(table.encoding)
  const units = narrowed(bytes.subarray(from), table.encoding)
  const automaton = automatonOf(table)
  for (let state = 0; state < stateCount; state += 1) {
    // What stands before the first record leads into no state but that of a record's start.
    const scan = automaton.scan(units, from > 0 ? 0 : state)
    const place = (at: number) => (at < 0 ? -1 : from + at * unit)
    entry.set([scan.state, scan.records, place(scan.first), place(scan.last)], 1 + state * scanDoubles)
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
