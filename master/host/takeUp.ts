import { readdir } from 'node:fs/promises'
import type { Job, NewJob } from '../../contract/job.ts'
import type { LedgerJob, LedgerTask } from '../../contract/ledger.ts'
import type { Engine } from '../engine/engine.ts'
import type { Store } from '../store/store.ts'
import type { Scratch } from './scratch.ts'

interface TakeUpParts {
  engine: Engine
  scratch: Scratch
  store: Store
  now: () => number
}

/** Jobs that an earlier master left unfinished go on; what they ran is pending again. */
export async function takeUp({ engine, scratch, store, now }: TakeUpParts): Promise<void> {
  await sweepScratch(scratch, store)
  for (const number of await store.read.unfinished()) {
    const ledger = await readToGoOn(store, scratch, number)
    const obstacle = engine.obstacleTo(ledger.job)
    if (obstacle === null) engine.restore(ledger, now())
    else engine.abandon(ledger, obstacle, now())
  }
}

/** What a job with rejects has left serves the one that is run again with them put right. */
function isOver({ state, rejects }: Pick<Job, 'state' | 'rejects'>): boolean {
  return state === 'succeeded' && rejects === 0
}

/** Scratch of jobs that are over or removed: a master that died just then left it, and nobody asks for it again. */
async function sweepScratch(scratch: Scratch, store: Store): Promise<void> {
  for (const id of await scratch.ids()) {
    const found = await store.read.find(id)
    const over = found.ok ? isOver(found.value.job) : found.error.code === 'unknown-job'
    if (over) await scratch.remove({ id })
  }
}

/**
 * A job of the ledger as it can go on: succeeded tasks whose scratch files are gone are pending again, in the ledger and in what is
 * returned. So a home whose scratch folder was emptied loses time and nothing else.
 */
export async function readToGoOn(store: Store, scratch: Scratch, job: number): Promise<LedgerJob> {
  const ledger = await store.read.ledger(job)
  const there = await scratch.files(ledger.job)
  const begunAnew = await writesToBegin(ledger, there)
  const lost = new Set(
    ledger.tasks
      .filter(
        (task) =>
          task.state === 'succeeded' &&
          (begunAnew.has(task.operation) || filesOf(task).some((file) => !there.has(file))),
      )
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

/**
 * Artifacts whose temporary file is gone (it goes when a job ends, or somebody removed it) are copied from the start: what is copied into
 * a new one would stand among holes. One that was about to get its final name knows its own work again (workers/publishTask.ts).
 */
async function writesToBegin(ledger: LedgerJob, scratch: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const writes = ledger.operations.filter(({ type, answer }) => type === 'write' && answer === undefined)
  if (writes.length === 0 || (await hasTemporary(ledger.job))) return new Set()
  const isPublishing = (task: LedgerTask) =>
    task.args === 'publish' && (task.state === 'succeeded' || scratch.has(`${task.seq}.intent`))
  const published = new Set(ledger.tasks.filter(isPublishing).map((task) => task.operation))
  return new Set(writes.map(({ id }) => id).filter((id) => !published.has(id)))
}

async function hasTemporary({ id, outDir }: NewJob): Promise<boolean> {
  if (outDir === null) return false
  try {
    return (await readdir(outDir)).some((name) => name.endsWith(`.${id}.part`))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

/** The scratch files that a task's answer is made of. */
export function filesOf({ answer }: LedgerTask): string[] {
  if (answer === null) return []
  const refs = [...(answer.ref === undefined ? [] : [answer.ref]), ...Object.values(answer.files ?? {})]
  return refs.map((ref) => ref.file)
}
