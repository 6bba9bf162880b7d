import { z } from 'zod'
import { sampleSize } from './kind.ts'
import { ExactSum, readTotal, roundTotal, writeTotal } from '../../datasets/statistics/exactSum.ts'

/**
 * What is known of the outputs of some adjacent cells. It comes out the same under any grouping: the sum is exact (see exactSum.ts),
 * and first and last keep input order.
 */
export const partialSchema = z.strictObject({
  count: z.int(),
  sum: z.string(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  first: z.array(z.number()),
  last: z.array(z.number()),
})
type OutputsPartial = z.infer<typeof partialSchema>

export class Tally {
  readonly #sum = new ExactSum()
  readonly #first: number[] = []
  /** A ring: output n stands at n modulo its size. */
  readonly #last: number[] = []
  #count = 0
  #min = Infinity
  #max = -Infinity

  add(output: number): void {
    this.#sum.add(output)
    if (output < this.#min) this.#min = output
    if (output > this.#max) this.#max = output
    if (this.#count < sampleSize) this.#first.push(output)
    this.#last[this.#count % sampleSize] = output
    this.#count += 1
  }

  partial(): OutputsPartial {
    const oldest = this.#count > sampleSize ? this.#count % sampleSize : 0
    return {
      count: this.#count,
      sum: writeTotal(this.#sum.total()),
      min: this.#count === 0 ? null : this.#min,
      max: this.#count === 0 ? null : this.#max,
      first: this.#first,
      last: [...this.#last.slice(oldest), ...this.#last.slice(0, oldest)],
    }
  }
}

/** Partials of adjacent cells, in cell order, as one; of no cells at all, the partial of no outputs. */
export function combine(partials: OutputsPartial[]): OutputsPartial {
  return {
    count: partials.reduce((count, partial) => count + partial.count, 0),
    sum: writeTotal(partials.reduce((total, partial) => total + readTotal(partial.sum), 0n)),
    min: extreme(
      partials.map((partial) => partial.min),
      Math.min,
    ),
    max: extreme(
      partials.map((partial) => partial.max),
      Math.max,
    ),
    first: partials.flatMap((partial) => partial.first).slice(0, sampleSize),
    last: partials.flatMap((partial) => partial.last).slice(-sampleSize),
  }
}

function extreme(values: (number | null)[], choose: (...values: number[]) => number): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : choose(...known)
}

/** The result's own form. */
export function resultOf(partial: OutputsPartial) {
  return { ...partial, sum: roundTotal(readTotal(partial.sum)) }
}
