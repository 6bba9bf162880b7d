import { invariant } from '../../../contract/invariant.ts'
import type { Accepted } from '../../../contract/ledger.ts'
import { taskId } from '../keys.ts'
import { taskStateCodes as codes } from '../states.ts'
import { statement } from '../statements.ts'
import type { LedgerWriter, TransitionOf } from './ledgerWriter.ts'

/** Tasks that an earlier job has done come in as succeeded: they count for what they are, not for time or attempts. */
export function adoptTasks({ db, tally }: LedgerWriter, adopted: TransitionOf<'tasksAdopted'>): Accepted {
  const { job, operation, stage, tasks } = adopted
  const ordinal = statement(db, 'SELECT ordinal FROM operations WHERE job = ? AND id = ?').pluck().get(job, operation)
  invariant(ordinal !== undefined, `tasks adopted for operation ${operation}, which job ${job} has not made`)
  const rows = tasks.map((task) => [
    taskId(job, task.seq),
    task.attempt,
    task.from,
    task.to,
    task.bytes,
    task.rows,
    task.tailRows,
    JSON.stringify(task.answer),
  ])
  statement(
    db,
    `INSERT INTO tasks (id, state, attempt, fence, operation, stage, cell_from, cell_to, bytes, rows, tail_rows, answer)
     SELECT value ->> 0, ${codes.succeeded}, value ->> 1, 1, ?, ?, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
     value ->> 7 FROM json_each(?)`,
  ).run(ordinal, stage, JSON.stringify(rows))
  const counts = tally.job(job)
  counts.total += tasks.length
  counts.succeeded += tasks.length
  const ofStage = tally.stage(job, stage)
  ofStage.total += tasks.length
  ofStage.succeeded += tasks.length
  for (const { bytes, rows: done } of tasks) {
    counts.bytes += bytes
    counts.rows += done
  }
  return [true]
}
