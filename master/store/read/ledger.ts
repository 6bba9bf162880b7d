import type { Database } from 'better-sqlite3'
import type { Json } from '../../../contract/json.ts'
import type { LedgerJob, LedgerTask, OperationRow } from '../../../contract/ledger.ts'
import type { Answer } from '../../../contract/outcome.ts'
import { invariant } from '../../../contract/invariant.ts'
import { seqOf, taskIds } from '../keys.ts'
import { jobStateOf, taskStateOf } from '../states.ts'
import { statement } from '../statements.ts'
import { newJobOf } from './jobRows.ts'
import { readJobRow } from './jobs.ts'
import { readArtifacts, readPartial } from './records.ts'

/** A job as the engine goes on with it. */
export function readLedger(db: Database, job: number): LedgerJob {
  const row = readJobRow(db, job)
  const operations = readOperations(db, job)
  return {
    job: newJobOf(row),
    state: jobStateOf(row.state),
    startedAt: row.started_at,
    operations,
    tasks: readLedgerTasks(db, job, new Map(operations.map(({ ordinal, id }) => [ordinal, id]))),
    artifacts: readArtifacts(db, job),
    rejects: row.rejects,
    attempts: row.attempts,
    partial: readPartial(db, job),
    planMs: row.plan_ms ?? 0,
  }
}

function readOperations(db: Database, job: number): LedgerJob['operations'] {
  const rows = statement(
    db,
    'SELECT id, ordinal, type, stage, hash, answer FROM operations WHERE job = ? ORDER BY ordinal',
  ).all(job) as (OperationRow & { answer: string | null })[]
  return rows.map(({ answer, ...row }) => ({
    ...row,
    answer: answer === null ? undefined : (JSON.parse(answer) as Json),
  }))
}

interface TaskRow {
  id: number
  state: number
  attempt: number
  fence: number
  operation: number
  cell_from: number
  cell_to: number
  started_at: number | null
  finished_at: number | null
  cpu_ms: number
  bytes: number
  rows: number
  tail_rows: number
  args: string | null
  answer: string | null
}

function readLedgerTasks(db: Database, job: number, operations: ReadonlyMap<number, string>): LedgerTask[] {
  const { first, last } = taskIds(job)
  const rows = statement(db, 'SELECT * FROM tasks WHERE id BETWEEN ? AND ? ORDER BY id').all(first, last) as TaskRow[]
  return rows.map((row) => {
    const operation = operations.get(row.operation)
    invariant(operation !== undefined, `task ${seqOf(row.id)} of job ${job} belongs to no operation`)
    return {
      seq: seqOf(row.id),
      operation,
      from: row.cell_from,
      to: row.cell_to,
      args: row.args === null ? undefined : (JSON.parse(row.args) as Json),
      state: taskStateOf(row.state),
      attempt: row.attempt,
      fence: row.fence,
      answer: row.answer === null ? null : (JSON.parse(row.answer) as Answer),
      bytes: row.bytes,
      rows: row.rows,
      tailRows: row.tail_rows,
      startedAt: row.started_at,
      finishedAt: row.finished_at,
      cpuMs: row.cpu_ms,
    }
  })
}
