import { type FileRef } from '../../contract/outcome.ts'
import type { RunContext } from '../../contract/run.ts'
import type { RecordOutput } from './recordOutput.ts'
import { compareKeys, RecordCursor, type RecordView } from './records.ts'
import type { SortForm } from './recordSorter.ts'

type MergedForm = Pick<SortForm, 'isKeyed' | 'isReversed' | 'comparison'>

/** Merges files of records that are each in order into one order; equal keys in the order of their files. */
export function mergeRuns(
  context: Pick<RunContext, 'path' | 'progress'>,
  files: readonly FileRef[],
  { form, output }: { form: MergedForm; output: RecordOutput },
): void {
  const cursors = files.map((file) => new RecordCursor(context, file, form.isKeyed))
  try {
    const heap = new Heap(cursors, form)
    let looked = 0
    for (let first = heap.first; first !== undefined; first = heap.first) {
      output.take(first)
      looked += first.end - first.start
      heap.moveFirst()
      if (looked >= lookEveryBytes) {
        context.progress(looked, 0)
        looked = 0
      }
    }
    context.progress(looked, 0)
  } finally {
    for (const cursor of cursors) cursor.close()
  }
}

function comparing({ isReversed, comparison }: MergedForm): (one: RecordView, other: RecordView) => number {
  if (comparison === null) return isReversed ? (one, other) => compareKeys(other, one) : compareKeys
  const decode = ({ bytes, keyStart, keyEnd }: RecordView) => comparison.decode(bytes, keyStart, keyEnd)
  return (one, other) => comparison.compare(decode(one), decode(other))
}

/** Between two looks whether the task has been told to stop. */
const lookEveryBytes = 1024 * 1024

/** A binary heap of the places of cursors, the first in order at its root. */
class Heap {
  readonly #cursors: readonly RecordCursor[]
  readonly #compare: (one: RecordCursor, other: RecordCursor) => number
  readonly #places: number[] = []

  constructor(cursors: readonly RecordCursor[], form: MergedForm) {
    this.#cursors = cursors
    this.#compare = comparing(form)
    for (const [place, cursor] of cursors.entries()) if (cursor.next()) this.#places.push(place)
    for (let at = this.#places.length >> 1; at >= 0; at--) this.#sink(at)
  }

  get first(): RecordCursor | undefined {
    return this.#cursors[this.#places[0] ?? -1]
  }

  /** The root goes on to its next record, or leaves at its end. */
  moveFirst(): void {
    if (this.first?.next() !== true) {
      const last = this.#places.pop()
      if (last === undefined || this.#places.length === 0) return
      this.#places[0] = last
    }
    this.#sink(0)
  }

  #sink(from: number): void {
    const places = this.#places
    for (let at = from; ;) {
      const left = 2 * at + 1
      if (left >= places.length) return
      const right = left + 1
      const child = right < places.length && this.#isBefore(places[right]!, places[left]!) ? right : left
      if (!this.#isBefore(places[child]!, places[at]!)) return
      const place = places[at]!
      places[at] = places[child]!
      places[child] = place
      at = child
    }
  }

  #isBefore(one: number, other: number): boolean {
    const order = this.#compare(this.#cursors[one]!, this.#cursors[other]!)
    return order < 0 || (order === 0 && one < other)
  }
}
