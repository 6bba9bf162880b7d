import type { Database } from 'better-sqlite3'
import { type CommandResult, refuse, succeed } from '../../../contract/commandError.ts'
import { finalJobStates } from '../../../contract/transitions.ts'
import { jobStateCodes } from '../states.ts'
import { statement } from '../statements.ts'
import { type Reader, StoreError, type StoredJob } from '../store.ts'
import { type JobRow, selectJobs, storedJobOf } from './jobRows.ts'
import { searchExpression } from './searchExpression.ts'

/** Finding jobs: by number, by name, by list and search. */

export function readLastNumber(db: Database): number {
  return (statement(db, `SELECT seq FROM sqlite_sequence WHERE name = 'jobs'`).pluck().get() as number | undefined) ?? 0
}

export function readUnfinished(db: Database): number[] {
  const final = [...finalJobStates].map((state) => jobStateCodes[state]).join(', ')
  return statement(db, `SELECT number FROM jobs WHERE state NOT IN (${final}) ORDER BY number`)
    .pluck()
    .all() as number[]
}

/** The job by its number, or a StoreError when it has been removed since. */
export function readJobRow(db: Database, job: number): JobRow {
  const row = statement(db, `${selectJobs} WHERE number = ?`).get(job) as JobRow | undefined
  if (row === undefined) throw new StoreError('missing', `job ${job} is not in the ledger`)
  return row
}

/** Null when it has been removed. */
export function jobByNumber(db: Database, job: number): StoredJob | null {
  const row = statement(db, `${selectJobs} WHERE number = ?`).get(job) as JobRow | undefined
  return row === undefined ? null : storedJobOf(row)
}

export function findJob(db: Database, name: string): CommandResult<StoredJob> {
  return name === 'last' ? findLast(db) : findByPrefix(db, name)
}

function findLast(db: Database): CommandResult<StoredJob> {
  const row = statement(db, `${selectJobs} ORDER BY number DESC LIMIT 1`).get() as JobRow | undefined
  return row === undefined
    ? refuse('unknown-job', 'There is no last job: none has been made yet', 'start one with gristmill run')
    : succeed(storedJobOf(row))
}

function findByPrefix(db: Database, prefix: string): CommandResult<StoredJob> {
  const rows = statement(
    db,
    `${selectJobs} WHERE id >= @prefix AND id < @prefix || char(0x10FFFF) AND @prefix <> '' ORDER BY id LIMIT 4`,
  ).all({ prefix }) as JobRow[]
  const [first, ...others] = rows
  if (first === undefined)
    return refuse('unknown-job', `No job's id starts with "${prefix}"`, 'gristmill jobs lists them all')
  if (others.length === 0 || first.id.length === prefix.length) return succeed(storedJobOf(first))
  const ids = rows.slice(0, 3).map(({ id }) => id)
  return refuse(
    'ambiguous-job',
    `The ids of several jobs start with "${prefix}": ${ids.join(', ')}${rows.length > 3 ? ', …' : ''}`,
    'give more of its characters',
  )
}

/** Newest first. `total` counts without the page. */
export function listJobs(
  db: Database,
  { state, kind, search, limit, offset }: Parameters<Reader['jobs']>[0],
): Awaited<ReturnType<Reader['jobs']>> {
  const expression = search === undefined || search.trim() === '' ? undefined : searchExpression(search)
  if (expression === null) return { jobs: [], total: 0 }
  const conditions = [
    ...(state === undefined ? [] : ['state = @state']),
    ...(kind === undefined ? [] : ['kind = @kind']),
    ...(expression === undefined ? [] : ['number IN (SELECT rowid FROM search WHERE search MATCH @expression)']),
  ]
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  const filter = {
    state: state === undefined ? null : jobStateCodes[state],
    kind: kind ?? null,
    expression: expression ?? null,
  }
  const total = statement(db, `SELECT count(*) FROM jobs ${where}`).pluck().get(filter) as number
  const rows = statement(db, `${selectJobs} ${where} ORDER BY number DESC LIMIT @limit OFFSET @offset`).all({
    ...filter,
    limit,
    offset,
  }) as JobRow[]
  return { jobs: rows.map(storedJobOf), total }
}
