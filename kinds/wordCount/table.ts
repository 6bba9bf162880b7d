/**
 * Words and their counts, keyed by bytes: an open-addressing hash table over one arena, with no object per word. Words are built at
 * the arena's tail, where `count` either finds them known and lets the tail be overwritten or keeps them.
 */
const firstSlots = 1 << 9
const prefixBytes = 6
const firstArenaBytes = 1 << 12
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
  /** Pairs of an entry + 1 (0 for none) and its hash, so that one line of cache tells both. A power of two, at most half in use. */
  #slots = new Int32Array(2 * firstSlots)
  /** Pairs of a word's start in the arena and its length. */
  #places = new Int32Array(firstSlots)
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
    let slot = slotOf(hash) & mask
    for (let held = slots[slot]!; held !== 0; held = slots[slot]!) {
      if (slots[slot + 1] === hash && this.#isAtTail(held - 1, length)) {
        this.#counts[held - 1]! += times
        return
      }
      slot = (slot + 2) & mask
    }
    slots[slot] = this.size + 1
    slots[slot + 1] = hash
    this.#keep(length, times)
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
    const start = this.#places[2 * entry]!
    return this.arena.subarray(start, start + this.#places[2 * entry + 1]!)
  }

  times(entry: number): number {
    return this.#counts[entry]!
  }

  /** Its entries, in the order of their words' bytes. */
  sorted(): Uint32Array {
    const prefixes = new Float64Array(this.size)
    for (let entry = 0; entry < this.size; entry++) prefixes[entry] = this.#prefix(entry)
    const entries = Uint32Array.from({ length: this.size }, (_, entry) => entry)
    return entries.sort((one, other) => prefixes[one]! - prefixes[other]! || this.#compare(one, other))
  }

  clear(): void {
    this.tail = 0
    this.size = 0
    this.#slots.fill(0)
  }

  #isAtTail(entry: number, length: number): boolean {
    if (this.#places[2 * entry + 1] !== length) return false
    const arena = this.arena
    for (let held = this.#places[2 * entry]!, at = this.tail, end = at + length; at < end; at++, held++) {
      if (arena[held] !== arena[at]) return false
    }
    return true
  }

  #keep(length: number, times: number): void {
    const entry = this.size++
    this.#places[2 * entry] = this.tail
    this.#places[2 * entry + 1] = length
    this.#counts[entry] = times
    this.tail += length
    if (this.size === this.#counts.length) this.#grow()
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2)
    const mask = slots.length - 1
    for (let from = 0; from < this.#slots.length; from += 2) {
      if (this.#slots[from] === 0) continue
      const hash = this.#slots[from + 1]!
      let slot = slotOf(hash) & mask
      while (slots[slot] !== 0) slot = (slot + 2) & mask
      slots[slot] = this.#slots[from]!
      slots[slot + 1] = hash
    }
    this.#slots = slots
    const places = new Int32Array(this.#places.length * 2)
    places.set(this.#places)
    this.#places = places
    const counts = new Float64Array(this.#counts.length * 2)
    counts.set(this.#counts)
    this.#counts = counts
  }

  /** The first six bytes as a number that orders as they do; the full comparison tells a shorter word from one with zeros behind it. */
  #prefix(entry: number): number {
    const start = this.#places[2 * entry]!
    const end = start + this.#places[2 * entry + 1]!
    let prefix = 0
    for (let at = start; at < start + prefixBytes; at++) prefix = prefix * 256 + (at < end ? this.arena[at]! : 0)
    return prefix
  }

  #compare(one: number, other: number): number {
    const [oneStart, oneLength] = [this.#places[2 * one]!, this.#places[2 * one + 1]!]
    const [otherStart, otherLength] = [this.#places[2 * other]!, this.#places[2 * other + 1]!]
    const shared = Math.min(oneLength, otherLength)
    for (let at = 0; at < shared; at++) {
      const difference = this.arena[oneStart + at]! - this.arena[otherStart + at]!
      if (difference !== 0) return difference
    }
    return oneLength - otherLength
  }
}

/** An even place: a pair's. */
function slotOf(hash: number): number {
  return (hash ^ (hash >>> 15)) << 1
}
