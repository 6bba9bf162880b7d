import { os, refusedForNow, type Room, settled } from '../room.ts'

/** Name, note and tags, of any job. */
export function change(room: Room) {
  return os.jobs.change.handler(async ({ input: { job: name, ...asked } }) => {
    const refused = refusedForNow(room)
    if (refused !== null) return refused
    const found = await room.store.read.find(name)
    if (!found.ok) return found
    const { number } = found.value
    const fields = {
      ...(asked.name === undefined ? {} : { name: asked.name }),
      ...(asked.note === undefined ? {} : { note: asked.note }),
      ...(asked.tags === undefined ? {} : { tags: asked.tags }),
    }
    await room.store.commit([{ type: 'jobChanged', job: number, fields }])
    room.mill.engine.change(number, fields)
    room.mill.announce(number)
    return await settled(room, number)
  })
}
