import { z } from 'zod'
import type { Input } from '../../contract/dataset.ts'
import { type RunContext, type StageAnswer, TaskFailure } from '../../contract/run.ts'
import { cellStart, cellsOfInput } from '../bytes/grid.ts'
import { inputOf } from '../bytes/read.ts'
import { cellStates } from '../kernels/cellEffect.ts'
import { fill, openSource } from '../stream/text.ts'
import type { TextStream } from '../stream/textStream.ts'
import { narrowed, unitBytes } from '../stream/transcode.ts'
import { type TableContext, ownTableOf } from './context.ts'
import { type Scan, atRecord, entryDoubles, scanDoubles, scanStream } from './cellEntry.ts'
import { indexCell, notLookedAt } from './indexCell.ts'
import { findIndex, keepIndex, trimIndexes } from './keptIndexes.ts'
import { mostRecordBytes } from './limits.ts'
import { isWorthKeeping, needsIndex } from './plan.ts'
import { type InputIndex, StartsWriter, readDoubles } from './starts.ts'

/**
 * Composes the index: from the state in which each cell leaves the text follows the state in which the next one meets it. A record that is
 * too large, or still inside quotes at the end, is broken off at its first byte; from the next line on the text is looked at again. What
 * comes out is kept for later jobs.
 */
const mostBroken = 1000

const newline = 10
const carriageReturn = 13

/** `lookedAt`: what the cells say was read after this instant; without it nothing is kept. */
export const startsArgsSchema = z.strictObject({ lookedAt: z.number().optional() })

/** Each job keeps so many indexes at most: each takes a write that the disk has to confirm. */
const mostKept = 256

/** Without an index every input that needs one has a kept one, unless that has gone meanwhile: then it is made here. */
export async function resolveStarts(
  context: RunContext,
  { indexPath, lookedAt }: { indexPath: string | null; lookedAt?: number | undefined },
): Promise<StageAnswer> {
  const writer = new StartsWriter(context)
  let firstCell = 0
  let kept = 0
  for (const [input, of] of context.inputs.entries()) {
    const cells = { from: firstCell, to: (firstCell += cellsOfInput(of)) }
    const found = needsIndex(of) ? await indexOf(context, input, entriesOf(indexPath, cells)) : unindexed(of)
    writer.write(input, found.index)
    if (found.isNew && lookedAt !== undefined && isWorthKeeping(of) && kept++ < mostKept)
      keepIndex(context, input, { index: found.index, lookedAt })
    context.progress(0, 0)
  }
  if (kept > 0) trimIndexes(context, Date.now())
  return { files: writer.finish() }
}

interface Found {
  index: InputIndex
  isNew: boolean
}

function entriesOf(path: string | null, { from, to }: { from: number; to: number }): Float64Array {
  if (path !== null) return readDoubles(path, from * entryDoubles * 8, (to - from) * entryDoubles)
  return new Float64Array((to - from) * entryDoubles).fill(notLookedAt)
}

function unindexed(input: Input): Found {
  const places: number[] = []
  for (let cell = 0; cell <= cellsOfInput(input); cell += 1)
    places.push(cellStart(input, cell), 0, cellStart(input, cell))
  return { index: { places: Float64Array.from(places), broken: new Float64Array() }, isNew: false }
}

async function indexOf(context: RunContext, index: number, entries: Float64Array): Promise<Found> {
  const isKept = entries.some((double, at) => at % entryDoubles === 0 && double === notLookedAt)
  const kept = isKept ? findIndex(context, index) : null
  if (kept !== null) return { index: kept, isNew: false }
  const input = inputOf(context, index)
  for (let cell = 0; cell < cellsOfInput(input); cell += 1) {
    if (entries[cell * entryDoubles] !== notLookedAt) continue
    const piece = { input: index, from: cellStart(input, cell), to: cellStart(input, cell + 1) }
    entries.set(await indexCell(piece, context), cell * entryDoubles)
    context.progress(0, 0)
  }
  return { index: await new InputStarts({ context, index, input, entries }).resolve(), isNew: true }
}

interface IndexedInput {
  context: TableContext
  index: number
  input: Input
  entries: Float64Array
}

class InputStarts {
  readonly #of: IndexedInput
  readonly #cells: number
  /** Where each cell's text begins, and the end of the last. */
  readonly #bases: Float64Array
  readonly #firsts: Float64Array
  readonly #rows: Float64Array
  /** Of each record without an end: its place, where reading goes on, whether it is too large. */
  readonly #broken: number[][] = []

  constructor(of: IndexedInput) {
    this.#of = of
    this.#cells = cellsOfInput(of.input)
    this.#bases = new Float64Array(this.#cells + 1)
    for (let cell = 0; cell < this.#cells; cell += 1)
      this.#bases[cell + 1] = (this.#bases[cell] ?? 0) + (of.entries[cell * entryDoubles] ?? 0)
    this.#firsts = new Float64Array(this.#cells).fill(-1)
    this.#rows = new Float64Array(this.#cells)
  }

  async resolve(): Promise<InputIndex> {
    await this.#compose()
    return { places: this.#places(), broken: Float64Array.from(this.#broken.flat()) }
  }

  get #end(): number {
    return this.#bases[this.#cells] ?? 0
  }

  async #compose(): Promise<void> {
    let state: number = atRecord
    let open = ownTableOf(this.#of.input).dataStart
    for (let cell = 0; cell <= this.#cells;) {
      const scan = cell === this.#cells ? null : this.#scan(cell, state)
      // The end of the text ends the last record, unless a quote is open.
      const next = scan === null ? this.#end : scan.first
      const tooLarge = next >= 0 && next - open > mostRecordBytes
      if (tooLarge || (scan === null && isOpen(state))) {
        ;({ cell, state, open } = await this.#breakOff(open, tooLarge))
        continue
      }
      if (scan !== null) {
        this.#take(cell, scan)
        if (scan.last >= 0) open = scan.last
        state = scan.state
      }
      cell += 1
    }
  }

  #take(cell: number, scan: Scan): void {
    if ((this.#firsts[cell] ?? -1) < 0) this.#firsts[cell] = scan.first
    this.#rows[cell] = (this.#rows[cell] ?? 0) + scan.records
  }

  /** The cell as the text meets it in that state; places are of the whole text. */
  #scan(cell: number, state: number): Scan {
    const at = cell * entryDoubles + 1 + state * scanDoubles
    const [exit = 0, records = 0, first = -1, last = -1] = this.#of.entries.subarray(at, at + scanDoubles)
    const base = this.#bases[cell] ?? 0
    return { state: exit, records, first: first < 0 ? -1 : base + first, last: last < 0 ? -1 : base + last }
  }

  /** Ends the record at its line's end and tells how the text goes on from there. */
  async #breakOff(from: number, tooLarge: boolean): Promise<{ cell: number; state: number; open: number }> {
    const { input } = this.#of
    if (this.#broken.length >= mostBroken)
      throw new TaskFailure(
        'refused-input',
        `cannot read ${input.path}: more than ${mostBroken} records are inside quotes that never close; if quotes mean nothing in it, say so with -p quote=none`,
      )
    const resume = await this.#lineAfter(from)
    this.#broken.push([from, resume, tooLarge ? 1 : 0])
    if (resume >= this.#end) {
      this.#forget(this.#cellOf(from) + 1, this.#cells)
      return { cell: this.#cells + 1, state: atRecord, open: resume }
    }
    return await this.#goOnAt(this.#cellOf(from), resume)
  }

  /** Looks at the rest of the cell in which the text goes on. */
  async #goOnAt(brokenCell: number, resume: number): Promise<{ cell: number; state: number; open: number }> {
    const cell = this.#cellOf(resume)
    this.#forget(brokenCell + 1, this.#cells)
    const stream = this.#open(resume, this.#bases[cell + 1] ?? this.#end)
    const { scans } = await scanStream(stream, ownTableOf(this.#of.input), { entries: [atRecord] })
    stream.close()
    const scan = scans[0] ?? { state: atRecord, records: 0, first: -1, last: -1 }
    const last = resume + Math.max(0, scan.last)
    this.#take(cell, { ...scan, first: resume, last })
    return { cell: cell + 1, state: scan.state, open: last }
  }

  /** What was taken of these cells was inside the broken record. */
  #forget(from: number, to: number): void {
    this.#firsts.fill(-1, from, to)
    this.#rows.fill(0, from, to)
  }

  async #lineAfter(from: number): Promise<number> {
    const { encoding } = ownTableOf(this.#of.input)
    const unit = unitBytes(encoding)
    const stream = this.#open(from, this.#end)
    const block = new Uint8Array(64 * 1024)
    let at = from
    let previous = 0
    try {
      for (let got = await fill(stream, block); got > 0; got = await fill(stream, block)) {
        for (const byte of narrowed(block.subarray(0, got), encoding)) {
          if (previous === newline || (previous === carriageReturn && byte !== newline)) return at
          previous = byte
          at += unit
        }
      }
      return this.#end
    } finally {
      stream.close()
    }
  }

  /** As it stands in the source. */
  #open(from: number, to: number): TextStream {
    const { context, index, input } = this.#of
    const cell = this.#cellOf(from)
    const origin = { from: cellStart(input, cell), to: input.bytes, place: this.#bases[cell] ?? 0 }
    return openSource({ context, input: index, table: ownTableOf(input), from, to, origin })
  }

  #cellOf(place: number): number {
    let low = 0
    let high = this.#cells - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.#bases[middle] ?? 0) <= place) low = middle
      else high = middle - 1
    }
    return low
  }

  /** A cell in which no record starts has the start of the next one. */
  #places(): Float64Array {
    const starts = new Float64Array(this.#cells + 1)
    starts[this.#cells] = this.#end
    for (let cell = this.#cells - 1; cell >= 0; cell -= 1) {
      const first = this.#firsts[cell] ?? -1
      starts[cell] = first < 0 ? (starts[cell + 1] ?? 0) : first
    }
    const places: number[] = []
    for (let cell = 0, row = 0; cell <= this.#cells; cell += 1) {
      places.push(starts[cell] ?? 0, row, this.#bases[cell] ?? 0)
      row += this.#rows[cell] ?? 0
    }
    return Float64Array.from(places)
  }
}

function isOpen(state: number): boolean {
  const name = cellStates[state]
  return name === 'quoted' || name === 'quotedEscape'
}
