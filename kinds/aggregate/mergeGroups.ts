import type { FileRef } from '../../contract/outcome.ts'
import type { RunContext } from '../../contract/run.ts'
import { ByteSink } from './byteSink.ts'
import { type ByteView, GroupCursor } from './groupFile.ts'
import { keyOrderOf, type Layout, layoutOf } from './groups.ts'
import { compareBytes } from './keptValues.ts'
import { MinHeap } from './minHeap.ts'
import type { Shape } from './shape.ts'
import { Counts } from './states.ts'

/** A group while its files are being read: its states are those of group 0. */
export interface MergedGroup {
  key: ByteView
  rows: Counts
  plain: Layout['plain']
}

/** Is told of every group, in the order of keys: the group, then for each set its values in the order of their bytes, then that it ends. */
export interface GroupVisitor {
  begin(group: MergedGroup): void
  /** Of the set at that place among sets. Valid until it returns. */
  value(set: number, value: ByteView, count: number): void
  endSet(set: number): void
  end(): void
}

/** A job that is to stop is told so this often. */
const stepsBetweenLooks = 16 * 1024

type Context = Pick<RunContext, 'path' | 'progress'>

/** What of the files is read: the first groups, or those with keys from one to below another, which begin behind these places in the files. */
export interface Stretch {
  most?: number
  from?: ByteView | null
  to?: ByteView | null
  offsets?: readonly number[]
}

/** Reads files of groups side by side, those of earlier rows first; whatever they have of one group comes together. */
export function mergeGroups(
  context: Context,
  files: readonly FileRef[],
  { shape, visitor, stretch = {} }: { shape: Shape<never>; visitor: GroupVisitor; stretch?: Stretch },
): void {
  const { offsets } = stretch
  const runs = files.map((file, place) => new Run(new GroupCursor(context, file, offsets?.[place]), place))
  try {
    new Merge(context, shape, visitor).all(runs, stretch)
  } finally {
    for (const run of runs) run.cursor.close()
  }
}

/** One file, at a group of it. */
class Run implements ByteView {
  readonly cursor: GroupCursor
  readonly place: number
  readonly key = new ByteSink()
  /** The key's. */
  bytes: Uint8Array = new Uint8Array(0)
  readonly start = 0
  end = 0
  /** How often the value at hand came. */
  count = 0

  constructor(cursor: GroupCursor, place: number) {
    this.cursor = cursor
    this.place = place
  }

  nextGroup(): boolean {
    if (this.cursor.isAtEnd) return false
    this.cursor.take(this.cursor.varint())
    this.key.clear()
    this.key.copy(this.cursor.bytes, this.cursor.start, this.cursor.end)
    this.bytes = this.key.bytes
    this.end = this.key.length
    return true
  }

  /** Moves to the group's next value; false behind the last. */
  nextValue(): boolean {
    const length = this.cursor.varint()
    if (length === 0) return false
    this.count = this.cursor.varint()
    this.cursor.take(length - 1)
    return true
  }
}

class Merge {
  readonly #context: Context
  readonly #visitor: GroupVisitor
  readonly #layout: Layout
  readonly #rows = new Counts()
  readonly #runs: MinHeap<Run>
  readonly #order: ReturnType<typeof keyOrderOf>
  readonly #values = new MinHeap<Run>((one, other) => compareBytes(one.cursor.bytes, one.cursor, other.cursor))
  #to: ByteView | null = null
  #steps = 0

  constructor(context: Context, shape: Shape<never>, visitor: GroupVisitor) {
    this.#context = context
    this.#visitor = visitor
    this.#layout = layoutOf(shape)
    this.#order = keyOrderOf(shape)
    this.#runs = new MinHeap((one, other) => this.#order.compare(one, other) || one.place - other.place)
  }

  all(runs: readonly Run[], { most = Infinity, from = null, to = null }: Stretch): void {
    this.#to = to
    for (const run of runs) if (this.#passBefore(run, from)) this.#keepOn(run)
    for (let left = most; left > 0; left--) {
      const first = this.#runs.pop()
      if (first === undefined) return
      const alike = [first]
      while (this.#runs.first !== undefined && this.#order.compare(this.#runs.first, first) === 0)
        alike.push(this.#runs.pop()!)
      this.#group(alike)
      for (const run of alike) if (run.nextGroup()) this.#keepOn(run)
    }
  }

  /** Unless the run has left the stretch. */
  #keepOn(run: Run): void {
    if (this.#to === null || this.#order.compare(run, this.#to) < 0) this.#runs.push(run)
  }

  /** Moves to the run's first group that is not before `from`; false when there is none. */
  #passBefore(run: Run, from: ByteView | null): boolean {
    while (run.nextGroup()) {
      if (from === null || this.#order.compare(run, from) >= 0) return true
      this.#rows.read(0, run.cursor)
      for (const { state } of this.#layout.plain) state.read(0, run.cursor)
      this.#passSets(run)
    }
    return false
  }

  #passSets(run: Run): void {
    for (let set = 0; set < this.#layout.sets.length;) if (!run.nextValue()) set += 1
  }

  #group(runs: readonly Run[]): void {
    const { plain, sets } = this.#layout
    this.#rows.clear()
    for (const { state } of plain) state.clear()
    for (const { cursor } of runs) {
      this.#rows.read(0, cursor)
      for (const { state } of plain) state.read(0, cursor)
    }
    this.#visitor.begin({ key: runs[0]!, rows: this.#rows, plain })
    for (let set = 0; set < sets.length; set++) {
      this.#set(set, runs)
      this.#visitor.endSet(set)
    }
    this.#visitor.end()
    this.#look()
  }

  #set(set: number, runs: readonly Run[]): void {
    const [only, another] = runs
    if (another === undefined) {
      while (only!.nextValue()) this.#value(set, only!, only!.count)
      return
    }
    const values = this.#values
    for (const run of runs) if (run.nextValue()) values.push(run)
    for (let first = values.pop(); first !== undefined; first = values.pop()) {
      const alike = [first]
      while (values.first !== undefined && compareBytes(first.cursor.bytes, first.cursor, values.first.cursor) === 0)
        alike.push(values.pop()!)
      const count = alike.reduce((sum, run) => sum + run.count, 0)
      this.#value(set, first, count)
      for (const run of alike) if (run.nextValue()) values.push(run)
    }
  }

  #value(set: number, { cursor }: Run, count: number): void {
    this.#visitor.value(set, cursor, count)
    this.#look()
  }

  #look(): void {
    if (++this.#steps % stepsBetweenLooks === 0) this.#context.progress(0, 0)
  }
}
