import type { Database } from 'better-sqlite3'
import type { Attempt, PartialAnswer } from '../../../contract/job.ts'
import type { LedgerJob } from '../../../contract/ledger.ts'
import type { Artifact, RecordPlace } from '../../../contract/outcome.ts'
import { seqOf, taskId, taskIds } from '../keys.ts'
import { taskStateCodes } from '../states.ts'
import { statement } from '../statements.ts'

/** What is kept beside a job's tasks. */

export function readArtifacts(db: Database, job: number): Artifact[] {
  return statement(
    db,
    `SELECT name, path, bytes, media_type AS mediaType, sha256, rows FROM artifacts WHERE job = ? ORDER BY rowid`,
  ).all(job) as Artifact[]
}

export function readPartial(db: Database, job: number): PartialAnswer | null {
  const text = statement(db, 'SELECT partial FROM results WHERE job = ?').pluck().get(job) as string | null | undefined
  return text == null ? null : (JSON.parse(text) as PartialAnswer)
}

type AttemptRow = Omit<Attempt, 'place'> & { place: string | null }

const selectAttempts = `SELECT task, attempt, worker, started_at AS startedAt, ended_at AS endedAt, outcome, message, stack,
  exit_code AS exitCode, signal, peak_memory_bytes AS peakMemoryBytes, log_tail AS logTail, bytes, rows, place FROM attempts`

export function readAttempts(db: Database, job: number, seq: number): Attempt[] {
  const rows = statement(db, `${selectAttempts} WHERE task = ? ORDER BY attempt`).all(taskId(job, seq)) as AttemptRow[]
  return rows.map(asAttempt)
}

const mostFailures = 200

/** The newest attempts that failed, newest first. Those that were cut off or outrun are held against nobody. */
export function readFailures(db: Database, job: number): Attempt[] {
  const rows = statement(
    db,
    `${selectAttempts} WHERE task BETWEEN @first AND @last AND outcome NOT IN ('succeeded', 'interrupted', 'outrun')
     ORDER BY ended_at DESC, rowid DESC LIMIT ${mostFailures}`,
  ).all(taskIds(job)) as AttemptRow[]
  return rows.map(asAttempt)
}

/** The row's `task` is the key over all jobs; people know a task by its number in its job. */
function asAttempt(row: AttemptRow): Attempt {
  return { ...row, task: seqOf(row.task), place: placeOf(row.place) }
}

function placeOf(text: string | null): RecordPlace | null {
  return text === null ? null : (JSON.parse(text) as RecordPlace)
}

/** How attempts of a job's unfinished tasks have ended, oldest first. */
export function readEnded(db: Database, job: number): LedgerJob['ended'] {
  const rows = statement(
    db,
    `SELECT task, outcome, message, place FROM attempts JOIN tasks ON tasks.id = task
     WHERE task BETWEEN @first AND @last AND state IN (${taskStateCodes.pending}, ${taskStateCodes.running})
     ORDER BY task, attempts.attempt`,
  ).all(taskIds(job)) as (Omit<LedgerJob['ended'][number], 'seq' | 'place'> & { task: number; place: string | null })[]
  return rows.map(({ task, place, ...row }) => ({ ...row, seq: seqOf(task), place: placeOf(place) }))
}
