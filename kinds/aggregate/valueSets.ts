import type { BatchValues } from './batchValues.ts'
import { ByteSink } from './byteSink.ts'
import { ByteTable } from '../../datasets/bytes/byteTable.ts'
import { endSet, writeCounted } from './groupFile.ts'
import { compareBytes } from './keptValues.ts'

/** All different values of one source in every group, with their counts: what medians and distinct counts are made of. */
const groupBytes = 4

export class ValueSets {
  /** Group, in four bytes, and value. */
  readonly #table = new ByteTable()
  readonly #key = new ByteSink()
  #counts = new Float64Array(1024)
  /** When sorted: entries by group and value, and where each group's begin. */
  #order = new Uint32Array(0)
  #firsts = new Uint32Array(0)

  add(values: BatchValues, groups: Int32Array, rows: number): void {
    const key = this.#key
    for (let row = 0; row < rows; row++) {
      const group = groups[row]!
      if (group < 0 || values.nulls[row] !== 0) continue
      key.length = groupBytes
      key.bytes[0] = group
      key.bytes[1] = group >>> 8
      key.bytes[2] = group >>> 16
      key.bytes[3] = group >>> 24
      values.write(row, key)
      const entry = this.#table.numberOf(key.bytes, 0, key.length)
      if (entry >= this.#counts.length) this.#growCounts()
      this.#counts[entry]! += 1
    }
  }

  /** To be called before `write`: puts the values of each of so many groups in the order of their bytes. */
  sort(groups: number): void {
    const { size } = this.#table
    const firsts = new Uint32Array(groups + 1)
    for (let entry = 0; entry < size; entry++) firsts[this.#groupOf(entry) + 1]! += 1
    for (let group = 0; group < groups; group++) firsts[group + 1]! += firsts[group]!
    const order = new Uint32Array(size)
    const next = firsts.slice()
    const prefixes = new Float64Array(size)
    for (let entry = 0; entry < size; entry++) {
      order[next[this.#groupOf(entry)]!++] = entry
      prefixes[entry] = this.#prefixOf(entry)
    }
    const compare = (one: number, other: number) => prefixes[one]! - prefixes[other]! || this.#compare(one, other)
    for (let group = 0; group < groups; group++) order.subarray(firsts[group], firsts[group + 1]).sort(compare)
    this.#order = order
    this.#firsts = firsts
  }

  write(group: number, sink: ByteSink): void {
    for (let place = this.#firsts[group]!; place < this.#firsts[group + 1]!; place++) {
      const entry = this.#order[place]!
      const start = this.#table.startOf(entry) + groupBytes
      const end = this.#table.endOf(entry)
      writeCounted(sink, { bytes: this.#table.bytes, start, end }, this.#counts[entry]!)
    }
    endSet(sink)
  }

  clear(): void {
    this.#table.clear()
    this.#counts.fill(0)
    this.#order = new Uint32Array(0)
    this.#firsts = new Uint32Array(0)
  }

  get heldBytes(): number {
    // With the order in which they are written.
    return this.#table.heldBytes + this.#table.size * 20
  }

  #growCounts(): void {
    const larger = new Float64Array(2 * this.#counts.length)
    larger.set(this.#counts)
    this.#counts = larger
  }

  #groupOf(entry: number): number {
    const { bytes } = this.#table
    const at = this.#table.startOf(entry)
    return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
  }

  /** The first six bytes of the value as a number, 0 behind the end: what is less here is less. */
  #prefixOf(entry: number): number {
    const start = this.#table.startOf(entry) + groupBytes
    const end = this.#table.endOf(entry)
    let prefix = 0
    for (let at = start; at < start + 6; at++) prefix = prefix * 256 + (at < end ? this.#table.bytes[at]! : 0)
    return prefix
  }

  #compare(one: number, other: number): number {
    const table = this.#table
    const { bytes } = table
    const range = { start: table.startOf(one) + groupBytes, end: table.endOf(one) }
    return compareBytes(bytes, range, { bytes, start: table.startOf(other) + groupBytes, end: table.endOf(other) })
  }
}
