/** A batch aims at this much work, so that a message and its commit cost little beside it. */
const batchMs = 8
const largestBatch = 256
/** Tasks from this length on travel alone. */
export const longTaskMs = 10

/** What the tasks of one operation have cost so far: an exponentially weighted mean, newest outcomes weighing most. */
export class TaskCost {
  #msPerTask: number | null = null
  #msPerCell: number | null = null

  get msPerCell(): number | null {
    return this.#msPerCell
  }

  /** How many tasks a message to a worker carries. The first ones go singly, until something is known. */
  get batchSize(): number {
    if (this.#msPerTask === null || this.#msPerTask >= longTaskMs) return 1
    return Math.max(1, Math.min(largestBatch, Math.floor(batchMs / Math.max(this.#msPerTask, batchMs / largestBatch))))
  }

  /** How many tasks may be with one worker at once: one running and one waiting, or three batches of short ones. */
  get credit(): number {
    return this.batchSize === 1 ? 2 : 3 * this.batchSize
  }

  learn(tookMs: number, cells: number): void {
    this.#msPerTask = mean(this.#msPerTask, tookMs)
    this.#msPerCell = mean(this.#msPerCell, tookMs / Math.max(1, cells))
  }
}

function mean(before: number | null, now: number): number {
  return before === null ? now : before + 0.1 * (now - before)
}
