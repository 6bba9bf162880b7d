import { kernels } from '../../datasets/kernels/kernels.ts'
import type { SplitterTable } from '../../datasets/kernels/recordRequests.ts'
import { placeSplitters } from '../../datasets/kernels/splitters.ts'
import type { RecordBatch } from '../../datasets/shuffle/recordBatch.ts'

/** Which bucket an event belongs to: keys and positions from a sample, in order, divide them. Events of one key and position stay together. */
export function chooseSplitters(samples: readonly Uint8Array[], buckets: number): Uint8Array[] {
  const sorted = samples.toSorted((one, other) => Buffer.compare(one, other))
  const splitters: Uint8Array[] = []
  for (let bucket = 1; bucket < buckets && sorted.length > 0; bucket++) {
    const key = sorted[Math.floor((bucket * sorted.length) / buckets)]!
    const last = splitters.at(-1)
    if (last === undefined || Buffer.compare(last, key) !== 0) splitters.push(key)
  }
  return splitters
}

export function encodeSplitters(splitters: readonly Uint8Array[]): Buffer {
  const parts = splitters.flatMap((key) => {
    const length = Buffer.alloc(4)
    length.writeUInt32LE(key.length)
    return [length, key]
  })
  return Buffer.concat(parts)
}

export function decodeSplitters(bytes: Buffer): Uint8Array[] {
  const splitters: Uint8Array[] = []
  for (let at = 0; at < bytes.length;) {
    const end = at + 4 + bytes.readUInt32LE(at)
    splitters.push(bytes.subarray(at + 4, end))
    at = end
  }
  return splitters
}

/** Finds the buckets of records. To be released. */
export class Buckets {
  readonly count: number
  readonly #table: SplitterTable

  constructor(splitters: readonly Uint8Array[]) {
    this.count = splitters.length + 1
    const placed = splitters.map((key, below) => ({ key, below, copies: 0 }))
    this.#table = placeSplitters(kernels().memory, placed)
  }

  find(records: RecordBatch): void {
    const { positions, buckets } = records
    const request = { records, splitters: this.#table, positions, totalBytes: 1, isReversed: false, buckets }
    kernels().findBuckets({ ...request, lastBucket: this.count - 1 })
  }

  release(): void {
    this.#table.region.free()
  }
}
