/** How a range falls into segments: a function of the range alone, so that results do not depend on who counts which. */
interface Segments {
  from: number
  to: number
  count: number
  /** Numbers per segment, a multiple of 30; the last segment may be shorter. */
  span: number
}

const leastSpan = 65_520
const mostSegments = 4096

/** Segments no shorter than the square root of the end, below which setting up the sieve would cost more than sieving. */
export function segmentsOf(range: { from?: number | undefined; to?: number | undefined }): Segments {
  const from = range.from ?? 0
  const to = range.to ?? 0
  const numbers = Math.max(0, to - from + 1)
  const span = roundUp(Math.max(leastSpan, Math.sqrt(to), numbers / mostSegments))
  return { from, to, span, count: Math.ceil(numbers / span) }
}

function roundUp(span: number): number {
  return Math.ceil(span / 30) * 30
}
