import { refuse } from '../../../contract/commandError.ts'
import { os, refusedForNow, type Room, settled } from '../room.ts'
import { readToGoOn } from '../takeUp.ts'

/** A failed or cancelled job goes on with its unfinished tasks; the finished ones are kept. */
export function retry(room: Room) {
  return os.jobs.retry.handler(async ({ input }) => {
    const refused = refusedForNow(room)
    if (refused !== null) return refused
    const found = await room.store.read.find(input.job)
    if (!found.ok) return found
    const { number, job } = found.value
    if (room.mill.engine.runs.has(number))
      return refuse('wrong-state', `cannot retry ${job.name}: it has not ended yet`)
    if (job.state === 'succeeded')
      return refuse('wrong-state', `cannot retry ${job.name}: it has succeeded`, 'rerun it instead')
    const ledger = await readToGoOn(room.store, room.scratch, number)
    room.mill.engine.retry(ledger, room.now())
    return await settled(room, number)
  })
}
