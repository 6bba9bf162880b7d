import type { DecodedKey, KeyComparison } from './keyComparison.ts'
import type { SortForm } from './recordSorter.ts'

/**
 * Which bucket a key belongs to. Splitters are keys from a sample, in order; a key goes between those around it. One that is so frequent
 * that it would fill buckets has buckets of its own, `copies` of them, over which its records are spread by their place in the input, in its
 * order: so however many records are equal, no bucket is much larger than others, and those of one key need no sorting.
 */
export interface Splitter {
  key: Uint8Array
  /** Buckets for this very key; 0 when it only divides. */
  copies: number
}

export interface KeyView {
  bytes: Uint8Array
  keyStart: number
  keyEnd: number
}

/**
 * Splitters for about `wanted` buckets from sampled keys. `mostCopies` limits the buckets of one key: one where repeated keys
 * are left out, since what is the first of its key must be known.
 */
export function chooseSplitters(
  samples: readonly Uint8Array[],
  { wanted, mostCopies, comparison }: { wanted: number; mostCopies: number; comparison: KeyComparison | null },
): Splitter[] {
  const sorted = sortedSamples(samples, comparison)
  const splitters: Splitter[] = []
  for (let bucket = 1; bucket < wanted && sorted.length > 0; bucket++) {
    const key = sorted[Math.floor((bucket * sorted.length) / wanted)]!
    const last = splitters.at(-1)
    if (last === undefined || Buffer.compare(last.key, key) !== 0) splitters.push({ key, copies: 0 })
    else last.copies = Math.min(mostCopies, Math.max(2, last.copies + 1))
  }
  return splitters
}

function sortedSamples(samples: readonly Uint8Array[], comparison: KeyComparison | null): Uint8Array[] {
  if (comparison === null) return samples.toSorted((one, other) => Buffer.compare(one, other))
  const decoded = samples.map((key) => ({ key, parts: comparison.decode(key, 0, key.length) }))
  return decoded.toSorted((one, other) => comparison.compare(one.parts, other.parts)).map(({ key }) => key)
}

export function encodeSplitters(splitters: readonly Splitter[]): Buffer {
  const parts = splitters.map(({ key, copies }) => {
    const head = Buffer.alloc(8)
    head.writeUInt32LE(copies, 0)
    head.writeUInt32LE(key.length, 4)
    return Buffer.concat([head, key])
  })
  return Buffer.concat(parts)
}

export function decodeSplitters(bytes: Buffer): Splitter[] {
  const splitters: Splitter[] = []
  for (let at = 0; at < bytes.length;) {
    const copies = bytes.readUInt32LE(at)
    const end = at + 8 + bytes.readUInt32LE(at + 4)
    splitters.push({ copies, key: bytes.subarray(at + 8, end) })
    at = end
  }
  return splitters
}

export class Buckets {
  readonly count: number
  readonly #splitters: readonly Splitter[]
  /** By splitter: the bucket of keys below it; those of the key itself follow. */
  readonly #below: Uint32Array
  readonly #prefixes: Float64Array
  readonly #isReversed: boolean
  readonly #totalBytes: number
  readonly #comparison: KeyComparison | null
  /** The splitters' keys, where their bytes do not tell how they compare. */
  readonly #decoded: DecodedKey[]

  /** `isReversed` puts the bucket of the last keys first. */
  constructor(
    splitters: readonly Splitter[],
    { totalBytes, isReversed, comparison }: Pick<SortForm, 'isReversed' | 'comparison'> & { totalBytes: number },
  ) {
    this.#splitters = splitters
    this.#comparison = comparison
    this.#decoded = comparison === null ? [] : splitters.map(({ key }) => comparison.decode(key, 0, key.length))
    this.#isReversed = isReversed
    this.#totalBytes = totalBytes
    this.#below = new Uint32Array(splitters.length)
    this.#prefixes = new Float64Array(splitters.length)
    let bucket = 0
    for (const [index, { key, copies }] of splitters.entries()) {
      this.#below[index] = bucket
      this.#prefixes[index] = prefixOf(key, 0, key.length)
      bucket += 1 + copies
    }
    this.count = bucket + 1
  }

  /** The bucket of a key whose record stands at `place` of all the bytes of the inputs. */
  of(view: KeyView, place: number): number {
    const bucket = this.#ascending(view, place)
    return this.#isReversed ? this.count - 1 - bucket : bucket
  }

  /** Whether all keys of the bucket are the same. */
  isOfOneKey(bucket: number): boolean {
    const ascending = this.#isReversed ? this.count - 1 - bucket : bucket
    return this.#splitters.some(({ copies }, index) => {
      const below = this.#below[index]!
      return ascending > below && ascending <= below + copies
    })
  }

  #ascending(view: KeyView, place: number): number {
    const above = this.#firstAbove(view)
    if (above > 0) {
      const { key, copies } = this.#splitters[above - 1]!
      if (copies > 0 && compareTo(view, key) === 0)
        return this.#below[above - 1]! + 1 + Math.min(copies - 1, Math.floor((place / this.#totalBytes) * copies))
    }
    return above === this.#splitters.length ? this.count - 1 : this.#below[above]!
  }

  /** The first splitter that is greater than the key. Most are told apart by six bytes. */
  #firstAbove(view: KeyView): number {
    if (this.#comparison !== null) return this.#firstDecodedAbove(view, this.#comparison)
    const prefix = prefixOf(view.bytes, view.keyStart, view.keyEnd)
    let low = 0
    let high = this.#splitters.length
    while (low < high) {
      const middle = (low + high) >> 1
      const other = this.#prefixes[middle]!
      const isAbove = other > prefix || (other === prefix && compareTo(view, this.#splitters[middle]!.key) < 0)
      if (isAbove) high = middle
      else low = middle + 1
    }
    return low
  }

  #firstDecodedAbove(view: KeyView, comparison: KeyComparison): number {
    const key = comparison.decode(view.bytes, view.keyStart, view.keyEnd)
    let low = 0
    let high = this.#decoded.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (comparison.compare(key, this.#decoded[middle]!) < 0) high = middle
      else low = middle + 1
    }
    return low
  }
}

/** The first six bytes as a number, 0 behind the end: what is less here is less. */
function prefixOf(bytes: Uint8Array, start: number, end: number): number {
  let prefix = 0
  for (let at = start; at < start + 6; at++) prefix = prefix * 256 + (at < end ? bytes[at]! : 0)
  return prefix
}

function compareTo({ bytes, keyStart, keyEnd }: KeyView, key: Uint8Array): number {
  const length = keyEnd - keyStart
  const stop = Math.min(length, key.length)
  for (let at = 0; at < stop; at++) {
    const difference = bytes[keyStart + at]! - key[at]!
    if (difference !== 0) return difference
  }
  return length - key.length
}
