import type { Database } from 'better-sqlite3'
import type { Attempt, PartialAnswer } from '../../../contract/job.ts'
import type { Artifact } from '../../../contract/outcome.ts'
import { seqOf, taskId, taskIds } from '../keys.ts'
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

const selectAttempts = `SELECT task, attempt, worker, started_at AS startedAt, ended_at AS endedAt, outcome, message, stack,
  exit_code AS exitCode, signal, peak_memory_bytes AS peakMemoryBytes, log_tail AS logTail FROM attempts`

export function readAttempts(db: Database, job: number, seq: number): Attempt[] {
  const rows = statement(db, `${selectAttempts} WHERE task = ? ORDER BY attempt`).all(taskId(job, seq)) as Attempt[]
  return rows.map(asAttempt)
}

const mostFailures = 200

/** The newest attempts that did not succeed, newest first. */
export function readFailures(db: Database, job: number): Attempt[] {
  const rows = statement(
    db,
    `${selectAttempts} WHERE task BETWEEN @first AND @last AND outcome <> 'succeeded'
     ORDER BY ended_at DESC, rowid DESC LIMIT ${mostFailures}`,
  ).all(taskIds(job)) as Attempt[]
  return rows.map(asAttempt)
}

/** The row's `task` is the key over all jobs; people know a task by its number in its job. */
function asAttempt(row: Attempt): Attempt {
  return { ...row, task: seqOf(row.task) }
}
