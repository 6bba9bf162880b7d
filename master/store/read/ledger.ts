import type { Database } from 'better-sqlite3'
import type { Json } from '../../../contract/json.ts'
import type { LedgerJob, LedgerTask, OperationRow } from '../../../contract/ledger.ts'
import type { Answer } from '../../../contract/outcome.ts'
import { invariant } from '../../../contract/invariant.ts'
import { seqOf, taskIds } from '../keys.ts'
import { jobStateOf, taskStateCodes, taskStateOf } from '../states.ts'
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
  const operations = readOperations(db, job)
  return {
    job: newJobOf(row),
    state: jobStateOf(row.state),
    startedAt: row.started_at,
    operations,
    tasks: gathered(
      statement(db, selectTasks).raw().iterate(taskIds(job)) as IterableIterator<TaskRow>,
      mapsOf(operations),
    ),
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
  rejects, started_at, finished_at, cpu_ms, 1 FROM tasks WHERE id BETWEEN @first AND @last ORDER BY id`

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
  rejects: number,
  startedAt: number | null,
  finishedAt: number | null,
  cpuMs: number,
  count: number,
]

const at = {
  id: 0,
  operation: 1,
  from: 2,
  to: 3,
  state: 5,
  answer: 8,
  tailRows: 11,
  startedAt: 13,
  finishedAt: 14,
} as const
/** Bytes, rows, rejects, CPU time, how many tasks: what is added up. */
const sums = [9, 10, 12, 15, 16] as const

/** Tasks of maps that have succeeded and left nothing are one row as far as they lie side by side. */
function gathered(rows: Iterable<TaskRow>, maps: ReadonlySet<number>): TaskRow[] {
  const all: TaskRow[] = []
  const hasLeftNothing = (row: TaskRow) =>
    row[at.state] === taskStateCodes.succeeded && maps.has(row[at.operation]) && (row[at.answer] ?? '{}') === '{}'
  for (const row of rows) {
    const before = all.at(-1)
    const isNext = before?.[at.operation] === row[at.operation] && before[at.to] === row[at.from]
    if (before !== undefined && isNext && hasLeftNothing(before) && hasLeftNothing(row)) join(before, row)
    else all.push(row)
  }
  return all
}

function join(before: TaskRow, row: TaskRow): void {
  for (const column of sums) before[column] += row[column]
  const workMs = (row[at.finishedAt] ?? 0) - (row[at.startedAt] ?? 0)
  before[at.finishedAt] = (before[at.finishedAt] ?? 0) + workMs
  before[at.tailRows] = row[at.tailRows]
  before[at.to] = row[at.to]
  before[at.id] = row[at.id]
}

function mapsOf(operations: LedgerJob['operations']): Set<number> {
  return new Set(operations.filter(({ type }) => type === 'map').map(({ ordinal }) => ordinal))
}

function taskOf(row: TaskRow, operations: ReadonlyMap<number, string>): LedgerTask {
  const [id, ordinal, from, to, args, state, attempt, fence, answer, bytes, rows, tailRows, rejects, ...times] = row
  const [startedAt, finishedAt, cpuMs, count] = times
  const operation = operations.get(ordinal)
  invariant(operation !== undefined, `task ${id} belongs to no operation`)
  return {
    count,
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
    rejects,
    startedAt,
    finishedAt,
    cpuMs,
  }
}
