import type { Database } from 'better-sqlite3'
import type { JobDocument, JobError, JobEvent, PartialAnswer, Sample, WorkerShare } from '../../../contract/job.ts'
import type { Json } from '../../../contract/json.ts'
import { statement } from '../statements.ts'
import type { StoredDetail } from '../store.ts'
import { storedJobOf } from './jobRows.ts'
import { readJobRow } from './jobs.ts'
import { readArtifacts, readFailures } from './records.ts'

interface ResultRow {
  result: string | null
  error: string | null
  partial: string | null
}

/** Everything that a job's page shows, but its tasks. */
export function readDetail(db: Database, job: number): StoredDetail {
  const { job: told } = storedJobOf(readJobRow(db, job))
  const ends = statement(db, 'SELECT result, error, partial FROM results WHERE job = ?').get(job) as ResultRow
  const document: JobDocument = {
    job: told,
    result: ends.result === null ? null : (JSON.parse(ends.result) as Json),
    artifacts: readArtifacts(db, job),
    ...(ends.error === null ? {} : { error: JSON.parse(ends.error) as JobError }),
  }
  return {
    document,
    partial: ends.partial === null ? null : (JSON.parse(ends.partial) as PartialAnswer),
    events: statement(db, 'SELECT at, type, text FROM events WHERE job = ? ORDER BY rowid').all(job) as JobEvent[],
    shares: statement(
      db,
      'SELECT worker, tasks, bytes, rows, busy_ms AS busyMs FROM shares WHERE job = ? ORDER BY worker',
    ).all(job) as WorkerShare[],
    samples: statement(
      db,
      `SELECT at, worker, memory_bytes AS memoryBytes, cpu_fraction AS cpuFraction, bytes_per_second AS bytesPerSecond
       FROM samples WHERE job = ? ORDER BY at, worker`,
    ).all(job) as Sample[],
    failures: readFailures(db, job),
    stages: statement(
      db,
      'SELECT stage, total, succeeded, busy_ms AS busyMs FROM stages WHERE job = ? ORDER BY rowid',
    ).all(job) as StoredDetail['stages'],
  }
}
