import { existsSync } from 'node:fs'
import { refuse } from '../../../contract/commandError.ts'
import { os, refusedForNow, type Room, settled } from '../room.ts'
import type { StoredJob } from '../../store/store.ts'
import { readToGoOn } from '../takeUp.ts'

/** A failed or cancelled job goes on with its unfinished tasks; the finished ones are kept. */
export function retry(room: Room) {
  return os.jobs.retry.handler(({ input }) => room.inTurn(() => retryOne(room, input.job)))
}

async function retryOne(room: Room, name: string) {
  const refused = refusedForNow(room)
  if (refused !== null) return refused
  // What has ended in memory is on record after this.
  await room.mill.turn()
  const found = await room.store.read.find(name)
  if (!found.ok) return found
  const { number, job } = found.value
  if (room.mill.engine.runs.has(number)) return refuse('wrong-state', `cannot retry ${job.name}: it has not ended yet`)
  if (job.state === 'succeeded')
    return refuse('wrong-state', `cannot retry ${job.name}: it has succeeded`, 'rerun it instead')
  const obstacle = room.mill.engine.obstacleTo(job)
  if (obstacle !== null) return refuse('wrong-state', `cannot retry ${job.name}: ${obstacle}`, 'rerun it instead')
  const inTheWay = await whatIsInTheWay(room, found.value)
  if (inTheWay !== null) return refuse('output-exists', `cannot retry ${job.name}: ${inTheWay}`, 'rerun it instead')
  const ledger = await readToGoOn(room, number)
  room.mill.engine.retry(ledger, room.now())
  await room.mill.openLists.open(ledger.job, ledger)
  return await settled(room, number)
}

/** Told before the work is done rather than after: what other jobs write, or have written, where this one is going to. */
async function whatIsInTheWay({ promises, store, scratch }: Room, { number, job }: StoredJob): Promise<string | null> {
  const promised = promises.taken(job)
  if (promised !== null) return `another job is going to write ${promised}`
  if (job.force) return null
  const own = new Set((await store.read.artifacts(number)).map(({ path }) => path))
  const strange = promises.artifactPaths(job).find((path) => existsSync(path) && !own.has(path))
  // Whoever was about to give the final name when the job ended knows its own work again (workers/publishTask.ts).
  if (strange === undefined || (await scratch.wasPublishing(job))) return null
  return `${strange} exists, and it has not written that`
}
