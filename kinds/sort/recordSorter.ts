import { rmSync } from 'node:fs'
import type { FileRef } from '../../contract/outcome.ts'
import type { RunContext } from '../../contract/run.ts'
import type { KeyComparison } from './keyComparison.ts'
import { sortKeys } from './keySort.ts'
import { mergeRuns } from './mergeRuns.ts'
import { RecordOutput, type RecordView, viewRecord } from './records.ts'

/**
 * Sorts records in memory that is bounded: what does not fit is sorted piece by piece, the pieces become scratch files, and these are
 * merged, at most 32 at a time. Equal keys stay in the order in which they came.
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
  /** Of records in memory. Beside these each takes 28 bytes. */
  bytes: number
  records: number
}

const mostRuns = 32
const firstBytes = 1024 * 1024
const firstRecords = 16 * 1024

type SorterContext = Pick<RunContext, 'path' | 'scratch' | 'progress'>

export class RecordSorter {
  /** How many records it was given. */
  rows = 0
  readonly #context: SorterContext
  readonly #form: SortForm
  readonly #limits: SortLimits
  #bytes = new Uint8Array(firstBytes)
  #filled = 0
  #keyStart = new Uint32Array(firstRecords)
  #keyEnd = new Uint32Array(firstRecords)
  #end = new Uint32Array(firstRecords)
  #count = 0
  readonly #view: RecordView = { bytes: this.#bytes, start: 0, end: 0, keyStart: 0, keyEnd: 0, textStart: 0 }
  /** By level: files in order, all of about the same size. */
  readonly #runs: FileRef[][] = []

  constructor(context: SorterContext, form: SortForm, limits: SortLimits) {
    this.#context = context
    this.#form = form
    this.#limits = limits
  }

  /** Room for so many bytes of whole records, which are to be written there and told by `added`. */
  room(length: number): Uint8Array {
    if (this.#count > 0 && this.#filled + length > this.#limits.bytes) this.#writeRun()
    if (this.#filled + length > this.#bytes.length) this.#growBytes(this.#filled + length)
    return this.#bytes.subarray(this.#filled, this.#filled + length)
  }

  /** The room given last holds records now. */
  added(length: number): void {
    const stop = this.#filled + length
    const view = this.#view
    view.bytes = this.#bytes
    while (this.#filled < stop) {
      if (this.#count >= this.#limits.records) {
        // The rest moves to the front of what is then empty.
        const rest = this.#bytes.slice(this.#filled, stop)
        this.#writeRun()
        this.room(rest.length).set(rest)
        return this.added(rest.length)
      }
      view.start = this.#filled
      viewRecord(view, this.#form.isKeyed, stop)
      this.#index(view)
      this.#filled = view.end
    }
  }

  add({ bytes, start, end }: Pick<RecordView, 'bytes' | 'start' | 'end'>): void {
    this.room(end - start).set(bytes.subarray(start, end))
    this.added(end - start)
  }

  /** Writes everything in order, as a file of records or, behind `head`, of their texts alone. */
  finish(name: string, { textOnly, head }: { textOnly: boolean; head: string }): { file: FileRef; rows: number } {
    const writer = this.#context.scratch(name)
    writer.write(head)
    const output = new RecordOutput(writer, { textOnly, isUnique: this.#form.isUnique })
    if (this.#runs.length === 0) this.#emit(output)
    else {
      if (this.#count > 0) this.#writeRun()
      this.#merge(this.#runs.toReversed().flat(), output)
    }
    return { file: output.finish(), rows: output.rows }
  }

  #index({ keyStart, keyEnd, end }: RecordView): void {
    if (this.#count === this.#keyStart.length) this.#growRecords()
    this.#keyStart[this.#count] = keyStart
    this.#keyEnd[this.#count] = keyEnd
    this.#end[this.#count] = end
    this.#count += 1
    this.rows += 1
  }

  #growBytes(wanted: number): void {
    const grown = new Uint8Array(Math.max(wanted, Math.min(this.#limits.bytes, 2 * this.#bytes.length)))
    grown.set(this.#bytes.subarray(0, this.#filled))
    this.#bytes = grown
  }

  #growRecords(): void {
    const grown = (array: Uint32Array<ArrayBuffer>) => {
      const larger = new Uint32Array(2 * array.length)
      larger.set(array)
      return larger
    }
    this.#keyStart = grown(this.#keyStart)
    this.#keyEnd = grown(this.#keyEnd)
    this.#end = grown(this.#end)
  }

  #order(): Uint32Array {
    const { comparison } = this.#form
    if (comparison === null)
      return sortKeys({ bytes: this.#bytes, start: this.#keyStart, end: this.#keyEnd, count: this.#count })
    const keys = Array.from({ length: this.#count }, (_, record) =>
      comparison.decode(this.#bytes, this.#keyStart[record]!, this.#keyEnd[record]!),
    )
    return Uint32Array.from(keys.keys()).toSorted((one, other) => comparison.compare(keys[one]!, keys[other]!))
  }

  /** Hands the records in memory out in order. */
  #emit(output: RecordOutput): void {
    const order = this.#order()
    const { isKeyed, isReversed } = this.#form
    const view: RecordView = { bytes: this.#bytes, start: 0, end: 0, keyStart: 0, keyEnd: 0, textStart: 0 }
    for (let place = 0; place < this.#count; place++) {
      const record = order[isReversed ? this.#count - 1 - place : place]!
      view.start = record === 0 ? 0 : this.#end[record - 1]!
      view.end = this.#end[record]!
      view.keyStart = this.#keyStart[record]!
      view.keyEnd = this.#keyEnd[record]!
      view.textStart = isKeyed ? view.keyEnd : view.keyStart
      output.take(view)
    }
  }

  #writeRun(): void {
    const output = new RecordOutput(this.#context.scratch('run'), { textOnly: false, isUnique: this.#form.isUnique })
    this.#emit(output)
    this.#filled = 0
    this.#count = 0
    this.#context.progress(0, 0)
    this.#addRun(output.finish(), 0)
  }

  /** When a level is full its files become one of the next: so each record is written once per level. */
  #addRun(run: FileRef, level: number): void {
    const runs = (this.#runs[level] ??= [])
    runs.push(run)
    if (runs.length < mostRuns) return
    const output = new RecordOutput(this.#context.scratch('run'), { textOnly: false, isUnique: this.#form.isUnique })
    const merged = runs.splice(0)
    this.#merge(merged, output)
    for (const file of merged) rmSync(this.#context.path(file))
    this.#addRun(output.finish(), level + 1)
  }

  #merge(runs: readonly FileRef[], output: RecordOutput): void {
    mergeRuns(this.#context, runs, { form: this.#form, output })
  }
}
