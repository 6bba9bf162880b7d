import type { Input } from '../../contract/dataset.ts'
import { bucketCount, textBytes } from '../../datasets/shuffle/buckets.ts'

/**
 * The verdicts of so many neighbouring places are held at once. Places are bytes or numbers of records: no more than one record stands at
 * each.
 */
export class VerdictBlocks {
  /** How many buckets the verdicts are cut into; when there are more blocks, a bucket holds several of them. */
  readonly buckets: number
  readonly #places: number
  /** Of each input, the blocks of those before it. */
  readonly #before: number[]

  constructor(inputs: readonly Pick<Input, 'bytes' | 'table'>[], { bucketBytes }: { bucketBytes: number }) {
    this.#places = Math.max(64, bucketBytes / 16)
    let blocks = 0
    this.#before = inputs.map((input) => {
      const before = blocks
      blocks += Math.ceil(textBytes(input) / this.#places)
      return before
    })
    this.buckets = bucketCount(blocks)
  }

  blockOf(offset: number): number {
    return Math.floor(offset / this.#places)
  }

  bucketOf(input: number, block: number): number {
    return ((this.#before[input] ?? 0) + block) % this.buckets
  }
}
