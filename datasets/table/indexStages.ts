import { openSync, readSync, closeSync } from 'node:fs'
import { invariant } from '../../contract/invariant.ts'
import type { Json } from '../../contract/json.ts'
import type { Part, RunContext, Split, StageAnswer } from '../../contract/run.ts'
import { cellAt, cellStart } from '../bytes/grid.ts'
import { entryDoubles } from './cellEntry.ts'
import { blankEntry, indexCell } from './indexCell.ts'
import { tablePiece } from './context.ts'
import { findIndex } from './keptIndexes.ts'
import { needsIndex } from './plan.ts'
import { resolveStarts, startsArgsSchema } from './resolve.ts'
import { bytesOf } from './starts.ts'

/**
 * The index stage: what each cell does to each state in which the text may enter it, so that the states can be composed afterwards without
 * reading anything again; or what an earlier job kept of that.
 */
type Context = RunContext

/** For the `maps`, `merges` and `tasks` of a kind's run: the stages that tableStages of plan.ts names. */
export const tableRuns = {
  maps: { index: indexCells },
  merges: { indexed: joinIndexes },
  tasks: {
    kept: (_args: Json, _uses: Part[], context: Context): StageAnswer => lookForKept(context),
    starts: (args: Json, [indexed]: Part[], context: Context): Promise<StageAnswer> => {
      const file = indexed?.files['index']
      const indexPath = file === undefined ? null : context.path(file)
      return resolveStarts(context, { indexPath, ...startsArgsSchema.parse(args) })
    },
  },
}

function lookForKept(context: Context): StageAnswer {
  const at = Date.now()
  const wanted = [...context.inputs.keys()].filter((input) => needsIndex(context.inputs[input]!))
  let found = 0
  for (const input of wanted) {
    if (findIndex(context, input) !== null) found += 1
    context.progress(0, 0)
  }
  const all = found === wanted.length
  if (found > 0) context.tell(keptSentence(found, wanted.length))
  return { value: { all, at } }
}

function keptSentence(found: number, wanted: number): string {
  const where = 'Where records start was found out by an earlier job'
  return found === wanted
    ? `${where}: the index that it left is used, and the index stage left out.`
    : `${where} for ${found} of ${wanted} inputs: the indexes that it left are used.`
}

async function indexCells(split: Split, context: Context): Promise<StageAnswer> {
  const writer = context.scratch('index')
  for (const piece of split.pieces) {
    const { input } = tablePiece(context, piece)
    const isKept = needsIndex(input) && findIndex(context, piece.input) !== null
    const last = cellAt(input, piece.to)
    for (let cell = cellAt(input, piece.from); cell < last; cell += 1) {
      const of = { ...piece, from: cellStart(input, cell), to: cellStart(input, cell + 1) }
      if (isKept) writer.write(bytesOf(blankEntry()))
      else writer.write(bytesOf(needsIndex(input) ? await indexCell(of, context) : new Float64Array(entryDoubles)))
      context.progress(of.to - of.from, 0)
    }
  }
  return { files: { index: writer.finish() } }
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
