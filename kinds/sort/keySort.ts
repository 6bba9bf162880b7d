/**
 * Puts keys of any length into the order of their bytes, a key before those that it begins; equal ones stay in the order in which they
 * came. By eight bytes at a time: least-significant-digit radix sort over them, then each group that they do not tell apart by the next
 * eight (Kärkkäinen & Rantala, "Engineering Radix Sort for Strings", 2008, with LSD instead of MSD inside a step). Groups are kept on a
 * list, so that keys with a common beginning of megabytes overflow no stack.
 */
export interface Keys {
  bytes: Uint8Array
  /** Of key i: [start, end). */
  start: Uint32Array
  end: Uint32Array
  count: number
}

const digitBits = 11
const digits = 1 << digitBits
/** Smaller groups are sorted by insertion. */
const smallGroup = 24
const stepBytes = 8

/** The numbers of the keys in their order. */
export function sortKeys(keys: Keys): Uint32Array {
  const sorter = new KeySorter(keys)
  sorter.sort()
  return sorter.order
}

interface Group {
  from: number
  to: number
  depth: number
}

class KeySorter {
  readonly order: Uint32Array
  readonly #keys: Keys
  readonly #spare: Uint32Array
  /** By key: the eight bytes of the step, big-endian, 0 behind its end. */
  readonly #high: Uint32Array
  readonly #low: Uint32Array
  readonly #counts = new Uint32Array(digits)
  readonly #groups: Group[] = []

  constructor(keys: Keys) {
    this.#keys = keys
    this.order = new Uint32Array(keys.count)
    for (let key = 0; key < keys.count; key++) this.order[key] = key
    this.#spare = new Uint32Array(keys.count)
    this.#high = new Uint32Array(keys.count)
    this.#low = new Uint32Array(keys.count)
  }

  sort(): void {
    this.#groups.push({ from: 0, to: this.#keys.count, depth: 0 })
    for (let group = this.#groups.pop(); group !== undefined; group = this.#groups.pop()) {
      if (group.to - group.from <= smallGroup) this.#insertionSort(group)
      else this.#radixSort(group)
    }
  }

  #radixSort(group: Group): void {
    const differing = this.#load(group)
    for (let digit = 0; digit < 3; digit++)
      this.#distribute(group, { words: this.#low, digit, differing: differing.low })
    for (let digit = 0; digit < 3; digit++)
      this.#distribute(group, { words: this.#high, digit, differing: differing.high })
    this.#findTies(group)
  }

  /** Reads the group's next eight bytes; says which bits are not the same in all. */
  #load({ from, to, depth }: Group): { high: number; low: number } {
    const { order } = this
    const { bytes, start, end } = this.#keys
    let [anyHigh, allHigh, anyLow, allLow] = [0, -1, 0, -1]
    for (let place = from; place < to; place++) {
      const key = order[place]!
      const at = start[key]! + depth
      const left = end[key]! - at
      const high = left >= 4 ? wordAt(bytes, at) : partialWord(bytes, at, left)
      const low = left >= stepBytes ? wordAt(bytes, at + 4) : partialWord(bytes, at + 4, left - 4)
      this.#high[key] = high
      this.#low[key] = low
      anyHigh |= high
      allHigh &= high
      anyLow |= low
      allLow &= low
    }
    return { high: anyHigh ^ allHigh, low: anyLow ^ allLow }
  }

  /** One stable pass by one digit, unless it is the same in all. */
  #distribute(
    { from, to }: Group,
    { words, digit, differing }: { words: Uint32Array; digit: number; differing: number },
  ): void {
    const shift = digit * digitBits
    if (((differing >>> shift) & (digits - 1)) === 0) return
    const counts = this.#counts.fill(0)
    const { order } = this
    const spare = this.#spare
    for (let place = from; place < to; place++) counts[(words[order[place]!]! >>> shift) & (digits - 1)]! += 1
    for (let value = 0, sum = from; value < digits; value++) {
      const count = counts[value]!
      counts[value] = sum
      sum += count
    }
    for (let place = from; place < to; place++) {
      const key = order[place]!
      spare[counts[(words[key]! >>> shift) & (digits - 1)]!++] = key
    }
    order.set(spare.subarray(from, to), from)
  }

  /** Keys with the same eight bytes: those that end here come first, the shorter before the longer; the others go on. */
  #findTies({ from, to, depth }: Group): void {
    const { order } = this
    for (let first = from; first < to;) {
      const key = order[first]!
      let next = first + 1
      while (next < to && this.#high[order[next]!] === this.#high[key] && this.#low[order[next]!] === this.#low[key])
        next += 1
      if (next - first > 1) this.#pushTie({ from: first, to: next, depth })
      first = next
    }
  }

  #pushTie({ from, to, depth }: Group): void {
    const longer = this.#byEnd({ from, to, depth })
    if (to - longer > 1) this.#groups.push({ from: longer, to, depth: depth + stepBytes })
  }

  /** Puts keys that end within the step before those that do not, by length; returns the place of the first of those. */
  #byEnd({ from, to, depth }: Group): number {
    const { order } = this
    const counts = new Uint32Array(stepBytes + 2)
    const classOf = (key: number) =>
      Math.min(stepBytes + 1, Math.max(0, this.#keys.end[key]! - this.#keys.start[key]! - depth))
    for (let place = from; place < to; place++) counts[classOf(order[place]!)]! += 1
    const longer = to - counts[stepBytes + 1]!
    if (longer === from) return from
    for (let length = 0, sum = from; length < counts.length; length++) {
      const count = counts[length]!
      counts[length] = sum
      sum += count
    }
    for (let place = from; place < to; place++) this.#spare[counts[classOf(order[place]!)]!++] = order[place]!
    order.set(this.#spare.subarray(from, to), from)
    return longer
  }

  #insertionSort({ from, to, depth }: Group): void {
    const { order } = this
    for (let place = from + 1; place < to; place++) {
      const key = order[place]!
      let at = place
      for (; at > from && this.#compare(order[at - 1]!, key, depth) > 0; at--) order[at] = order[at - 1]!
      order[at] = key
    }
  }

  #compare(one: number, other: number, depth: number): number {
    const { bytes, start, end } = this.#keys
    let at = start[one]! + depth
    let otherAt = start[other]! + depth
    const length = Math.min(end[one]! - at, end[other]! - otherAt)
    for (const stop = at + length; at < stop; at++, otherAt++) {
      const difference = bytes[at]! - bytes[otherAt]!
      if (difference !== 0) return difference
    }
    return end[one]! - at - (end[other]! - otherAt)
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}

/** Of fewer than four bytes that are left, which may be fewer than none. */
function partialWord(bytes: Uint8Array, at: number, left: number): number {
  let word = 0
  for (let index = 0; index < Math.min(4, left); index++) word |= bytes[at + index]! << (24 - 8 * index)
  return word >>> 0
}
