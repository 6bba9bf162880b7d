import { ByteHash } from '../statistics/hash.ts'
import { RowBuffer } from './rowBuffer.ts'

/**
 * Values as bytes, each distinct one once as far as that pays, in the order in which they were first met; and which of them each value is. It is filled again
 * and again, in memory that is kept.
 */
/** When of the first so many values nearly all differ, the others are taken to do so, too, and none is looked for any more. */
const sampleSize = 4096
const mostDistinct = 0.8 * sampleSize
const firstTable = 256
const firstBytes = 1024
/** What one long value took is not kept for the next ones. */
const mostKeptBytes = 16 * 1024 * 1024

export class DistinctValues {
  /** Behind what is kept the next value is written, before `take` says how long it is. */
  readonly store = new RowBuffer(firstBytes)
  /** How many values there were, and how many different ones. */
  count = 0
  size = 0
  #seeks = true
  readonly #hash = new ByteHash()
  #indexes = new Uint32Array(64)
  /** Of each different value: where it ends, and its hash. */
  #ends = new Uint32Array(64)
  #hashes = new Uint32Array(64)
  /** By hash: 1 + the number of a different value, or 0. */
  #table = new Uint32Array(firstTable)

  /** The value in the next `length` bytes behind what is kept. */
  take(length: number): void {
    if (this.count === this.#indexes.length) this.#indexes = larger(this.#indexes)
    if (this.count === sampleSize) this.#seeks = this.size <= mostDistinct
    this.#indexes[this.count++] = this.#seeks ? this.#seek(length) : this.#add(0, length)
  }

  /** Looks the value up; a new one is kept. */
  #seek(length: number): number {
    const start = this.store.length
    this.#hash.of(this.store.bytes, start, start + length)
    const hash = this.#hash.high >>> 0
    return this.#find(hash, length) ?? this.#add(hash, length)
  }

  get indexes(): Uint32Array {
    return this.#indexes.subarray(0, this.count)
  }

  startOf(value: number): number {
    return value === 0 ? 0 : this.#ends[value - 1]!
  }

  endOf(value: number): number {
    return this.#ends[value]!
  }

  clear(): void {
    this.store.length = 0
    if (this.store.bytes.length > mostKeptBytes) this.store.bytes = new Uint8Array(firstBytes)
    this.count = 0
    this.size = 0
    this.#seeks = true
    this.#table.fill(0)
  }

  #find(hash: number, length: number): number | null {
    const mask = this.#table.length - 1
    for (let slot = hash & mask; this.#table[slot] !== 0; slot = (slot + 1) & mask) {
      const value = this.#table[slot]! - 1
      if (this.#hashes[value] === hash && this.#isSame(value, length)) return value
    }
    return null
  }

  #isSame(value: number, length: number): boolean {
    const { bytes, length: other } = this.store
    const start = this.startOf(value)
    if (this.endOf(value) - start !== length) return false
    for (let at = 0; at < length; at++) if (bytes[start + at] !== bytes[other + at]) return false
    return true
  }

  #add(hash: number, length: number): number {
    if (this.size === this.#ends.length) {
      this.#ends = larger(this.#ends)
      this.#hashes = larger(this.#hashes)
    }
    const value = this.size++
    this.store.length += length
    this.#ends[value] = this.store.length
    this.#hashes[value] = hash
    if (!this.#seeks) return value
    if (2 * this.size > this.#table.length) this.#grow()
    else this.#put(value)
    return value
  }

  #grow(): void {
    this.#table = new Uint32Array(2 * this.#table.length)
    for (let value = 0; value < this.size; value++) this.#put(value)
  }

  #put(value: number): void {
    const mask = this.#table.length - 1
    let slot = this.#hashes[value]! & mask
    while (this.#table[slot] !== 0) slot = (slot + 1) & mask
    this.#table[slot] = value + 1
  }
}

function larger(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const twice = new Uint32Array(2 * array.length)
  twice.set(array)
  return twice
}
