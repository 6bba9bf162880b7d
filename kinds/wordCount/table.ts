/**
 * Words and their counts, keyed by bytes: an open-addressing hash table over one arena, with no object per word. Words are built at
 * the arena's tail, where `count` either finds them known and lets the tail be overwritten or keeps them.
 */
const firstSlots = 1 << 12
const firstArenaBytes = 1 << 16
/** Of an entry beside its word: start, length, hash, count and its share of slots. */
const entryBytes = 32

/** FNV-1a (Fowler, Noll, Vo): `hash = Math.imul(hash ^ byte, hashPrime)` for each byte, from `hashSeed`. */
export const hashSeed = -2128831035
export const hashPrime = 16777619

export class WordTable {
  /** Bytes from `tail` on are free for the word being built. Another array after `reserve`. */
  arena = new Uint8Array(firstArenaBytes)
  tail = 0
  size = 0
  /** Entry + 1, or 0. A power of two of them, at most half in use. */
  #slots = new Int32Array(firstSlots)
  #starts = new Float64Array(firstSlots / 2)
  #lengths = new Int32Array(firstSlots / 2)
  #hashes = new Int32Array(firstSlots / 2)
  #counts = new Float64Array(firstSlots / 2)

  /** About how much memory its words take. */
  get bytes(): number {
    return this.tail + this.size * entryBytes
  }

  /** Makes room for so many bytes behind the tail. */
  reserve(bytes: number): void {
    if (this.tail + bytes <= this.arena.length) return
    const arena = new Uint8Array(Math.max(this.arena.length * 2, this.tail + bytes))
    arena.set(this.arena.subarray(0, this.tail + Math.min(bytes, this.arena.length - this.tail)))
    this.arena = arena
  }

  /** Counts the word of `length` bytes that stands at the tail, `times` more. */
  count(length: number, hash: number, times: number): void {
    const slots = this.#slots
    const mask = slots.length - 1
    let slot = (hash ^ (hash >>> 15)) & mask
    for (let held = slots[slot]!; held !== 0; held = slots[slot]!) {
      if (this.#hashes[held - 1] === hash && this.#isAtTail(held - 1, length)) {
        this.#counts[held - 1] = this.#counts[held - 1]! + times
        return
      }
      slot = (slot + 1) & mask
    }
    this.#keep(slot, { length, hash, times })
  }

  /** Counts a word that stands elsewhere. */
  add(word: Uint8Array, times: number): void {
    this.reserve(word.length)
    this.arena.set(word, this.tail)
    let hash = hashSeed
    for (const byte of word) hash = Math.imul(hash ^ byte, hashPrime)
    this.count(word.length, hash, times)
  }

  /** Valid until the next change. */
  word(entry: number): Uint8Array {
    const start = this.#starts[entry]!
    return this.arena.subarray(start, start + this.#lengths[entry]!)
  }

  times(entry: number): number {
    return this.#counts[entry]!
  }

  /** Its entries, in the order of their words' bytes. */
  sorted(): Uint32Array {
    const prefixes = new Float64Array(this.size)
    for (let entry = 0; entry < this.size; entry++) prefixes[entry] = prefixOf(this.word(entry))
    const entries = Uint32Array.from({ length: this.size }, (_, entry) => entry)
    return entries.sort(
      (one, other) => prefixes[one]! - prefixes[other]! || Buffer.compare(this.word(one), this.word(other)),
    )
  }

  clear(): void {
    this.tail = 0
    this.size = 0
    this.#slots.fill(0)
  }

  #isAtTail(entry: number, length: number): boolean {
    if (this.#lengths[entry] !== length) return false
    const arena = this.arena
    for (let held = this.#starts[entry]!, at = this.tail, end = at + length; at < end; at++, held++) {
      if (arena[held] !== arena[at]) return false
    }
    return true
  }

  #keep(slot: number, { length, hash, times }: { length: number; hash: number; times: number }): void {
    const entry = this.size++
    this.#starts[entry] = this.tail
    this.#lengths[entry] = length
    this.#hashes[entry] = hash
    this.#counts[entry] = times
    this.#slots[slot] = entry + 1
    this.tail += length
    if (this.size * 2 === this.#slots.length) this.#grow()
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2)
    const mask = slots.length - 1
    for (let entry = 0; entry < this.size; entry++) {
      const hash = this.#hashes[entry]!
      let slot = (hash ^ (hash >>> 15)) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = entry + 1
    }
    this.#slots = slots
    this.#starts = copyOf(this.#starts, new Float64Array(slots.length / 2))
    this.#lengths = copyOf(this.#lengths, new Int32Array(slots.length / 2))
    this.#hashes = copyOf(this.#hashes, new Int32Array(slots.length / 2))
    this.#counts = copyOf(this.#counts, new Float64Array(slots.length / 2))
  }
}

function copyOf<Column extends Float64Array | Int32Array>(from: Column, to: Column): Column {
  to.set(from)
  return to
}

/** The first six bytes as a number that orders as they do; shorter words come first among equals by the full comparison. */
function prefixOf(word: Uint8Array): number {
  let prefix = 0
  for (let at = 0; at < 6; at++) prefix = prefix * 256 + (word[at] ?? 0)
  return prefix
}
