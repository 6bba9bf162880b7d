import type { Database } from 'better-sqlite3'
import type { Task } from '../../../contract/job.ts'
import { seqOf, taskIds } from '../keys.ts'
import { taskStateCodes, taskStateOf } from '../states.ts'
import { statement } from '../statements.ts'
import type { Reader } from '../store.ts'

interface TaskRow {
  id: number
  state: number
  stage: string
  cell_from: number
  cell_to: number
  attempt: number
  worker: number | null
  started_at: number | null
  finished_at: number | null
  bytes: number
  rows: number
}

export function readTasks(
  db: Database,
  job: number,
  { state, stage, limit, offset }: Parameters<Reader['tasks']>[1],
): Awaited<ReturnType<Reader['tasks']>> {
  const code = state === undefined ? undefined : taskStateCodes[state]
  const where = [
    'id BETWEEN @first AND @last',
    ...(code === undefined ? [] : [`state = ${code}`]),
    ...(stage === undefined ? [] : ['stage = @stage']),
  ].join(' AND ')
  const filter = { ...taskIds(job), stage: stage ?? null }
  const rows = statement(
    db,
    `SELECT id, state, stage, cell_from, cell_to, attempt, worker, started_at, finished_at, bytes, rows
     FROM tasks WHERE ${where} ORDER BY id LIMIT @limit OFFSET @offset`,
  ).all({ ...filter, limit, offset }) as TaskRow[]
  const total = statement(db, `SELECT count(*) FROM tasks WHERE ${where}`).pluck().get(filter) as number
  return { tasks: rows.map(taskOf), total }
}

function taskOf(row: TaskRow): Task {
  return {
    id: seqOf(row.id),
    stage: row.stage,
    cells: [row.cell_from, row.cell_to],
    state: taskStateOf(row.state),
    attempt: row.attempt,
    worker: row.worker,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    bytes: row.bytes,
    rows: row.rows,
  }
}
