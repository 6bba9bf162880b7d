import type { Outcome } from '../contract/outcome.ts'
import { failureOf } from './failure.ts'

/** What an attempt took: the part that all outcomes have in common. */
interface Clock {
  startedAt: number
  cpu: NodeJS.CpuUsage
}

/** What a task's context counted. */
interface Counted {
  bytes: number
  rows: number
  tailRows: number
}

/** To be started in the thread that computes: processor time is the thread's own. */
export function startClock(): Clock {
  return { startedAt: Date.now(), cpu: process.threadCpuUsage() }
}

export function spentBy({ bytes, rows, tailRows }: Counted, clock: Clock) {
  const { user, system } = process.threadCpuUsage(clock.cpu)
  return { bytes, rows, tailRows, cpuMs: (user + system) / 1000, startedAt: clock.startedAt, finishedAt: Date.now() }
}

/** The outcome of a task that never began: withdrawn, or, with an error, of a job that could not be opened. */
export function unbegunOutcome(error?: unknown): Outcome {
  const spent = spentBy({ bytes: 0, rows: 0, tailRows: 0 }, startClock())
  return error === undefined ? { type: 'cancelled', ...spent } : { type: 'failed', ...failureOf(error), ...spent }
}
