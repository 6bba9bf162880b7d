import type { Part, RunContext } from '../../contract/run.ts'
import { bytesSource, piecesOf } from '../../datasets/bytes/grid.ts'
import { readAt } from '../../datasets/bytes/read.ts'
import { quiet } from '../../datasets/table/context.ts'
import { readTable } from '../../datasets/table/read.ts'
import type { SortParams } from './kind.ts'
import { LineKeys } from './lineOrder.ts'
import { lineFeed } from './records.ts'
import { RowRecords } from './rowOrder.ts'

/** Looks at the inputs at places in even steps, and takes the keys of the first lines that begin there: the same for the same input. */

const windowBytes = 8 * 1024
const mostPlaces = 4096
const leastPlaces = 64
const placesPerBucket = 16
const linesPerPlace = 8
/** Of tables, of whose rows nobody knows where they begin but those who read them: so many cells, and rows of each. */
const mostCells = 256
const rowsPerCell = 64

export async function sampleKeys(
  context: RunContext<SortParams>,
  wanted: number,
  index: readonly Part[],
): Promise<Uint8Array[]> {
  return context.params.mode === 'table' ? await sampleRows(context, index) : sampleLines(context, wanted)
}

/** The first rows of cells in even steps. */
async function sampleRows(context: RunContext<SortParams>, index: readonly Part[]): Promise<Uint8Array[]> {
  const { cells } = bytesSource(context.inputs)
  const places = Math.min(cells, mostCells)
  const records = new RowRecords(context)
  const samples: Uint8Array[] = []
  for (let place = 0; place < places; place++) {
    const from = Math.floor((place * cells) / places)
    const split = { from, to: from + 1, pieces: piecesOf(context.inputs, from, from + 1), items: { from: 0, to: 0 } }
    for await (const batch of readTable(split, quiet(context), index)) {
      const step = Math.max(1, Math.floor(batch.rows / rowsPerCell))
      for (let row = 0; row < batch.rows; row += step) {
        const { bytes, keyStart, keyEnd } = records.of(batch, row)
        samples.push(bytes.slice(keyStart, keyEnd))
      }
      break
    }
  }
  return samples
}

function sampleLines(context: RunContext<SortParams>, wanted: number): Uint8Array[] {
  const total = context.inputs.reduce((sum, input) => sum + input.bytes, 0)
  const places = Math.min(mostPlaces, Math.max(leastPlaces, placesPerBucket * wanted), Math.max(1, total))
  const step = total / places
  const window = new Uint8Array(Math.min(windowBytes, Math.ceil(step)) + 1)
  const keys = new LineKeys(context.params)
  const samples: Uint8Array[] = []
  let input = 0
  let before = 0
  for (let place = 0; place < places; place++) {
    const at = Math.floor(place * step)
    while (at >= before + (context.inputs[input]?.bytes ?? Infinity)) before += context.inputs[input++]?.bytes ?? 0
    const filled = readAt(context.open(input), window, at - before)
    const bytes = window.subarray(0, filled)
    // A line that begins before the place may be cut, and is left out.
    const start = at === before ? 0 : bytes.indexOf(lineFeed) + 1
    if (at === before || start > 0) samples.push(...keysFrom(bytes, start, keys))
    context.progress(0, 0)
  }
  return samples
}

/** Of whole lines only. */
function keysFrom(window: Uint8Array, from: number, keys: LineKeys): Uint8Array[] {
  const found: Uint8Array[] = []
  let start = from
  for (let taken = 0; taken < linesPerPlace; taken++) {
    const end = window.indexOf(lineFeed, start)
    if (end < 0) break
    const key = keys.read(window, start, end)
    if (key === null) found.push(window.slice(start, end))
    else if (typeof key !== 'string') found.push(key.bytes.slice(0, key.length))
    start = end + 1
  }
  return found
}
