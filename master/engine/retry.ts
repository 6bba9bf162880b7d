import type { FailureCode, Loss } from '../../contract/outcome.ts'
import { assertNever } from '../../contract/invariant.ts'

/** Why an attempt did not succeed: told by its worker, or seen from outside. */
export type Failure =
  | { type: 'failed'; code: FailureCode; message: string; stack?: string | undefined; lost?: string | undefined }
  | Exclude<Loss, { type: 'interrupted' }>

export type Verdict = { action: 'retry'; afterMs: number } | { action: 'fail'; code: string; message: string }

/** Attempts that ended badly, of one task, before it is given up. */
const mostCrashes = 3
const mostTransients = 5
const backoffMs = 200
const backoffCapMs = 10_000

/**
 * What becomes of a task whose attempt failed, by what failed it and how often the task has failed before. Work with effects outside is
 * never run again unasked. `jitter` is a number in [0, 1).
 */
export function judgeFailure(
  failure: Failure,
  task: { failures: number; effects: 'none' | 'outside' },
  jitter: number,
): Verdict {
  const message = failureMessage(failure)
  const code = failure.type === 'failed' ? failure.code : failure.type
  if (task.effects === 'outside' && failure.type !== 'failed')
    return { action: 'fail', code: 'outcome-unknown', message }
  const most = mostAttempts(failure)
  if (task.failures + 1 >= most)
    return { action: 'fail', code, message: most > 1 ? `${message} (${most} attempts)` : message }
  return { action: 'retry', afterMs: Math.min(backoffCapMs, backoffMs * 2 ** task.failures) * (0.5 + jitter / 2) }
}

function mostAttempts(failure: Failure): number {
  if (failure.type !== 'failed') return mostCrashes
  switch (failure.code) {
    case 'transient':
    case 'disk-full':
      return mostTransients
    case 'out-of-memory':
      return mostCrashes
    case 'refused-input':
    case 'input-changed':
    case 'output-exists':
    case 'bug':
    case 'part-lost':
      return 1
    default:
      return assertNever(failure.code, 'attempts of')
  }
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
