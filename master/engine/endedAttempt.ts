import type { EndedAttempt } from '../../contract/ledger.ts'
import type { LastProgress, Outcome } from '../../contract/outcome.ts'
import type { Ended } from './outcomes.ts'
import { failureMessage, outcomeOf } from './retry.ts'
import type { EngineTask } from './taskBook.ts'

/** Accounts of attempts for the record. */

const nothingKnown = {
  startedAt: null,
  message: null,
  stack: null,
  exitCode: null,
  signal: null,
  peakMemoryBytes: null,
  logTail: null,
  bytes: null,
  rows: null,
  place: null,
}

export function endedAttempt(task: EngineTask, { failure, slot, startedAt, at }: Ended, endedAt: number): EndedAttempt {
  const known = failure.type === 'failed' ? toldOf(failure) : seenOf(failure, task)
  const { seq, attempt } = task
  const message = failureMessage(failure)
  const outcome = outcomeOf(failure)
  return { ...nothingKnown, seq, attempt, worker: slot, startedAt, endedAt, outcome, message, ...known, place: at }
}

/** Held against nobody, but on record. */
export function interruptedAttempt({ seq, attempt }: EngineTask, worker: number, endedAt: number): EndedAttempt {
  const message = 'the worker was ended for other reasons'
  return { ...nothingKnown, seq, attempt, worker, endedAt, outcome: 'interrupted', message }
}

/** A success is worth a line where it was not the first attempt. */
export function succeededAttempt(
  { seq }: EngineTask,
  worker: number,
  told: Pick<Outcome, 'startedAt' | 'finishedAt' | 'bytes' | 'rows'> & { attempt: number },
): EndedAttempt {
  const { attempt, startedAt, finishedAt, bytes, rows } = told
  const outcome = 'succeeded'
  return { ...nothingKnown, seq, attempt, worker, startedAt, endedAt: finishedAt, outcome, bytes, rows }
}

function toldOf(failure: Extract<Ended['failure'], { type: 'failed' }>): Partial<EndedAttempt> {
  const { stack = null, bytes = null, rows = null } = failure
  return { stack, bytes, rows }
}

function seenOf(
  failure: Exclude<Ended['failure'], { type: 'failed' }>,
  { seq, attempt }: EngineTask,
): Partial<EndedAttempt> {
  const { logTail, peakMemoryBytes, progress } = failure
  const isOfIt = (last: LastProgress) => last.seq === seq && last.attempt === attempt
  const come = progress != null && isOfIt(progress) ? { bytes: progress.bytes, rows: progress.rows } : {}
  const end = 'exitCode' in failure ? { exitCode: failure.exitCode, signal: failure.signal } : {}
  // A worker that died before its first heartbeat was never weighed.
  return { logTail, peakMemoryBytes: peakMemoryBytes === 0 ? null : peakMemoryBytes, ...end, ...come }
}
