import { finalJobStates, type JobState } from '../../contract/transitions.ts'
import type { SeenJob } from './look.ts'

/**
 * The model: what a person may rely on who has only asked and listened. It knows nothing of tasks, workers or plans: how many jobs there
 * must be, which of them have ended, and where each verb may take a job.
 */
export type Verb = 'cancel' | 'undoCancel' | 'pause' | 'resume'

/** Where a verb takes a job that is in this state, and how far it may have gone on from there by the time of the answer. */
const answers: Record<Verb, Partial<Record<JobState, readonly JobState[]>>> = {
  cancel: { queued: ['cancelled'], paused: ['cancelled'], running: ['cancelling', 'cancelled'] },
  undoCancel: { cancelling: ['running'] },
  pause: { queued: ['paused'], running: ['paused'] },
  resume: { paused: ['queued', 'running'] },
}

export const verbs = Object.keys(answers) as Verb[]

/** Undefined when the verb is to be refused. */
export function answersTo(verb: Verb, state: JobState): readonly JobState[] | undefined {
  return answers[verb][state]
}

export class Person {
  /** Jobs that there are at least and at most: apart while the disk keeps answers back. */
  least = 0
  most = 0
  /** Jobs that were seen to have ended, and how. */
  readonly #ended = new Map<string, JobState>()
  /** Jobs that were asked to go on, and the answer has not come. */
  readonly #reopening = new Set<string>()

  /** Complaints about what is on record, given all that was answered. */
  complaints(jobs: readonly SeenJob[]): string[] {
    const there = new Map(jobs.map((job) => [job.id, job.state]))
    const changed = [...this.#ended].filter(([id, state]) => there.has(id) && there.get(id) !== state)
    const problems = changed.map(([id, state]) => `job ${id} had ended as ${state} and is ${there.get(id)}`)
    if (jobs.length < this.least || jobs.length > this.most)
      problems.push(`${jobs.length} jobs are on record, and there must be ${this.least} to ${this.most}`)
    for (const { id, state } of jobs)
      if (finalJobStates.has(state) && !this.#reopening.has(id)) this.#ended.set(id, state)
    return problems
  }

  /** It is asked to go on. */
  reopens(id: string): void {
    this.#ended.delete(id)
    this.#reopening.add(id)
  }

  /** That was answered. */
  reopened(id: string): void {
    this.#reopening.delete(id)
  }

  /** Who had not been answered is left with what there is. */
  settleFor(jobs: readonly SeenJob[]): void {
    this.least = jobs.length
    this.most = jobs.length
    this.#reopening.clear()
  }
}
