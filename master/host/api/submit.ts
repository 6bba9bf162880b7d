import type { JobRequest } from '../../../contract/api.ts'
import type { Caller } from '../host.ts'
import { os, refusedForNow, type Room, settled } from '../room.ts'
import { withConsent } from '../trust.ts'

/** In turn: two submissions must not choose the same free output folder. */
export function submit(room: Room) {
  return os.jobs.submit.handler(async ({ input, context }) => {
    const kind = room.plans.find((plan) => plan.kind.id === input.kind)?.kind
    const caller = await withConsent(context.caller, kind, input.params)
    return await room.inTurn(() => submitOne(room, input, caller))
  })
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
