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
import { readArtifacts, readEnded, readPartial } from './records.ts'

/**
 * A job as the engine goes on with it. There may be a million tasks: they cross from the reading thread as rows, and become objects,
 * whose names would otherwise travel with each of them, only where they are wanted.
 */
export interface LedgerRows extends Omit<LedgerJob, 'tasks'> {
  tasks: TaskRow[]
}

export function readLedger(db: Database, job: number): LedgerRows {
  const row = readJobRow(db, job)
  return {
    job: newJobOf(row),
    state: jobStateOf(row.state),
    startedAt: row.started_at,
    operations: readOperations(db, job),
    tasks: statement(db, selectTasks).raw().all(taskIds(job)) as TaskRow[],
    ended: readEnded(db, job),
    artifacts: readArtifacts(db, job),
    rejects: row.rejects,
    attempts: row.attempts,
    partial: readPartial(db, job),
    planMs: row.plan_ms ?? 0,
  }
}

export function ledgerOf({ tasks, ...ledger }: LedgerRows): LedgerJob {
  const operations = new Map(ledger.operations.map(({ ordinal, id }) => [ordinal, id]))
  return { ...ledger, tasks: tasks.map((row) => taskOf(row, operations)) }
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

const selectTasks = `SELECT id, operation, cell_from, cell_to, args, state, attempt, fence, answer, bytes, rows, tail_rows,
  started_at, finished_at, cpu_ms FROM tasks WHERE id BETWEEN @first AND @last ORDER BY id`

type TaskRow = [
  id: number,
  operation: number,
  from: number,
  to: number,
  args: string | null,
  state: number,
  attempt: number,
  fence: number,
  answer: string | null,
  bytes: number,
  rows: number,
  tailRows: number,
  startedAt: number | null,
  finishedAt: number | null,
  cpuMs: number,
]

function taskOf(row: TaskRow, operations: ReadonlyMap<number, string>): LedgerTask {
  const [id, ordinal, from, to, args, state, attempt, fence, answer, bytes, rows, tailRows, ...times] = row
  const [startedAt, finishedAt, cpuMs] = times
  const operation = operations.get(ordinal)
  invariant(operation !== undefined, `task ${id} belongs to no operation`)
  return {
    seq: seqOf(id),
    operation,
    from,
    to,
    args: args === null ? undefined : (JSON.parse(args) as Json),
    state: taskStateOf(state),
    attempt,
    fence,
    answer: answer === null ? null : (JSON.parse(answer) as Answer),
    bytes,
    rows,
    tailRows,
    startedAt,
    finishedAt,
    cpuMs,
  }
}
