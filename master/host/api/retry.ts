import { refuse } from '../../../contract/commandError.ts'
import { os, refusedForNow, type Room, settled } from '../room.ts'
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
  const taken = room.taken(job)
  if (taken !== null)
    return refuse(
      'output-exists',
      `cannot retry ${job.name}: another job is going to write ${taken}`,
      'rerun it instead',
    )
  const ledger = await readToGoOn(room, number)
  room.mill.engine.retry(ledger, room.now())
  return await settled(room, number)
}
