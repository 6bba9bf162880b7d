import type { Input } from '../../contract/dataset.ts'
import { bucketsFor, textBytes } from '../../datasets/shuffle/buckets.ts'

/** Cuts all rows of all inputs into runs, one for each bucket of a list, by where they stand. Records behind what an input was guessed to have are of its end. */
export class ListPlaces {
  readonly buckets: number
  readonly #lengths: number[]
  /** Of each input, how long those before it are. */
  readonly #before: number[]
  readonly #total: number

  constructor(inputs: readonly Pick<Input, 'bytes' | 'table'>[], params: { bucketBytes: number }) {
    this.buckets = bucketsFor(inputs, params)
    this.#lengths = inputs.map(textBytes)
    let total = 0
    this.#before = this.#lengths.map((length) => (total += length) - length)
    this.#total = Math.max(1, total)
  }

  bucketOf({ input, offset }: { input: number; offset: number }): number {
    const place = this.#before[input]! + Math.min(offset, this.#lengths[input]!)
    return Math.min(this.buckets - 1, Math.floor((place / this.#total) * this.buckets))
  }
}
