import type { RejectedRecord } from '../../contract/outcome.ts'

/** A job of a million wrong records has a reason for each: so many are told apart. */
const mostReasons = 1000
const shownReasons = 3
const fewestAllowed = 1000
const allowedShare = 0.01

/** A job's records set aside: how many, and why. The reasons are those that this master has heard. */
export class RejectTally {
  count = 0
  readonly #reasons = new Map<string, number>()

  /** `count` may be more than the records that were kept. */
  add(records: readonly RejectedRecord[], count: number): void {
    this.count += count
    for (const { reason } of records)
      if (this.#reasons.has(reason) || this.#reasons.size < mostReasons)
        this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1)
  }

  /** Why the job cannot go on, when more are set aside than it may; null while they are not. `more` are sure to come. */
  complaint(job: { most: number | null; rows: number }, more = 0): string | null {
    const allowed = job.most ?? Math.max(fewestAllowed, Math.floor(job.rows * allowedShare))
    const count = this.count + more
    if (count <= allowed) return null
    const were = count === 1 ? '1 record was' : `${count} records were`
    return `${were} set aside, more than the ${allowed} allowed${this.#causes()}`
  }

  #causes(): string {
    const causes = [...this.#reasons].toSorted((one, other) => other[1] - one[1])
    if (causes.length === 0) return ''
    return `: ${causes
      .slice(0, shownReasons)
      .map(([reason, times]) => `${reason} (${times} times)`)
      .join('; ')}`
  }
}
