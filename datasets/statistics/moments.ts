import { z } from 'zod'

/**
 * Count, mean and spread of numbers, merged without losing digits: each block by two passes over it, blocks by T. Chan, G. Golub and
 * R. LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances" (1979).
 */
export const momentsSchema = z.strictObject({
  count: z.int().min(0),
  mean: z.number(),
  /** The sum of squared differences from the mean. */
  squares: z.number().min(0),
})
export type Moments = z.infer<typeof momentsSchema>

export const noMoments: Moments = { count: 0, mean: 0, squares: 0 }

/** Of the first `count` finite numbers. */
export function momentsOf(values: Float64Array, count: number): Moments {
  if (count === 0) return noMoments
  // Differences from the first value keep the digits in which the values differ.
  const first = values[0]!
  let sum = 0
  for (let at = 0; at < count; at++) sum += values[at]! - first
  const mean = first + sum / count
  let squares = 0
  let rest = 0
  for (let at = 0; at < count; at++) {
    const difference = values[at]! - mean
    squares += difference * difference
    rest += difference
  }
  // What rounding left of the mean; its square is taken off the squares.
  return { count, mean: mean + rest / count, squares: Math.max(0, squares - (rest * rest) / count) }
}

export function mergeMoments(one: Moments, other: Moments): Moments {
  if (one.count === 0) return other
  if (other.count === 0) return one
  const count = one.count + other.count
  const difference = other.mean - one.mean
  return {
    count,
    mean: one.mean + (difference * other.count) / count,
    squares: one.squares + other.squares + difference * difference * ((one.count * other.count) / count),
  }
}

/** Of a sample (divided by count - 1), null below two values. */
export function standardDeviation({ count, squares }: Moments): number | null {
  return count < 2 ? null : Math.sqrt(squares / (count - 1))
}
