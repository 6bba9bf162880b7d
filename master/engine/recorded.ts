import type { LedgerJob, LedgerTask } from '../../contract/ledger.ts'
import { type Recorded, writerOf } from '../../contract/outcome.ts'
import { fibreOf } from './planRunner.ts'

/** What of a job on record still holds when some of its tasks are to be done again: a scratch file that they had left was lost. */

/** The job with tasks pending that have to be done again besides, and those tasks as they are to be returned. */
export function withMadeAgain(ledger: LedgerJob): { ledger: LedgerJob; returned: { seq: number; fence: number }[] } {
  const again = new Map(madeAgain(ledger).map(({ seq, attempt }) => [seq, attempt + 1]))
  if (again.size === 0) return { ledger, returned: [] }
  const tasks = ledger.tasks.map((task) => {
    const fence = again.get(task.seq)
    return fence === undefined ? task : { ...task, state: 'pending' as const, fence, answer: null }
  })
  // What they had set aside is taken back with them.
  const rejects = ledger.tasks.reduce((left, task) => left - (again.has(task.seq) ? task.rejects : 0), ledger.rejects)
  return { ledger: { ...ledger, tasks, rejects }, returned: Array.from(again, ([seq, fence]) => ({ seq, fence })) }
}

/**
 * Tasks that have succeeded and are to be done again because what they hand on may name files that will not be there: those of a task
 * that is done again leave files with other names. A merge may have passed on the files of its parts, also inside a file of its
 * own; any other task may have them in its answer. What else follows from an answer does not change, as the answer does not.
 *
 * A job's tasks stand in the order of their numbers, and a task's parts were there before it was made: one look at each is enough.
 */
function madeAgain({ operations, tasks }: LedgerJob): LedgerTask[] {
  const merges = new Set(operations.filter(({ type }) => type === 'merge').map(({ id }) => id))
  const unfinished = new Set<number>()
  const again: LedgerTask[] = []
  for (const task of tasks) {
    if (task.state === 'replaced') continue
    if (task.state !== 'succeeded') unfinished.add(task.seq)
    else if (unfinished.size > 0 && sourcesOf(task, merges).some((seq) => unfinished.has(seq))) {
      unfinished.add(task.seq)
      again.push(task)
    }
  }
  return again
}

/** The numbers of the tasks whose files a task may have handed on. */
function sourcesOf({ operation, args, answer }: LedgerTask, merges: ReadonlySet<string>): number[] {
  const parts = merges.has(operation) && Array.isArray(args) ? args.map(Number) : []
  const refs = [answer?.ref, ...Object.values(answer?.files ?? {})]
  return [...parts, ...refs.flatMap((ref) => (ref === undefined ? [] : writerOf(ref.file).seq))]
}

/**
 * The answers of operations and sub-plans that hold: not those of operations with unfinished tasks, and, where such an operation belongs
 * to a sub-plan that had returned, of no sub-plan, since its value may have gone into those of others. They are run again and find
 * the answers of their operations.
 */
export function recordedAnswers({
  operations,
  tasks,
}: LedgerJob): Map<string, { hash: string; answer: Recorded | undefined }> {
  const unfinished = new Set(tasks.filter(isUnfinished).map((task) => task.operation))
  const returned = new Set(
    operations.filter(({ type, answer }) => type === 'branch' && answer !== undefined).map(({ id }) => id),
  )
  const isUndone = [...unfinished].some((id) => returned.has(fibreOf(id)))
  return new Map(
    operations.map(({ id, hash, answer }) => {
      const holds = !unfinished.has(id) && !(isUndone && returned.has(id))
      return [id, { hash, answer: holds ? answer : undefined }]
    }),
  )
}

function isUnfinished({ state }: LedgerTask): boolean {
  return state !== 'succeeded' && state !== 'replaced'
}
