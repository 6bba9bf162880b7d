/** The cells of [0, cells) that no task covers yet, as sorted, disjoint, non-empty ranges. */
export class Gaps {
  #ranges: { from: number; to: number }[]

  constructor(cells: number) {
    this.#ranges = cells > 0 ? [{ from: 0, to: cells }] : []
  }

  get first(): { from: number; to: number } | undefined {
    return this.#ranges[0]
  }

  get cells(): number {
    return this.#ranges.reduce((sum, { from, to }) => sum + to - from, 0)
  }

  /** Takes the first `count` uncovered cells, or fewer when they do not lie together. */
  take(count: number): { from: number; to: number } | undefined {
    const range = this.#ranges[0]
    if (range === undefined) return undefined
    const taken = { from: range.from, to: Math.min(range.to, range.from + count) }
    range.from = taken.to
    if (range.from === range.to) this.#ranges.shift()
    return taken
  }

  /** Covers [from, to): what a task that is on record already has. */
  cover(from: number, to: number): void {
    this.#ranges = this.#ranges.flatMap((range) => {
      const left = { from: range.from, to: Math.min(range.to, from) }
      const right = { from: Math.max(range.from, to), to: range.to }
      return [left, right].filter((part) => part.from < part.to)
    })
  }
}
