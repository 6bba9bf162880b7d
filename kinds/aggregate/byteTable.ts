import { ByteHash } from '../../datasets/statistics/hash.ts'

/** Different byte strings by number, from 0 on in the order in which they first came: open addressing over one arena, no object for any. */
const firstSlots = 1 << 10
const firstArenaBytes = 1 << 14

export class ByteTable {
  size = 0
  bytes = new Uint8Array(firstArenaBytes)
  /** Entry + 1, 0 for none. */
  #slots = new Int32Array(firstSlots)
  #lows = new Uint32Array(firstSlots >> 1)
  #highs = new Uint32Array(firstSlots >> 1)
  #starts = new Uint32Array((firstSlots >> 1) + 1)
  readonly #hash = new ByteHash()

  /** The number of the bytes [start, end); they get the next one when they are new. */
  numberOf(bytes: Uint8Array, start: number, end: number): number {
    this.#hash.of(bytes, start, end)
    const { high, low } = this.#hash
    const mask = this.#slots.length - 1
    let slot = high & mask
    for (let held = this.#slots[slot]!; held !== 0; held = this.#slots[slot]!) {
      if (this.#lows[held - 1] === low && this.#is(held - 1, bytes, start, end)) return held - 1
      slot = (slot + 1) & mask
    }
    const entry = this.#keep(bytes, start, end)
    this.#lows[entry] = low
    this.#highs[entry] = high
    this.#slots[slot] = entry + 1
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
    this.#lows = enlarged(this.#lows, count >> 1)
    this.#highs = enlarged(this.#highs, count >> 1)
    this.#starts = enlarged(this.#starts, (count >> 1) + 1)
    const slots = new Int32Array(count)
    for (let entry = 0; entry < this.size; entry++) {
      let slot = this.#highs[entry]! & (count - 1)
      while (slots[slot] !== 0) slot = (slot + 1) & (count - 1)
      slots[slot] = entry + 1
    }
    this.#slots = slots
  }
}

function enlarged(array: Uint32Array<ArrayBuffer>, size: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(size)
  larger.set(array)
  return larger
}
