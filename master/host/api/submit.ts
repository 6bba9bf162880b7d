import type { JobRequest } from '../../../contract/api.ts'
import type { Caller } from '../host.ts'
import { os, refusedForNow, type Room, settled } from '../room.ts'

/** In turn: two submissions must not choose the same free output folder. */
export function submit(room: Room) {
  return os.jobs.submit.handler(({ input, context }) => room.inTurn(() => submitOne(room, input, context.caller)))
}

async function submitOne(room: Room, request: JobRequest, caller: Caller) {
  const refused = refusedForNow(room)
  if (refused !== null) return refused
  const accepted = await room.intake.accept(request, caller)
  if (!accepted.ok) return accepted
  room.takeUploads(request.sources)
  const entered = room.enter(accepted.value)
  await room.mill.openLists.open(entered, null)
  await room.mill.warnOfRoom(entered)
  return await settled(room, entered.number)
}
