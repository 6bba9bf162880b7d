import { kernels } from '../../datasets/kernels/kernels.ts'
import { placeWords, type SplitterTable, wordsPerPlace } from '../../datasets/kernels/recordRequests.ts'
import { placeSplitters, type PlacedSplitter } from '../../datasets/kernels/splitters.ts'
import type { RecordBatch } from '../../datasets/shuffle/recordBatch.ts'
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
  readonly #splitters: readonly PlacedSplitter[]
  /** Placed when first needed. */
  #table: SplitterTable | null = null
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
    let below = 0
    this.#splitters = splitters.map(({ key, copies }) => {
      below += 1 + copies
      return { key, copies, below: below - 1 - copies }
    })
    this.count = below + 1
    this.#comparison = comparison
    this.#decoded = comparison === null ? [] : splitters.map(({ key }) => comparison.decode(key, 0, key.length))
    this.#isReversed = isReversed
    this.#totalBytes = totalBytes
  }

  /** Finds the bucket of each record by its key, and by its place where a key has several. To be released after that. */
  find(records: RecordBatch): void {
    if (this.#comparison !== null) return this.#compare(records, this.#comparison)
    this.#table ??= placeSplitters(kernels().memory, this.#splitters)
    kernels().findBuckets({
      records,
      splitters: this.#table,
      positions: records.positions,
      totalBytes: this.#totalBytes,
      lastBucket: this.count - 1,
      isReversed: this.#isReversed,
      buckets: records.buckets,
    })
  }

  release(): void {
    this.#table?.region.free()
    this.#table = null
  }

  /** Whether all keys of the bucket are the same. */
  isOfOneKey(bucket: number): boolean {
    const ascending = this.#isReversed ? this.count - 1 - bucket : bucket
    return this.#splitters.some(({ below, copies }) => ascending > below && ascending <= below + copies)
  }

  #compare({ bytes, places, positions, buckets, count }: RecordBatch, comparison: KeyComparison): void {
    for (let record = 0; record < count; record++) {
      const place = record * wordsPerPlace
      const keyStart = places.words[place + placeWords.keyStart]!
      const key = comparison.decode(bytes.bytes, keyStart, places.words[place + placeWords.keyEnd]!)
      const bucket = this.#bucketOf(key, positions.doubles[record]!, comparison)
      buckets.words[record] = this.#isReversed ? this.count - 1 - bucket : bucket
    }
  }

  #bucketOf(key: DecodedKey, position: number, comparison: KeyComparison): number {
    const above = this.#firstAbove(key, comparison)
    const equal = this.#splitters[above - 1]
    if (equal !== undefined && equal.copies > 0 && comparison.compare(key, this.#decoded[above - 1]!) === 0)
      return equal.below + 1 + Math.min(equal.copies - 1, Math.floor((position / this.#totalBytes) * equal.copies))
    return this.#splitters[above]?.below ?? this.count - 1
  }

  /** The first splitter that is greater than the key. */
  #firstAbove(key: DecodedKey, comparison: KeyComparison): number {
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
