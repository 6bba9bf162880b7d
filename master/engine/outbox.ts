import type { JobEvent } from '../../contract/job.ts'
import type { Transition } from '../../contract/ledger.ts'
import type { Effect } from './effects.ts'
import type { Figures } from './figures.ts'
import type { JobRun } from './jobRun.ts'

/** What one step decided: the transitions are to be committed first, then the effects carried out. */
export interface Step extends Decided {
  /** How each unfinished job of the transitions stands once they are committed. */
  figures: ReadonlyMap<JobRun, Figures>
}

export interface Decided {
  transitions: Transition[]
  effects: Effect[]
}

/** Where the parts of the engine put what they decide, in order. `now` is the instant of what they have been told last. */
export class Outbox {
  now = 0
  #transitions: Transition[] = []
  #effects: Effect[] = []

  record(transition: Transition): void {
    this.#transitions.push(transition)
  }

  effect(effect: Effect): void {
    this.#effects.push(effect)
  }

  /** A line of a job's story. */
  tell(job: number, type: JobEvent['type'], text: string): void {
    this.record({ type: 'told', job, event: { at: this.now, type, text } })
  }

  take(): Decided | null {
    if (this.#transitions.length === 0 && this.#effects.length === 0) return null
    const step = { transitions: this.#transitions, effects: this.#effects }
    this.#transitions = []
    this.#effects = []
    return step
  }
}
