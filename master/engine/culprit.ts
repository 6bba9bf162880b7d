import type { Crumb } from '../../contract/crumb.ts'
import type { RecordPlace } from '../../contract/outcome.ts'
import type { InFlight } from './slots.ts'

/** Which of a lost worker's tasks it was at, and where in it. `known` is false where that is only the likeliest. */
export interface Culprit {
  entry: InFlight
  at: RecordPlace | null
  known: boolean
}

/**
 * Of the tasks that a lost worker had not answered for, in the order in which it works, the one that it was at: what it noted last says
 * so. Those before it were finished, but the word of it was lost with the worker; those behind it had not begun. Where nothing was
 * noted, or something about a task that has been answered for, it is the first.
 */
export function culpritOf(had: readonly InFlight[], crumbOf: (job: number) => Crumb | null): Culprit | null {
  const crumbs = new Map([...new Set(had.map((entry) => entry.job))].map((job) => [job, crumbOf(job)]))
  for (const entry of had.toReversed()) {
    const crumb = crumbs.get(entry.job)
    if (crumb?.seq === entry.task.seq && crumb.attempt === entry.attempt) return { entry, at: crumb.at, known: true }
  }
  const [first] = had
  return first === undefined ? null : { entry: first, at: null, known: false }
}
