import type { Database } from 'better-sqlite3'
import { crashPoint } from '../../contract/crashPoint.ts'
import type { Accepted, Transition } from '../../contract/ledger.ts'
import { finalJobStates } from '../../contract/transitions.ts'
import { applyTransitions } from './apply/applyTransitions.ts'
import { describeFailure, type Failure, failureOf } from './failures.ts'
import { StoreError } from './store.ts'

export type CommitReply = { ok: true; accepted: Accepted[] } | { ok: false; failure: Failure }

/**
 * Writes several commits in one transaction. Each stands for itself: one that could never be is left out and answered with its Bug.
 * What breaks the transaction (a full disk, or `requireOwn`, which is asked in it) is thrown as a StoreError, and none of the group is
 * written.
 *
 * A group that ends a job is on disk when this returns (`synchronous=FULL`); any other survives the death of the process, not of the machine.
 */
export function commitGroup(
  db: Database,
  commits: readonly (readonly Transition[])[],
  requireOwn: () => void = () => undefined,
): CommitReply[] {
  const final = commits.some((transitions) => transitions.some(endsJob))
  if (final) db.pragma('synchronous = FULL')
  try {
    return db
      .transaction(() => {
        requireOwn()
        const replies = commits.map((transitions) => commitOne(db, transitions))
        crashPoint('group-written')
        return replies
      })
      .immediate()
  } catch (error) {
    throw failureOf(error, 'writing')
  } finally {
    if (final) db.pragma('synchronous = NORMAL')
  }
}

function commitOne(db: Database, transitions: readonly Transition[]): CommitReply {
  try {
    return { ok: true, accepted: applyTransitions(db, transitions) }
  } catch (error) {
    const failure = describeFailure(error, `writing ${transitions.map(({ type }) => type).join(', ')}`)
    if (failure.family === 'store') throw new StoreError(failure.code, failure.message, { cause: error })
    return { ok: false, failure }
  }
}

function endsJob(transition: Transition): boolean {
  return transition.type === 'jobMoved' && finalJobStates.has(transition.to)
}
