import type { Progress } from '../../contract/job.ts'

/** What is known of a running job when somebody asks how far it is. */
export interface Standing {
  stage: string
  /** Of the cells of all maps begun so far, 0 to 1, tasks under way included; null when nothing is known of the whole. */
  fraction: number | null
  bytesDone: number
  bytesTotal: number | null
  waitingFor: string | null
}

/** Below this share of the work a remaining time would be a guess about a guess. */
const tooEarly = 0.02

/**
 * Follows one job's progress. Fractions never run backwards; the rate is taken over the time in which the job ran, so that a pause
 * does not slow it; the range of remaining time narrows as the job goes on.
 */
export class ProgressMeter {
  #fraction = 0
  #ranMs = 0
  #rate = 0
  #last: { at: number; bytes: number } | null = null

  /** Takes one reading; `running` is whether the job has run since the last one. */
  read(now: number, running: boolean, standing: Standing): Progress {
    if (this.#last !== null && running) this.#advance(now - this.#last.at, standing.bytesDone - this.#last.bytes)
    if (this.#last === null || now > this.#last.at) this.#last = { at: now, bytes: standing.bytesDone }
    this.#fraction = Math.max(this.#fraction, standing.fraction ?? 0)
    return {
      stage: standing.stage,
      fraction: standing.fraction === null ? null : this.#fraction,
      bytesDone: standing.bytesDone,
      bytesTotal: standing.bytesTotal,
      bytesPerSecond: Math.max(0, Math.round(this.#rate)),
      remainingMs: standing.fraction === null ? null : this.#remaining(),
      waitingFor: standing.waitingFor,
    }
  }

  #advance(passedMs: number, bytes: number): void {
    if (passedMs <= 0) return
    this.#ranMs += passedMs
    const weight = 1 - Math.exp(-passedMs / 2000)
    this.#rate += weight * ((bytes / passedMs) * 1000 - this.#rate)
  }

  #remaining(): { low: number; high: number } | null {
    if (this.#fraction < tooEarly || this.#ranMs < 500) return null
    const left = (this.#ranMs * (1 - this.#fraction)) / this.#fraction
    const doubt = 0.5 * (1 - this.#fraction)
    return { low: Math.round(left * (1 - doubt)), high: Math.round(left * (1 + 2 * doubt)) + 500 }
  }
}
