import type { ByteHash } from '../../datasets/statistics/hash.ts'
import { mostExactValues } from './partial.ts'

/**
 * The different values of a column and how often each came, keyed by their bytes: an open-addressing hash table over one arena, with no
 * object per value. It takes at most `mostExactValues`; whoever fills it empties it when it is full.
 */
const slotCount = 1 << 15
const firstArenaBytes = 1 << 14
/** A larger arena is not kept for later values. */
const mostKeptArenaBytes = 1 << 19

export class ValueTable {
  /** An entry + 1, 0 for none. */
  readonly #slots = new Int32Array(slotCount)
  readonly #lows = new Uint32Array(mostExactValues)
  readonly #starts = new Uint32Array(mostExactValues + 1)
  readonly #counts = new Float64Array(mostExactValues)
  #arena = Buffer.alloc(firstArenaBytes)
  size = 0

  /** Counts the value in bytes [start, end), whose hash `hash` holds. False when it is new and there is no room for it. */
  add(bytes: Uint8Array, range: readonly [start: number, end: number], hash: ByteHash): boolean {
    const [start, end] = range
    let slot = hash.high & (slotCount - 1)
    for (let held = this.#slots[slot]!; held !== 0; held = this.#slots[slot]!) {
      if (this.#lows[held - 1] === hash.low && this.#is(held - 1, bytes, start, end)) {
        this.#counts[held - 1]! += 1
        return true
      }
      slot = (slot + 1) & (slotCount - 1)
    }
    if (this.size === mostExactValues) return false
    this.#keep(bytes, start, end)
    this.#lows[this.size - 1] = hash.low
    this.#slots[slot] = this.size
    return true
  }

  /** In the order in which they first came. */
  *entries(): Generator<[value: Buffer, count: number]> {
    for (let entry = 0; entry < this.size; entry++)
      yield [this.#arena.subarray(this.#starts[entry], this.#starts[entry + 1]), this.#counts[entry]!]
  }

  clear(): void {
    this.#slots.fill(0)
    this.size = 0
    if (this.#arena.length > mostKeptArenaBytes) this.#arena = Buffer.alloc(firstArenaBytes)
  }

  // oxlint-disable-next-line max-params -- called for every field
  #is(entry: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.#starts[entry]!
    if (this.#starts[entry + 1]! - from !== end - start) return false
    const arena = this.#arena
    for (let at = start, held = from; at < end; at++, held++) if (arena[held] !== bytes[at]) return false
    return true
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    const from = this.size === 0 ? 0 : this.#starts[this.size]!
    const to = from + end - start
    if (to > this.#arena.length) {
      const larger = Buffer.alloc(Math.max(this.#arena.length * 2, to))
      this.#arena.copy(larger, 0, 0, from)
      this.#arena = larger
    }
    this.#arena.set(bytes.subarray(start, end), from)
    this.#starts[this.size] = from
    this.#starts[this.size + 1] = to
    this.#counts[this.size] = 1
    this.size += 1
  }
}
