import { readdir } from 'node:fs/promises'
import type { Job, NewJob } from '../../contract/job.ts'
import type { LedgerJob, LedgerTask } from '../../contract/ledger.ts'
import type { Plan } from '../../contract/plan.ts'
import { finalJobStates } from '../../contract/transitions.ts'
import type { Engine } from '../engine/engine.ts'
import type { Store } from '../store/store.ts'
import type { Insistence } from './insist.ts'
import type { Scratch } from './scratch.ts'
import { removeTemporaries } from './temporaries.ts'

/** What a host finds when it opens: jobs that go on, and what is left of others. */
export interface TakeUpParts {
  engine: Engine
  store: Store
  scratch: Scratch
  plans: readonly Plan[]
  /** Where jobs without a folder of their own write. */
  out: string
  now: () => number
  /** Does what a full disk refuses again, where that is worth waiting for. */
  insist: Insistence['until']
}

/** Jobs that an earlier master left unfinished go on; what they ran is pending again. */
export async function takeUp(parts: TakeUpParts): Promise<void> {
  const { engine, store, now, insist } = parts
  await sweep(parts)
  for (const number of await store.read.unfinished()) {
    const ledger = await insist(() => readToGoOn(parts, number))
    const obstacle = engine.obstacleTo(ledger.job)
    if (obstacle === null) engine.restore(ledger, now())
    else engine.abandon(ledger, obstacle, now())
  }
}

/**
 * What jobs that are over have left, because their master died just then: half-written artifacts, and scratch that nobody asks for again.
 * A job that ever began a file has a scratch folder.
 */
async function sweep({ store, scratch, plans, out }: TakeUpParts): Promise<void> {
  for (const id of await scratch.ids()) {
    const found = await store.read.find(id)
    if (!found.ok) {
      if (found.error.code === 'unknown-job') await scratch.remove({ id })
      continue
    }
    const { job } = found.value
    if (!finalJobStates.has(job.state)) continue
    const plan = plans.find(({ kind }) => kind.id === job.kind)
    if (plan !== undefined) await removeTemporaries(job, plan.kind, out)
    if (isOver(job)) await scratch.remove(job)
  }
}

/** What a job with rejects has left serves the one that is run again with them put right. */
function isOver({ state, rejects }: Pick<Job, 'state' | 'rejects'>): boolean {
  return state === 'succeeded' && rejects === 0
}

/**
 * A job of the ledger as it can go on: succeeded tasks whose scratch files are gone are pending again, in the ledger and in what is
 * returned. So a home whose scratch folder was emptied loses time and nothing else. `anew` is a write whose copies are lost.
 */
export async function readToGoOn(
  { store, scratch }: Pick<TakeUpParts, 'store' | 'scratch'>,
  job: number,
  anew?: string,
): Promise<LedgerJob> {
  const ledger = await store.read.ledger(job)
  const there = await scratch.files(ledger.job)
  const begunAnew = await writesToBegin(ledger, there)
  if (anew !== undefined) begunAnew.add(anew)
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
async function writesToBegin(ledger: LedgerJob, scratch: ReadonlySet<string>): Promise<Set<string>> {
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
