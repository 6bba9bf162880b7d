import type { Part, RunContext, Split } from '../../contract/run.ts'
import { bytesSource, piecesOf } from '../../datasets/bytes/grid.ts'
import { readAt } from '../../datasets/bytes/read.ts'
import { quiet } from '../../datasets/table/context.ts'
import { readTable } from '../../datasets/table/read.ts'
import { BedLines } from './bedLines.ts'
import type { PlaceEvent } from './event.ts'
import type { IntervalsParams } from './kind.ts'
import { IntervalRows } from './tableRows.ts'

/** Looks at the inputs at places in even steps: where the events there lie says how all of them are divided. The same for the same input. */
const mostPlaces = 1024
const windowBytes = 8 * 1024
const linesPerPlace = 32
const rowsPerCell = 64
const mostCells = 256
const lineFeed = 10

type Context = RunContext<IntervalsParams>

/** Keys and positions, as events have them. */
export async function sampleKeys(context: Context, index: readonly Part[]): Promise<Uint8Array[]> {
  const keys: Uint8Array[] = []
  const visit = ({ bytes, keyStart, keyEnd }: PlaceEvent) => void keys.push(bytes.slice(keyStart, keyEnd))
  if (context.params.format === 'bed') sampleLines(context, visit)
  else await sampleRows(context, index, visit)
  return keys
}

function sampleLines(context: Context, visit: (event: PlaceEvent) => void): void {
  const lines = new BedLines(context.params, visit)
  const total = context.inputs.reduce((sum, { bytes }) => sum + bytes, 0)
  const window = Buffer.alloc(windowBytes)
  for (const [input, { bytes }] of context.inputs.entries()) {
    const places = Math.max(1, Math.round((mostPlaces * bytes) / total))
    for (let place = 0; place < places; place++) {
      const from = Math.floor((place * bytes) / places)
      const filled = readAt(context.open(input), window, from)
      // A line that begins before the place may be cut, and is left out.
      const start = from === 0 ? 0 : window.indexOf(lineFeed) + 1
      if (from === 0 || start > 0) addLines(lines, window.subarray(0, filled), start)
      context.progress(0, 0)
    }
  }
}

/** Whole ones. */
function addLines(lines: BedLines, bytes: Buffer, from: number): void {
  for (let start = from, taken = 0; taken < linesPerPlace; taken++) {
    const end = bytes.indexOf(lineFeed, start)
    if (end < 0) return
    lines.add({ bytes, start, end })
    start = end + 1
  }
}

/** The first rows of cells in even steps. */
async function sampleRows(context: Context, index: readonly Part[], visit: (event: PlaceEvent) => void): Promise<void> {
  const { cells } = bytesSource(context.inputs)
  const places = Math.min(cells, mostCells)
  const rows = new IntervalRows(context, visit)
  for (let place = 0; place < places; place++) {
    const from = Math.floor((place * cells) / places)
    for await (const batch of readTable(splitAt(context, from), quiet(context), index)) {
      const step = Math.max(1, Math.floor(batch.rows / rowsPerCell))
      for (let row = 0; row < batch.rows; row += step) rows.add(batch, row)
      break
    }
  }
}

function splitAt({ inputs }: Context, from: number): Split {
  return { from, to: from + 1, pieces: piecesOf(inputs, from, from + 1), items: { from: 0, to: 0 } }
}
