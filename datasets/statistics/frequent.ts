import { z } from 'zod'
import { compareText } from '../expression/order.ts'

/**
 * The most frequent values in bounded memory, with bounds: the mergeable summary of J. Misra and D. Gries (P. Agarwal et al., "Mergeable
 * summaries", 2012). When there are too many values the smallest counts are taken off all of them; `missed` is how much that has been, so
 * that a value occurred `count` to `count + missed` times. While no more than 1,000 different values came nothing is missed.
 */
const mostKept = 1000
const mostBetween = 4 * mostKept

export const frequentSchema = z.strictObject({
  missed: z.int().min(0),
  counts: z.array(z.tuple([z.string(), z.int()])),
})
export type FrequentState = z.infer<typeof frequentSchema>

export class FrequentValues {
  #counts = new Map<string, number>()
  #missed = 0

  static from({ missed, counts }: FrequentState): FrequentValues {
    const read = new FrequentValues()
    read.#missed = missed
    read.#counts = new Map(counts)
    return read
  }

  add(value: string, times = 1): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + times)
    if (this.#counts.size > mostBetween) this.#shrink()
  }

  merge(other: FrequentValues): void {
    for (const [value, times] of other.#counts) this.#counts.set(value, (this.#counts.get(value) ?? 0) + times)
    this.#missed += other.#missed
    this.#shrink()
  }

  state(): FrequentState {
    this.#shrink()
    return { missed: this.#missed, counts: [...this.#counts] }
  }

  /** The most frequent first, equal ones by their text; `missed` is how much a count may be too small. */
  top(most: number): { values: { value: string; count: number }[]; missed: number } {
    this.#shrink()
    const values = [...this.#counts].map(([value, count]) => ({ value, count }))
    values.sort((one, other) => other.count - one.count || compareText(one.value, other.value))
    return { values: values.slice(0, most), missed: this.#missed }
  }

  #shrink(): void {
    if (this.#counts.size <= mostKept) return
    const counts = Float64Array.from(this.#counts.values()).sort()
    const off = counts[counts.length - mostKept - 1]!
    this.#missed += off
    this.#counts = new Map(
      [...this.#counts].filter(([, count]) => count > off).map(([value, count]) => [value, count - off]),
    )
  }
}
