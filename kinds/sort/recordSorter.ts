import { rmSync } from 'node:fs'
import { invariant } from '../../contract/invariant.ts'
import type { FileRef } from '../../contract/outcome.ts'
import type { RunContext } from '../../contract/run.ts'
import { kernels } from '../../datasets/kernels/kernels.ts'
import type { Region } from '../../datasets/kernels/memory.ts'
import {
  placeBytes,
  type PlacedRecords,
  placeWords,
  sortWorkBytes,
  wordsPerPlace,
} from '../../datasets/kernels/recordRequests.ts'
import type { KeyComparison } from './keyComparison.ts'
import { mergeRuns } from './mergeRuns.ts'
import { RecordOutput } from './recordOutput.ts'

/**
 * Sorts records in memory that is bounded: what does not fit is sorted piece by piece, the pieces become scratch files, and these are
 * merged, at most 32 at a time. Equal keys stay in the order in which they came. Its memory is the kernels': `release` gives it back.
 */
export interface SortForm {
  isKeyed: boolean
  /** The last key first. For plain records only, whose equal ones nobody can tell apart. */
  isReversed: boolean
  isUnique: boolean
  /** How keys compare whose bytes do not tell. */
  comparison: KeyComparison | null
}

export interface SortLimits {
  /** Of records in memory. Beside these each takes 60 bytes while it is sorted. */
  bytes: number
  records: number
}

const mostRuns = 32
/** Regions have powers of two bytes, a few of them for what kernels read beyond. */
const firstBytes = 1024 * 1024 - 256
const firstRecords = 16 * 1024 - 64
/** Records are looked for when so many bytes have come. */
const lookEveryBytes = 256 * 1024
/** Of records, which may be found so many at once. */
const foundAtOnce = 64

type SorterContext = Pick<RunContext, 'path' | 'scratch' | 'progress'>

export class RecordSorter {
  /** How many records it was given; known once they are written. */
  rows = 0
  readonly #context: SorterContext
  readonly #form: SortForm
  readonly #limits: SortLimits
  readonly #kernels = kernels()
  #bytes: Region
  #places: Region
  #filled = 0
  /** Records in [0, placed) have their places. */
  #placed = 0
  #count = 0
  /** By level: files in order, all of about the same size. */
  readonly #runs: FileRef[][] = []

  constructor(context: SorterContext, form: SortForm, limits: SortLimits) {
    this.#context = context
    this.#form = form
    this.#limits = limits
    this.#bytes = this.#kernels.memory.allocate(firstBytes)
    this.#places = this.#kernels.memory.allocate(firstRecords * placeBytes)
  }

  /** Room for so many bytes of whole records, which are to be written there and told by `added` before anything else. */
  room(length: number): Uint8Array {
    if (this.#filled > 0 && this.#filled + length > this.#limits.bytes) this.#writeRun()
    if (this.#filled + length > this.#bytes.length) this.#growBytes(this.#filled + length)
    return this.#bytes.bytes.subarray(this.#filled, this.#filled + length)
  }

  /** The room given last holds records now. */
  added(length: number): void {
    this.#filled += length
    if (this.#filled - this.#placed >= lookEveryBytes) this.#place()
  }

  add({ bytes, start, end }: { bytes: Uint8Array; start: number; end: number }): void {
    const length = end - start
    const at = this.#filled
    const target = at + length <= this.#bytes.length && at + length <= this.#limits.bytes ? this.#bytes.bytes : null
    if (target === null) this.room(length).set(bytes.subarray(start, end))
    else if (length < 48) for (let index = 0; index < length; index++) target[at + index] = bytes[start + index]!
    else target.set(bytes.subarray(start, end), at)
    this.added(length)
  }

  /** Whole lines that are records; returns how many. */
  addLines(lines: Uint8Array): number {
    this.#place()
    const before = this.rows
    this.room(lines.length).set(lines)
    this.added(lines.length)
    this.#place()
    return this.rows - before
  }

  /** Writes everything in order, as a file of records or, behind `head`, of their texts alone. */
  finish(name: string, { textOnly, head }: { textOnly: boolean; head: string }): { file: FileRef; rows: number } {
    this.#place()
    const writer = this.#context.scratch(name)
    writer.write(head)
    const output = new RecordOutput(writer, { ...this.#form, textOnly })
    if (this.#runs.length === 0) this.#emit(output)
    else {
      if (this.#count > 0) this.#writeRun()
      this.#merge(this.#runs.toReversed().flat(), output)
    }
    return { file: output.finish(), rows: output.rows }
  }

  release(): void {
    this.#bytes.free()
    this.#places.free()
  }

  #growBytes(wanted: number): void {
    const grown = this.#kernels.memory.allocate(Math.max(wanted, Math.min(this.#limits.bytes, 2 * this.#bytes.length)))
    grown.bytes.set(this.#bytes.bytes.subarray(0, this.#filled))
    this.#bytes.free()
    this.#bytes = grown
  }

  /** Finds the records among what was added. When there are too many of them the first become a run. */
  #place(): void {
    while (this.#placed < this.#filled) {
      if (this.#count > 0 && this.#count + foundAtOnce > this.#limits.records) this.#writePlaced()
      if ((this.#count + foundAtOnce) * placeBytes > this.#places.length) this.#growPlaces()
      const capacity = Math.min(
        Math.max(this.#limits.records, foundAtOnce),
        Math.floor(this.#places.length / placeBytes),
      )
      const found = this.#kernels.placeRecords({
        isKeyed: this.#form.isKeyed,
        bytes: this.#bytes,
        from: this.#placed,
        to: this.#filled,
        places: this.#places,
        count: this.#count,
        capacity,
      })
      invariant(found.count > this.#count, 'sort: records that are added are whole')
      this.rows += found.count - this.#count
      this.#count = found.count
      this.#placed = found.reached
    }
  }

  #growPlaces(): void {
    const grown = this.#kernels.memory.allocate(2 * this.#places.length)
    grown.bytes.set(this.#places.bytes.subarray(0, this.#count * placeBytes))
    this.#places.free()
    this.#places = grown
  }

  get #records(): PlacedRecords {
    return { bytes: this.#bytes, places: this.#places, count: this.#count }
  }

  /** Hands the records that have places out in order. */
  #emit(output: RecordOutput): void {
    const { memory } = this.#kernels
    const order = memory.allocate(this.#count * 4)
    const { comparison, isReversed } = this.#form
    if (comparison !== null) order.words.set(this.#compared(comparison))
    else {
      const work = memory.allocate(sortWorkBytes(this.#count))
      this.#kernels.sortRecords({ records: this.#records, work, order })
      work.free()
    }
    if (isReversed) order.words.subarray(0, this.#count).reverse()
    try {
      output.takeAll(this.#records, order)
    } finally {
      order.free()
    }
  }

  #compared(comparison: KeyComparison): number[] {
    const { bytes } = this.#bytes
    const { words } = this.#places
    const keys = Array.from({ length: this.#count }, (_, record) => {
      const place = record * wordsPerPlace
      return comparison.decode(bytes, words[place + placeWords.keyStart]!, words[place + placeWords.keyEnd]!)
    })
    return keys.map((_, record) => record).sort((one, other) => comparison.compare(keys[one]!, keys[other]!))
  }

  #writeRun(): void {
    this.#place()
    this.#writePlaced()
  }

  /** What has no places yet moves to the front of what is then empty. */
  #writePlaced(): void {
    const output = new RecordOutput(this.#context.scratch('run'), { ...this.#form, textOnly: false })
    this.#emit(output)
    this.#bytes.bytes.copyWithin(0, this.#placed, this.#filled)
    this.#filled -= this.#placed
    this.#placed = 0
    this.#count = 0
    this.#context.progress(0, 0)
    this.#addRun(output.finish(), 0)
  }

  /** When a level is full its files become one of the next: so each record is written once per level. */
  #addRun(run: FileRef, level: number): void {
    const runs = (this.#runs[level] ??= [])
    runs.push(run)
    if (runs.length < mostRuns) return
    const output = new RecordOutput(this.#context.scratch('run'), { ...this.#form, textOnly: false })
    const merged = runs.splice(0)
    this.#merge(merged, output)
    for (const file of merged) rmSync(this.#context.path(file))
    this.#addRun(output.finish(), level + 1)
  }

  #merge(runs: readonly FileRef[], output: RecordOutput): void {
    mergeRuns(this.#context, runs, { form: this.#form, output })
  }
}
