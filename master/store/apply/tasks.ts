import { invariant } from '../../../contract/invariant.ts'
import type { Accepted } from '../../../contract/ledger.ts'
import { taskId, taskIds } from '../keys.ts'
import { taskStateCodes as codes } from '../states.ts'
import { statement } from '../statements.ts'
import type { LedgerWriter, TransitionOf } from './ledgerWriter.ts'
import { runsOf } from './runs.ts'

/**
 * Tasks made, started, returned, cancelled and revived, over ranges of ids or lists, never one statement per task of a batch.
 * How they finish stands in finishTasks.ts.
 */

export function makeTasks({ db, tally }: LedgerWriter, made: TransitionOf<'tasksMade'>): Accepted {
  const ordinal = statement(db, 'SELECT ordinal FROM operations WHERE job = ? AND id = ?')
    .pluck()
    .get(made.job, made.operation)
  invariant(ordinal !== undefined, `tasks made for operation ${made.operation}, which job ${made.job} has not made`)
  const rows = made.tasks.map(({ seq, from, to, args }) => [
    taskId(made.job, seq),
    from,
    to,
    args === undefined ? null : JSON.stringify(args),
  ])
  statement(
    db,
    `INSERT INTO tasks (id, state, attempt, fence, operation, cell_from, cell_to, stage, args)
     SELECT value ->> 0, ${codes.pending}, 0, 1, ?, value ->> 1, value ->> 2, ?, value ->> 3 FROM json_each(?)`,
  ).run(ordinal, made.stage, JSON.stringify(rows))
  tally.job(made.job).total += rows.length
  tally.stage(made.job, made.stage).total += rows.length
  return [true]
}

/** Accepted when every task was pending, with no attempt below its fence. Those that were are started in any case. */
export function startTasks({ db, tally }: LedgerWriter, started: TransitionOf<'tasksStarted'>): Accepted {
  const start = statement(
    db,
    `UPDATE tasks SET state = ${codes.running}, attempt = @attempt, worker = @worker, started_at = @at, finished_at = NULL
     WHERE id BETWEEN @first AND @last AND +state = ${codes.pending} AND @attempt >= fence AND @attempt >= attempt`,
  )
  let count = 0
  for (const run of runsOf(started.tasks, (one, other) => one.attempt === other.attempt)) {
    const { changes } = start.run({
      first: taskId(started.job, run.first),
      last: taskId(started.job, run.last),
      attempt: run.items[0]?.attempt,
      worker: started.worker,
      at: started.at,
    })
    count += changes
  }
  tally.job(started.job).attempts += count
  return [count === started.tasks.length]
}

const giveBack = `state = ${codes.pending}, worker = NULL, started_at = NULL, finished_at = NULL, answer = NULL, cpu_ms = 0,
  bytes = 0, rows = 0, tail_rows = 0, rejects = 0`

/** Accepted when every task could be returned. What a returned success had counted is taken back, its rejects with it. */
export function returnTasks(writer: LedgerWriter, returned: TransitionOf<'tasksReturned'>): Accepted {
  const { db } = writer
  const giveBackRun = statement(
    db,
    `UPDATE tasks SET fence = max(fence, @fence), ${giveBack}
     WHERE id BETWEEN @first AND @last
     AND +state IN (${codes.running}, ${codes.succeeded}, ${codes.failed}, ${codes.cancelled})`,
  )
  let count = 0
  for (const run of runsOf(returned.tasks, (one, other) => one.fence === other.fence)) {
    const ids = { first: taskId(returned.job, run.first), last: taskId(returned.job, run.last) }
    uncount(writer, returned.job, ids)
    count += giveBackRun.run({ ...ids, fence: run.items[0]?.fence }).changes
  }
  return [count === returned.tasks.length]
}

/** Running and pending ones alike; what running ones still tell comes too late. */
export function cancelTasks({ db, tally }: LedgerWriter, cancelled: TransitionOf<'tasksCancelled'>): Accepted {
  const { changes } = statement(
    db,
    `UPDATE tasks INDEXED BY tasks_unfinished SET state = ${codes.cancelled}, finished_at = @at
     WHERE state < 2 AND state IN (${codes.pending}, ${codes.running}) AND id BETWEEN @first AND @last`,
  ).run({ ...taskIds(cancelled.job), at: cancelled.at })
  tally.job(cancelled.job).cancelled += changes
  return [true]
}

export function reviveTasks(writer: LedgerWriter, revived: TransitionOf<'tasksRevived'>): Accepted {
  const { db } = writer
  const unsuccessful = `state IN (${codes.failed}, ${codes.cancelled})`
  const ids = taskIds(revived.job)
  uncount(writer, revived.job, { ...ids, which: unsuccessful })
  statement(
    db,
    `UPDATE tasks SET fence = max(fence, attempt + 1), ${giveBack} WHERE id BETWEEN @first AND @last AND ${unsuccessful}`,
  ).run(ids)
  return [true]
}

interface Counted {
  state: number
  stage: string
  tasks: number
  bytes: number
  rows: number
  rejects: number
}

const ended = `state IN (${codes.succeeded}, ${codes.failed}, ${codes.cancelled})`

/** Takes what tasks that had ended count in their job's totals out of them again. The time that they took stays spent. */
function uncount(
  { db, tally }: LedgerWriter,
  job: number,
  { which = ended, ...ids }: { first: number; last: number; which?: string },
): void {
  const groups = statement(
    db,
    `SELECT state, stage, count(*) AS tasks, sum(bytes) AS bytes, sum(rows) AS rows, sum(rejects) AS rejects
     FROM tasks WHERE id BETWEEN @first AND @last AND ${which} GROUP BY state, stage`,
  ).all(ids) as Counted[]
  const counts = tally.job(job)
  for (const group of groups) {
    if (group.state === codes.failed) counts.failed -= group.tasks
    else if (group.state === codes.cancelled) counts.cancelled -= group.tasks
    else {
      counts.succeeded -= group.tasks
      counts.bytes -= group.bytes
      counts.rows -= group.rows
      counts.rejects -= group.rejects
      tally.stage(job, group.stage).succeeded -= group.tasks
      forgetRejects({ db, tally }, job, ids)
    }
  }
}

function forgetRejects({ db }: LedgerWriter, job: number, ids: { first: number; last: number }): void {
  const offset = taskIds(job).first
  statement(
    db,
    `DELETE FROM rejects WHERE job = @job AND seq BETWEEN @first AND @last AND EXISTS (
       SELECT 1 FROM tasks WHERE id = @offset + rejects.seq AND state = ${codes.succeeded})`,
  ).run({ job, first: ids.first - offset, last: ids.last - offset, offset })
}
