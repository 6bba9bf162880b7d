import { assertNever } from '../../contract/invariant.ts'
import type { AttemptOutcome, FailureCode, Loss, RecordPlace } from '../../contract/outcome.ts'

/** Why an attempt did not succeed: told by its worker, or seen from outside. */
export type Failure =
  | {
      type: 'failed'
      code: FailureCode
      message: string
      stack?: string | undefined
      lost?: string | undefined
      at?: RecordPlace | undefined
      bytes?: number
      rows?: number
    }
  | Exclude<Loss, { type: 'interrupted' }>

/** What is known of the task whose attempt failed. */
export interface JudgedTask {
  /** Attempts before this one that failed for reasons that may pass. */
  failures: number
  /** Attempts before this one that died or took their worker with them. */
  deaths: number
  /** Whether it may be run again when nobody knows how far this attempt came. */
  mayRerun: boolean
  /** Whether the attempt was a careful one, or of a task that is half of a failing one. */
  careful: boolean
  half: boolean
  /** The record that it was at; null when it told of none. */
  at: RecordPlace | null
  /** Records that it left out already. */
  leftOut: number
  /** Of a map. Tasks of other operations cannot be cut and have 0. */
  cells: number
  /** Its cells are one listed item. */
  isOneItem: boolean
}

export type Verdict =
  | { action: 'retry'; afterMs: number; careful: boolean }
  /** Once more without the record; without a place, without its one item. */
  | { action: 'leaveOut'; at: RecordPlace | null }
  | { action: 'halve' }
  | { action: 'fail'; code: string; message: string }

/** Deaths of a task that can neither be cut nor spared a record, before it is given up. */
const mostDeaths = 3
/** One item is blamed for its task's deaths from so many on: the first may have been an accident. */
const deathsOfAnItem = 2
/** When so many records of one task are blamed, it is rather the task: a smaller one may get through. */
const mostBlamedBeforeHalving = 3
const mostTransients = 5
const backoffMs = 200
/** What the machine is short of is waited for longer, while fewer workers get work; room on a disk for as long as it takes. */
const shortagePauseMs = 1000
const backoffCapMs = 10_000

/** What becomes of a task whose attempt failed. `jitter` is a number in [0, 1). */
export function judgeFailure(failure: Failure, task: JudgedTask, jitter: number): Verdict {
  if (isDeath(failure)) return judgeDeath(failure, task, jitter)
  return isBug(failure) ? judgeBug(failure, task) : judgeWord(failure, task, jitter)
}

/** The attempt ended without being able to say how far it had come, and may do so again at the same record. */
export function isDeath(failure: Failure): boolean {
  return failure.type !== 'failed' || failure.code === 'out-of-memory' || failure.code === 'no-progress'
}

function judgeDeath(failure: Failure, task: JudgedTask, jitter: number): Verdict {
  const deaths = task.deaths + 1
  if (!task.mayRerun) return { action: 'fail', code: 'outcome-unknown', message: failureMessage(failure) }
  const canHalve = task.cells > 1
  if (task.at !== null && !(canHalve && task.leftOut >= mostBlamedBeforeHalving))
    return { action: 'leaveOut', at: task.at }
  if (canHalve && (task.careful || task.half)) return { action: 'halve' }
  if (task.isOneItem && deaths >= deathsOfAnItem) return { action: 'leaveOut', at: null }
  if (deaths < mostDeaths || canHalve) return { action: 'retry', afterMs: backoff(task.deaths, jitter), careful: true }
  return { action: 'fail', code: outcomeOf(failure), message: `${failureMessage(failure)} (${deaths} attempts)` }
}

/** A stage threw what it did not mean to throw: it will do so again, and may do so at one record only. */
function isBug(failure: Failure): boolean {
  return failure.type === 'failed' && failure.code === 'bug'
}

/** The record that a careful attempt was at is left out, as one that costs workers their lives is; without one the task fails by name. */
function judgeBug(failure: Failure, task: JudgedTask): Verdict {
  const mayGoOn = task.mayRerun && task.cells > 0
  if (mayGoOn && task.at !== null && task.cells > 1 && task.leftOut >= mostBlamedBeforeHalving)
    return { action: 'halve' }
  if (mayGoOn && task.at !== null) return { action: 'leaveOut', at: task.at }
  if (mayGoOn && !task.careful) return { action: 'retry', afterMs: 0, careful: true }
  if (mayGoOn && task.isOneItem) return { action: 'leaveOut', at: null }
  return { action: 'fail', code: outcomeOf(failure), message: failureMessage(failure) }
}

/** The attempt itself said what was wrong. */
function judgeWord(failure: Failure, task: JudgedTask, jitter: number): Verdict {
  const message = failureMessage(failure)
  const code = outcomeOf(failure)
  if (code === 'disk-full')
    return { action: 'retry', afterMs: shortagePauseMs * (0.5 + jitter / 2), careful: task.careful }
  if (!mayPass(code)) return { action: 'fail', code, message }
  if (task.failures + 1 >= mostTransients)
    return { action: 'fail', code, message: `${message} (${mostTransients} attempts)` }
  const firstMs = code === 'descriptors-short' ? shortagePauseMs : backoffMs
  return { action: 'retry', afterMs: backoff(task.failures, jitter, firstMs), careful: task.careful }
}

function backoff(before: number, jitter: number, firstMs = backoffMs): number {
  return Math.min(backoffCapMs, firstMs * 2 ** before) * (0.5 + jitter / 2)
}

/** The code by which the record keeps it. */
export function outcomeOf(failure: Failure): Exclude<AttemptOutcome, 'succeeded' | 'interrupted' | 'outrun'> {
  switch (failure.type) {
    case 'failed':
      return failure.code
    case 'crashed':
    case 'silent':
      return failure.type
    case 'outOfMemory':
      return 'out-of-memory'
    case 'noProgress':
      return 'no-progress'
    case 'overMemory':
      return 'over-memory'
    default:
      return assertNever(failure, 'outcome of')
  }
}

const deadly: ReadonlySet<AttemptOutcome> = new Set([
  'crashed',
  'out-of-memory',
  'silent',
  'no-progress',
  'over-memory',
])

/** Of an attempt: whether what it failed for may be over by the next one. */
export function mayPass(outcome: AttemptOutcome): boolean {
  return outcome === 'transient' || outcome === 'descriptors-short'
}

/** Of an attempt on record: whether the record that it was at is to blame. */
export function blamesItsRecord(outcome: AttemptOutcome): boolean {
  return deadly.has(outcome) || outcome === 'bug'
}

/** Of an attempt on record: whether it counts as a death of its task. */
export function wasDeath(outcome: AttemptOutcome): boolean {
  return deadly.has(outcome)
}

export function failureMessage(failure: Failure): string {
  switch (failure.type) {
    case 'failed':
      return failure.message
    case 'crashed':
      return `the worker died (${failure.signal ?? `exit code ${failure.exitCode ?? 'unknown'}`})`
    case 'outOfMemory':
      return 'the worker ran out of memory'
    case 'silent':
      return `the worker said nothing for ${Math.round(failure.afterMs / 1000)} s and was ended`
    case 'noProgress':
      return `the task made no progress for ${Math.round(failure.afterMs / 1000)} s and was ended`
    case 'overMemory':
      return 'the worker used more memory than it may and was ended'
    default:
      return assertNever(failure, 'message of')
  }
}
