import type { Input } from '../../contract/dataset.ts'

/** Into how many parts keys and verdicts are cut: by the inputs alone, so that the answer to a job is always cut alike. Pure. */
type Sized = Pick<Input, 'bytes' | 'table'>

const mostBuckets = 4096
/** What is compressed is guessed to be so much larger. */
const growth = 8

export function bucketsFor(inputs: readonly Sized[], { bucketBytes }: { bucketBytes: number }): number {
  return clamped(inputs.reduce((sum, input) => sum + textBytes(input), 0) / bucketBytes)
}

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

  constructor(inputs: readonly Sized[], { bucketBytes }: { bucketBytes: number }) {
    this.#places = Math.max(64, bucketBytes / 16)
    let blocks = 0
    this.#before = inputs.map((input) => {
      const before = blocks
      blocks += Math.ceil(textBytes(input) / this.#places)
      return before
    })
    this.buckets = clamped(blocks)
  }

  blockOf(offset: number): number {
    return Math.floor(offset / this.#places)
  }

  bucketOf(input: number, block: number): number {
    return ((this.#before[input] ?? 0) + block) % this.buckets
  }
}

function clamped(count: number): number {
  return Math.max(1, Math.min(mostBuckets, Math.ceil(count)))
}

function textBytes({ bytes, table }: Sized): number {
  const isText = table === undefined || (table.compression === null && textFormats.has(table.format))
  return isText ? bytes : bytes * growth
}

const textFormats: ReadonlySet<string> = new Set(['csv', 'jsonl', 'json'])
