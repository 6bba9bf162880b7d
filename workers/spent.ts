import type { Outcome } from '../contract/outcome.ts'
import { failureOf } from './failure.ts'

/**
 * What an attempt took: the part that all outcomes have in common. Processor time is the thread's own; where several attempts are under
 * way in it, each stretch of it is divided among them.
 */
interface Clock {
  startedAt: number
  /** `shareMs` of the thread when it was started. */
  shareMs: number
}

const thread = {
  underWay: 0,
  /** Processor time of the thread when it was last looked at. */
  seenMs: 0,
  /** What an attempt that had been under way from the beginning would have had of it. */
  shareMs: 0,
}

function lookAtThread(): number {
  const { user, system } = process.threadCpuUsage()
  const nowMs = (user + system) / 1000
  if (thread.underWay > 0) thread.shareMs += (nowMs - thread.seenMs) / thread.underWay
  thread.seenMs = nowMs
  return thread.shareMs
}

/** What a task's context counted. */
interface Counted {
  bytes: number
  rows: number
  tailRows: number
}

/** To be started in the thread that computes. */
export function startClock(): Clock {
  const shareMs = lookAtThread()
  thread.underWay += 1
  return { startedAt: Date.now(), shareMs }
}

/** Stops the clock: to be called once. */
export function spentBy({ bytes, rows, tailRows }: Counted, clock: Clock) {
  const cpuMs = lookAtThread() - clock.shareMs
  thread.underWay -= 1
  return { bytes, rows, tailRows, cpuMs, startedAt: clock.startedAt, finishedAt: Date.now() }
}

/** The outcome of a task that never began: withdrawn, or, with an error, of a job that could not be opened. */
export function unbegunOutcome(error?: unknown): Outcome {
  const spent = spentBy({ bytes: 0, rows: 0, tailRows: 0 }, startClock())
  return error === undefined ? { type: 'cancelled', ...spent } : { type: 'failed', ...failureOf(error), ...spent }
}
