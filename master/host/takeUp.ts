import type { LedgerJob, LedgerTask } from '../../contract/ledger.ts'
import type { Store } from '../store/store.ts'
import type { Scratch } from './scratch.ts'

/**
 * A job of the ledger as it can go on: succeeded tasks whose scratch files are gone are pending again, in the ledger and in what is
 * returned. So a home whose scratch folder was emptied loses time and nothing else.
 */
export async function readToGoOn(store: Store, scratch: Scratch, job: number): Promise<LedgerJob> {
  const ledger = await store.read.ledger(job)
  const there = await scratch.files(ledger.job)
  const lost = new Set(
    ledger.tasks
      .filter((task) => task.state === 'succeeded' && filesOf(task).some((file) => !there.has(file)))
      .map((task) => task.seq),
  )
  if (lost.size === 0) return ledger
  const tasks = ledger.tasks.map((task) =>
    lost.has(task.seq) ? { ...task, state: 'pending' as const, fence: task.attempt + 1, answer: null } : task,
  )
  const returned = tasks.filter((task) => lost.has(task.seq)).map(({ seq, fence }) => ({ seq, fence }))
  await store.commit([{ type: 'tasksReturned', job, tasks: returned }])
  return { ...ledger, tasks }
}

/** The scratch files that a task's answer is made of. */
export function filesOf({ answer }: LedgerTask): string[] {
  if (answer === null) return []
  const refs = [...(answer.ref === undefined ? [] : [answer.ref]), ...Object.values(answer.files ?? {})]
  return refs.map((ref) => ref.file)
}
