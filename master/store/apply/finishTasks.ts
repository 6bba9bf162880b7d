import type { Accepted, FinishedTask } from '../../../contract/ledger.ts'
import { taskId } from '../keys.ts'
import { taskStateCodes as codes } from '../states.ts'
import { statement } from '../statements.ts'
import type { LedgerWriter, TransitionOf } from './ledgerWriter.ts'
import { runsOf, type SeqRun } from './runs.ts'

/**
 * Outcomes. The fence stands in the statement: whoever comes second, or after the task was given to another, changes no row.
 * One statement per task, because it is the faster one here: 490,000 rows a second against 244,000 for one statement over
 * json_each, whose eleven fields are each looked for in JSON text.
 */
const finish = `UPDATE tasks SET state = ?, answer = ?, worker = ?, started_at = ?, finished_at = ?, cpu_ms = ?, bytes = ?, rows = ?,
  tail_rows = ?, rejects = ? WHERE id = ? AND state = ${codes.running} AND ? BETWEEN fence AND attempt`

export function finishTasks(writer: LedgerWriter, finished: TransitionOf<'tasksFinished'>): Accepted {
  const accepted: Accepted = []
  for (const run of runsOf(finished.tasks, () => true)) finishRun({ ...writer, finished, accepted }, run)
  return accepted
}

interface Place {
  stage: string | null
  operation: number
  /** Whether the whole run belongs there. */
  alike: number
}
interface Finishing extends LedgerWriter {
  finished: TransitionOf<'tasksFinished'>
  accepted: Accepted
}

/** Where a run's tasks belong is asked once when they all belong together, as those of a batch do, otherwise task by task. */
function finishRun(finishing: Finishing, run: SeqRun<FinishedTask>): void {
  const { db, finished, accepted } = finishing
  const { stage, operation, alike } = statement(
    db,
    `SELECT min(stage) AS stage, min(operation) AS operation,
     min(stage) = max(stage) AND min(operation) = max(operation) AS alike FROM tasks WHERE id BETWEEN ? AND ?`,
  ).get(taskId(finished.job, run.first), taskId(finished.job, run.last)) as Place
  if (stage === null) accepted.push(...run.items.map(() => false))
  else if (alike === 1) {
    const time = timeOf(finishing, operation)
    for (const task of run.items) finishTask(finishing, task, { stage, time })
  } else for (const task of run.items) finishRun(finishing, { first: task.seq, last: task.seq, items: [task] })
}

/** Which of the job's sums the time of an operation's tasks adds to. */
function timeOf({ db, finished }: Finishing, operation: number): 'workMs' | 'mergeMs' {
  const type = statement(db, 'SELECT type FROM operations WHERE job = ? AND ordinal = ?')
    .pluck()
    .get(finished.job, operation)
  return type === 'merge' ? 'mergeMs' : 'workMs'
}

function finishTask(
  { db, tally, finished, accepted }: Finishing,
  task: FinishedTask,
  { stage: name, time }: { stage: string; time: 'workMs' | 'mergeMs' },
): void {
  const { state, answer } = task
  const { changes } = statement(db, finish).run(
    codes[state],
    answer === null ? null : JSON.stringify(answer),
    finished.worker,
    task.startedAt,
    task.finishedAt,
    task.cpuMs,
    task.bytes,
    task.rows,
    task.tailRows,
    task.rejects,
    taskId(finished.job, task.seq),
    task.attempt,
  )
  accepted.push(changes === 1)
  if (changes === 0) return
  const busyMs = task.finishedAt - task.startedAt
  const counts = tally.job(finished.job)
  counts[state] += 1
  counts[time] += busyMs
  counts.cpuMs += task.cpuMs
  const stage = tally.stage(finished.job, name)
  stage.busyMs += busyMs
  const share = tally.share(finished.job, finished.worker)
  share.busyMs += busyMs
  if (state !== 'succeeded') return
  stage.succeeded += 1
  share.tasks += 1
  for (const sum of [counts, share]) {
    sum.bytes += task.bytes
    sum.rows += task.rows
  }
  counts.rejects += task.rejects
}
