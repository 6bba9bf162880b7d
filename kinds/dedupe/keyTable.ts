import { ByteHash } from '../../datasets/statistics/hash.ts'
import type { Place } from './keyRecord.ts'

/** Different keys, how often each has come, and the place of the record that stays. Memory is bounded: what is too much is not taken. */
interface KeyRun {
  bytes: Uint8Array
  keyStart: number
  end: number
}

/** Beside its bytes, what a key takes of all arrays, half of whose room may be free. */
const entryBytes = 80
const firstEntries = 1024
const firstBytes = 64 * 1024

export class KeyTable {
  /** So many keys are in it. */
  size = 0
  readonly #mostBytes: number
  readonly #hash = new ByteHash()
  #bytes = new Uint8Array(firstBytes)
  #filled = 0
  #slots = new Int32Array(2 * firstEntries).fill(-1)
  #hashes = new Uint32Array(firstEntries)
  /** Where each key begins, and the next one. */
  #starts = new Uint32Array(firstEntries + 1)
  #inputs = new Uint32Array(firstEntries)
  #offsets = new Float64Array(firstEntries)
  #counts = new Float64Array(firstEntries)

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
  }

  /** The number of the key, which counts once more; null when it is new and there is no room. The first key always has room. */
  count(key: KeyRun & Place): number | null {
    this.#hash.of(key.bytes, key.keyStart, key.end)
    const hash = this.#hash.low
    let slot = hash & (this.#slots.length - 1)
    for (let entry = this.#slots[slot]!; entry >= 0; entry = this.#slots[slot]!) {
      if (this.#hashes[entry] === hash && this.#isKey(entry, key)) {
        this.#counts[entry]! += 1
        return entry
      }
      slot = (slot + 1) & (this.#slots.length - 1)
    }
    return this.#add(key, hash)
  }

  countOf(entry: number): number {
    return this.#counts[entry]!
  }

  placeOf(entry: number): Place {
    return { input: this.#inputs[entry]!, offset: this.#offsets[entry]! }
  }

  setPlace(entry: number, { input, offset }: Place): void {
    this.#inputs[entry] = input
    this.#offsets[entry] = offset
  }

  #isKey(entry: number, { bytes, keyStart, end }: KeyRun): boolean {
    const from = this.#starts[entry]!
    const length = end - keyStart
    if (this.#starts[entry + 1]! - from !== length) return false
    for (let at = 0; at < length; at++) if (this.#bytes[from + at] !== bytes[keyStart + at]) return false
    return true
  }

  #add(key: KeyRun & Place, hash: number): number | null {
    const length = key.end - key.keyStart
    const wanted = this.#filled + length + entryBytes * (this.size + 1)
    if (this.size > 0 && wanted > this.#mostBytes) return null
    const entry = this.size++
    if (entry === this.#hashes.length) this.#growEntries()
    if (this.#filled + length > this.#bytes.length) {
      const grown = new Uint8Array(2 * (this.#filled + length))
      grown.set(this.#bytes.subarray(0, this.#filled))
      this.#bytes = grown
    }
    this.#bytes.set(key.bytes.subarray(key.keyStart, key.end), this.#filled)
    this.#filled += length
    this.#starts[entry + 1] = this.#filled
    this.#hashes[entry] = hash
    this.#counts[entry] = 1
    this.setPlace(entry, key)
    this.#put(entry)
    return entry
  }

  #put(entry: number): void {
    let slot = this.#hashes[entry]! & (this.#slots.length - 1)
    while (this.#slots[slot]! >= 0) slot = (slot + 1) & (this.#slots.length - 1)
    this.#slots[slot] = entry
  }

  #growEntries(): void {
    const entries = 2 * this.#hashes.length
    const grown = <Numbers extends Uint32Array | Float64Array>(from: Numbers, to: Numbers): Numbers => {
      to.set(from)
      return to
    }
    this.#starts = grown(this.#starts, new Uint32Array(entries + 1))
    this.#hashes = grown(this.#hashes, new Uint32Array(entries))
    this.#inputs = grown(this.#inputs, new Uint32Array(entries))
    this.#offsets = grown(this.#offsets, new Float64Array(entries))
    this.#counts = grown(this.#counts, new Float64Array(entries))
    this.#slots = new Int32Array(2 * entries).fill(-1)
    for (let entry = 0; entry < entries / 2; entry++) this.#put(entry)
  }
}
