import { invariant } from '../../contract/invariant.ts'

/** Different byte strings by number, from 0 on in the order in which they first came: open addressing over one arena, no object for any. */
const firstSlots = 1 << 10
const firstArenaBytes = 1 << 14
const mostBytes = 2 ** 32 - 1

export class ByteTable {
  size = 0
  bytes = new Uint8Array(firstArenaBytes)
  /** Entry + 1, 0 for none. */
  #slots = new Int32Array(firstSlots)
  #hashes = new Int32Array(firstSlots >> 1)
  #starts = new Uint32Array((firstSlots >> 1) + 1)

  /** The number of the bytes [start, end); they get the next one when they are new. */
  numberOf(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashOf(bytes, start, end)
    const slots = this.#slots
    const mask = slots.length - 1
    let slot = hash & mask
    for (let held = slots[slot]!; held !== 0; held = slots[slot]!) {
      if (this.#hashes[held - 1] === hash && this.#is(held - 1, bytes, start, end)) return held - 1
      slot = (slot + 1) & mask
    }
    const entry = this.#keep(bytes, start, end)
    this.#hashes[entry] = hash
    slots[slot] = entry + 1
    if (this.size * 2 >= this.#slots.length) this.#growSlots()
    return entry
  }

  startOf(entry: number): number {
    return this.#starts[entry]!
  }

  endOf(entry: number): number {
    return this.#starts[entry + 1]!
  }

  /** What it takes, about. */
  get heldBytes(): number {
    return this.#starts[this.size]! + this.size * 20
  }

  clear(): void {
    if (this.size > 0) this.#slots.fill(0)
    this.size = 0
  }

  // oxlint-disable-next-line max-params -- called for every row
  #is(entry: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.#starts[entry]!
    if (this.#starts[entry + 1]! - from !== end - start) return false
    const arena = this.bytes
    for (let at = start, held = from; at < end; at++, held++) if (arena[held] !== bytes[at]) return false
    return true
  }

  #keep(bytes: Uint8Array, start: number, end: number): number {
    const entry = this.size++
    const from = entry === 0 ? 0 : this.#starts[entry]!
    const to = from + end - start
    invariant(to <= mostBytes, 'a table holds 4 GiB of different byte strings at most')
    if (to > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.bytes.length * 2, to))
      larger.set(this.bytes.subarray(0, from))
      this.bytes = larger
    }
    this.bytes.set(bytes.subarray(start, end), from)
    this.#starts[entry] = from
    this.#starts[entry + 1] = to
    return entry
  }

  #growSlots(): void {
    const count = this.#slots.length * 2
    const hashes = new Int32Array(count >> 1)
    hashes.set(this.#hashes)
    this.#hashes = hashes
    const starts = new Uint32Array((count >> 1) + 1)
    starts.set(this.#starts)
    this.#starts = starts
    const slots = new Int32Array(count)
    for (let entry = 0; entry < this.size; entry++) {
      let slot = hashes[entry]! & (count - 1)
      while (slots[slot] !== 0) slot = (slot + 1) & (count - 1)
      slots[slot] = entry + 1
    }
    this.#slots = slots
  }
}

/** Four bytes at a time, by the mixing of MurmurHash3 (A. Appleby, public domain). */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start
  let at = start
  for (; at + 4 <= end; at += 4) {
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    const turned = Math.imul(word, 0xcc9e2d51)
    hash = Math.imul(hash ^ ((turned << 15) | (turned >>> 17)), 0x1b873593)
    hash ^= hash >>> 15
  }
  let tail = 0
  for (; at < end; at++) tail = (tail << 8) | bytes[at]!
  hash = Math.imul(hash ^ tail ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
