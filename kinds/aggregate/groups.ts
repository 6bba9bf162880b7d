import type { FileRef } from '../../contract/outcome.ts'
import type { ScratchWriter } from '../../contract/run.ts'
import type { BatchValues } from './batchValues.ts'
import { ByteSink } from './byteSink.ts'
import { ByteTable } from '../../datasets/bytes/byteTable.ts'
import type { ByteView } from './groupFile.ts'
import { KeyOrder, writeKey } from './groupKey.ts'
import { GroupMarks } from './groupMarks.ts'
import type { Shape } from './shape.ts'
import { sortedKeys } from './sortable.ts'
import { Counts, makeState, type State } from './states.ts'
import { ValueSets } from './valueSets.ts'

/** The states of a shape, in the order in which files have them: those that are of one piece, then the sets of values. */
export interface Layout {
  plain: { state: State; source: number; place: number }[]
  sets: { source: number; place: number }[]
}

export function layoutOf({ states, sources }: Shape<never>): Layout {
  const layout: Layout = { plain: [], sets: [] }
  for (const [place, { kind, source }] of states.entries()) {
    if (kind === 'values') layout.sets.push({ source, place })
    else layout.plain.push({ state: makeState(kind, sources[source]!.type === 'text'), source, place })
  }
  return layout
}

export function keyOrderOf({ keys }: Shape<never>): KeyOrder {
  return new KeyOrder(keys.map(({ type }) => type))
}

const flushBytes = 64 * 1024

/** All groups that have been met, in memory. */
export class Groups {
  readonly #shape: Shape<never>
  readonly #keys = new ByteTable()
  readonly #key = new ByteSink()
  readonly #rows = new Counts()
  readonly #plain: Layout['plain']
  readonly #sets: { set: ValueSets; source: number }[]
  #groups = new Int32Array(0)

  constructor(shape: Shape<never>) {
    this.#shape = shape
    const { plain, sets } = layoutOf(shape)
    this.#plain = plain
    this.#sets = sets.map(({ source }) => ({ set: new ValueSets(), source }))
  }

  /** Takes the rows of a batch whose `taken` is not 0; `values` are those of each source. */
  add(values: readonly BatchValues[], taken: Uint8Array, rows: number): void {
    const groups = this.#find(values, taken, rows)
    const count = this.#keys.size
    this.#rows.grow(count)
    this.#rows.addRows(groups, rows)
    for (const { state, source } of this.#plain) {
      state.grow(count)
      state.add(values[source]!, groups, rows)
    }
    for (const { set, source } of this.#sets) set.add(values[source]!, groups, rows)
  }

  get heldBytes(): number {
    const count = this.#keys.size
    const plain = this.#plain.reduce((sum, { state }) => sum + state.heldBytes(count), 0)
    return this.#keys.heldBytes + 12 * count + this.#sets.reduce((sum, { set }) => sum + set.heldBytes, plain)
  }

  get size(): number {
    return this.#keys.size
  }

  /** Writes all groups in the order of their keys, and forgets them. */
  empty(writer: ScratchWriter, marks = new GroupMarks()): FileRef {
    const count = this.#keys.size
    const sink = new ByteSink()
    let flushed = 0
    for (const { set } of this.#sets) set.sort(count)
    for (const group of this.#inOrder()) {
      const at = flushed + sink.length
      if (marks.isDue(at)) marks.begin(at, this.#viewOf(group))
      this.#write(group, sink)
      if (sink.length < flushBytes) continue
      flushed += sink.length
      flush(sink, writer)
    }
    flush(sink, writer)
    this.#clear()
    return writer.finish(count)
  }

  #find(values: readonly BatchValues[], taken: Uint8Array, rows: number): Int32Array {
    if (this.#groups.length < rows) this.#groups = new Int32Array(rows)
    const groups = this.#groups
    const keys = this.#shape.keys.map(({ source }) => values[source]!)
    for (let row = 0; row < rows; row++) {
      if (taken[row] === 0) {
        groups[row] = -1
        continue
      }
      writeKey(keys, row, this.#key)
      groups[row] = this.#keys.numberOf(this.#key.bytes, 0, this.#key.length)
    }
    return groups
  }

  #inOrder(): Uint32Array {
    const sorted = sortedKeys(
      this.#keys,
      this.#shape.keys.map(({ type }) => type),
    )
    if (sorted !== null) return sorted
    const order = keyOrderOf(this.#shape)
    const groups = Uint32Array.from({ length: this.#keys.size }, (_, group) => group)
    return groups.sort((one, other) => order.compare(this.#viewOf(one), this.#viewOf(other)))
  }

  #viewOf(group: number): ByteView {
    return { bytes: this.#keys.bytes, start: this.#keys.startOf(group), end: this.#keys.endOf(group) }
  }

  #write(group: number, sink: ByteSink): void {
    const start = this.#keys.startOf(group)
    const end = this.#keys.endOf(group)
    sink.varint(end - start)
    sink.copy(this.#keys.bytes, start, end)
    this.#rows.write(group, sink)
    for (const { state } of this.#plain) state.write(group, sink)
    for (const { set } of this.#sets) set.write(group, sink)
  }

  #clear(): void {
    this.#keys.clear()
    this.#rows.clear()
    for (const { state } of this.#plain) state.clear()
    for (const { set } of this.#sets) set.clear()
  }
}

export function flush(sink: ByteSink, writer: ScratchWriter): void {
  writer.write(sink.bytes.subarray(0, sink.length))
  sink.clear()
}
