import type { Accepted } from '../../../contract/ledger.ts'
import { taskId } from '../keys.ts'
import { taskStateCodes as codes } from '../states.ts'
import { statement } from '../statements.ts'
import type { LedgerWriter, TransitionOf } from './ledgerWriter.ts'

/**
 * Tasks that fail are cut in two: each is replaced by pending ones over its cells, of the same operation and stage. Accepted when every
 * one of them was unfinished; otherwise nothing is cut.
 */
export function halveTasks({ db, tally }: LedgerWriter, { job, at, tasks }: TransitionOf<'tasksHalved'>): Accepted {
  const wholes = JSON.stringify(tasks.map(({ seq }) => taskId(job, seq)))
  const unfinished = statement(
    db,
    `SELECT stage FROM tasks WHERE id IN (SELECT value FROM json_each(?)) AND state IN (${codes.pending}, ${codes.running})`,
  )
    .pluck()
    .all(wholes) as string[]
  if (unfinished.length !== tasks.length) return [false]
  statement(
    db,
    `UPDATE tasks SET state = ${codes.replaced}, finished_at = ? WHERE id IN (SELECT value FROM json_each(?))`,
  ).run(at, wholes)
  const halves = tasks.flatMap((task) =>
    task.halves.map(({ seq, from, to }) => [taskId(job, seq), taskId(job, task.seq), from, to]),
  )
  const made = statement(
    db,
    `INSERT INTO tasks (id, state, attempt, fence, operation, cell_from, cell_to, stage, args)
     SELECT half.value ->> 0, ${codes.pending}, 0, 1, whole.operation, half.value ->> 2, half.value ->> 3, whole.stage, whole.args
     FROM json_each(?) AS half JOIN tasks AS whole ON whole.id = half.value ->> 1 RETURNING stage`,
  )
    .pluck()
    .all(JSON.stringify(halves)) as string[]
  const counts = tally.job(job)
  counts.replaced += unfinished.length
  counts.total += made.length
  for (const stage of made) tally.stage(job, stage).total += 1
  return [true]
}
