import type { JobVerb } from '../../engine/verbs.ts'
import { os, type Room, settled } from '../room.ts'

/** Cancel, undo, pause and resume: the engine says whether the job's state allows it. */
export function steer(room: Room) {
  return {
    cancel: os.jobs.cancel.handler(({ input }) => steerOne(room, input.job, 'cancel')),
    undoCancel: os.jobs.undoCancel.handler(({ input }) => steerOne(room, input.job, 'undoCancel')),
    pause: os.jobs.pause.handler(({ input }) => steerOne(room, input.job, 'pause')),
    resume: os.jobs.resume.handler(({ input }) => steerOne(room, input.job, 'resume')),
  }
}

async function steerOne(room: Room, name: string, verb: JobVerb) {
  const found = await room.store.read.find(name)
  if (!found.ok) return found
  const steered = room.mill.engine.command(found.value.number, verb, room.now())
  return steered.ok ? await settled(room, found.value.number) : steered
}
