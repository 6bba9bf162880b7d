/** Bars of equal width between the least and the greatest number, and the shares at which quantiles are told. Pure. */
export const quantileShares = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]

const bars = 20

/** Where bars begin, and where the last one ends. */
export function histogramBounds(least: number, most: number): number[] {
  if (least === most) return [least, most]
  return Array.from({ length: bars + 1 }, (_, at) => (at === bars ? most : least + ((most - least) * at) / bars))
}

export function histogramOf(
  bounds: readonly number[],
  { countsBelow, count }: { countsBelow: (bounds: readonly number[]) => number[]; count: number },
): { from: number; to: number; count: number }[] {
  // The greatest number is in the last bar.
  const below = [...countsBelow(bounds.slice(0, -1)), count]
  return bounds.slice(0, -1).map((from, at) => ({ from, to: bounds[at + 1]!, count: below[at + 1]! - below[at]! }))
}
