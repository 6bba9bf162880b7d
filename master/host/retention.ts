import type { Keeping } from '../../contract/storage.ts'
import { finalJobStates } from '../../contract/transitions.ts'
import type { MeasuredJob } from './storage.ts'

/** Which jobs a policy lets go. Pure: what is there comes in, what is to go comes out. */

const dayMs = 24 * 60 * 60 * 1000

export interface Kept {
  /** Those that ended longest ago first. */
  jobs: readonly MeasuredJob[]
  /** What the home takes that belongs to jobs: database, scratch, spool, out. */
  totalBytes: number
}

/** Only jobs that have ended, first those that are too old, then, oldest first, as many as it takes to fit. */
export function jobsToRetire({ jobs, totalBytes }: Kept, { keepDays, keepBytes }: Keeping, now: number): MeasuredJob[] {
  const ended = jobs.filter(({ state }) => finalJobStates.has(state))
  const retired = keepDays === null ? [] : endedBefore(ended, now - keepDays * dayMs)
  if (keepBytes === null) return retired
  let left = totalBytes - retired.reduce((bytes, { total }) => bytes + total, 0)
  for (const job of ended.slice(retired.length)) {
    if (left <= keepBytes) break
    retired.push(job)
    left -= job.total
  }
  return retired
}

export function endedBefore<Job extends { finishedAt: number | null }>(jobs: readonly Job[], instant: number): Job[] {
  return jobs.filter(({ finishedAt }) => finishedAt !== null && finishedAt < instant)
}
