import { refuse, succeed } from '../../../contract/commandError.ts'
import { removeEnded } from '../removal.ts'
import { os, refusedForNow, type Room } from '../room.ts'

/** A job that has ended goes from the record. */
export function remove(room: Room) {
  return os.jobs.remove.handler(async ({ input }) => {
    const refused = refusedForNow(room)
    if (refused !== null) return refused
    const found = await room.store.read.find(input.job)
    if (!found.ok) return found
    const { number, job } = found.value
    if (room.mill.engine.runs.has(number))
      return refuse('wrong-state', `cannot remove ${job.name}: it has not ended yet`, 'cancel it first')
    await removeEnded(room.removal, found.value, { out: input.out ?? false })
    return succeed(null)
  })
}
