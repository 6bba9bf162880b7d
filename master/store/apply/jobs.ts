import type { Accepted } from '../../../contract/ledger.ts'
import { assertAllowed, finalJobStates, jobTransitions } from '../../../contract/transitions.ts'
import { taskIds } from '../keys.ts'
import { jobStateCodes } from '../states.ts'
import { statement } from '../statements.ts'
import type { LedgerWriter, TransitionOf } from './ledgerWriter.ts'
import { indexJob, keepErrorText, reindexJob, unindexJob } from './search.ts'

/** Jobs made, moved, changed and removed. */

export function makeJob({ db }: LedgerWriter, { job }: TransitionOf<'jobMade'>): Accepted {
  statement(
    db,
    `INSERT INTO jobs (number, id, kind, state, name, priority, workers, created_at, tags, note)
     VALUES (@number, @id, @kind, ${jobStateCodes.queued}, @name, @priority, @workers, @createdAt, @tags, @note)`,
  ).run({
    number: job.number,
    id: job.id,
    kind: job.kind,
    name: job.name,
    priority: job.priority,
    workers: job.workers,
    createdAt: job.createdAt,
    tags: JSON.stringify(job.tags),
    note: job.note,
  })
  statement(
    db,
    `INSERT INTO requests (job, kind_version, out_dir, force, split, max_rejects, parent_id, host, versions, params, inputs)
     VALUES (@number, @kindVersion, @outDir, @force, @split, @maxRejects, @parentId, @host, @versions, @params, @inputs)`,
  ).run({
    number: job.number,
    kindVersion: job.kindVersion,
    outDir: job.outDir,
    force: job.force ? 1 : 0,
    split: job.split,
    maxRejects: job.maxRejects,
    parentId: job.parentId,
    host: job.host,
    versions: JSON.stringify(job.versions),
    params: JSON.stringify(job.params),
    inputs: JSON.stringify(job.inputs),
  })
  statement(db, 'INSERT INTO results (job) VALUES (?)').run(job.number)
  indexJob(db, job.number)
  return [true]
}

/** A job starts once: a later start keeps the first instant. Reaching a final state sets its end, leaving one clears end and error. */
export function moveJob({ db }: LedgerWriter, moved: TransitionOf<'jobMoved'>): Accepted {
  const { job, from, to, at, fields = {} } = moved
  assertAllowed(jobTransitions, { from, to }, `job ${job}`)
  const finishedAt = fields.finishedAt === undefined ? (finalJobStates.has(to) ? at : null) : fields.finishedAt
  const startedAt = fields.startedAt ?? (to === 'running' ? at : null)
  const { changes } = statement(
    db,
    `UPDATE jobs SET state = @to, started_at = coalesce(started_at, @startedAt), finished_at = @finishedAt,
     plan_ms = coalesce(@planMs, plan_ms) WHERE number = @job AND state = @from`,
  ).run({
    job,
    from: jobStateCodes[from],
    to: jobStateCodes[to],
    startedAt,
    finishedAt,
    planMs: fields.planMs ?? null,
  })
  if (changes === 0) return [false]
  writeEnd({ db }, moved)
  return [true]
}

function writeEnd({ db }: Pick<LedgerWriter, 'db'>, { job, from, fields = {} }: TransitionOf<'jobMoved'>): void {
  const { result, error = finalJobStates.has(from) ? null : undefined } = fields
  if (result !== undefined)
    statement(db, 'UPDATE results SET result = ? WHERE job = ?').run(JSON.stringify(result), job)
  if (error === undefined) return
  statement(db, 'UPDATE results SET error = ? WHERE job = ?').run(error === null ? null : JSON.stringify(error), job)
  if (error !== null) keepErrorText(db, job, error.message)
}

export function changeJob({ db }: LedgerWriter, { job, fields }: TransitionOf<'jobChanged'>): Accepted {
  const { name, note, tags, priority, workers, inputs } = fields
  statement(
    db,
    `UPDATE jobs SET name = coalesce(@name, name), note = coalesce(@note, note), tags = coalesce(@tags, tags),
     priority = coalesce(@priority, priority), workers = iif(@setWorkers, @workers, workers) WHERE number = @job`,
  ).run({
    job,
    name: name ?? null,
    note: note ?? null,
    tags: tags === undefined ? null : JSON.stringify(tags),
    priority: priority ?? null,
    setWorkers: workers === undefined ? 0 : 1,
    workers: workers ?? null,
  })
  if (inputs !== undefined)
    statement(db, 'UPDATE requests SET inputs = ? WHERE job = ?').run(JSON.stringify(inputs), job)
  if (name !== undefined || note !== undefined || tags !== undefined) reindexJob(db, job)
  return [true]
}

const tablesOfJob = [
  'requests',
  'results',
  'operations',
  'stages',
  'shares',
  'artifacts',
  'rejects',
  'events',
  'samples',
  'error_texts',
]

export function removeJob({ db, tally }: LedgerWriter, { job }: TransitionOf<'jobRemoved'>): Accepted {
  unindexJob(db, job)
  statement(db, 'DELETE FROM tasks WHERE id BETWEEN @first AND @last').run(taskIds(job))
  statement(db, 'DELETE FROM attempts WHERE task BETWEEN @first AND @last').run(taskIds(job))
  for (const table of tablesOfJob) statement(db, `DELETE FROM ${table} WHERE job = ?`).run(job)
  statement(db, 'DELETE FROM jobs WHERE number = ?').run(job)
  tally.forget(job)
  return [true]
}
