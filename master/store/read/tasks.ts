import type { Database } from 'better-sqlite3'
import type { Task } from '../../../contract/job.ts'
import { unfinishedTaskStates } from '../../../contract/transitions.ts'
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
  const unfinished = state !== undefined && unfinishedTaskStates.has(state)
  const from = unfinished ? 'tasks INDEXED BY tasks_unfinished' : 'tasks'
  const where = [
    'id BETWEEN @first AND @last',
    ...(state === undefined ? [] : [`state = ${taskStateCodes[state]}`]),
    // The index's own words: without them it would not be taken.
    ...(unfinished ? ['state < 2'] : []),
    ...(stage === undefined ? [] : ['stage = @stage']),
  ].join(' AND ')
  const filter = { ...taskIds(job), stage: stage ?? null }
  const rows = statement(
    db,
    `SELECT id, state, stage, cell_from, cell_to, attempt, worker, started_at, finished_at, bytes, rows
     FROM ${from} WHERE ${where} ORDER BY id LIMIT @limit OFFSET @offset`,
  ).all({ ...filter, limit, offset }) as TaskRow[]
  const total = statement(db, `SELECT count(*) FROM ${from} WHERE ${where}`).pluck().get(filter) as number
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
