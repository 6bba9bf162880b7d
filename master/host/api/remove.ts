import { rm } from 'node:fs/promises'
import { refuse, succeed } from '../../../contract/commandError.ts'
import { spooledFilesOf } from '../spool.ts'
import { os, type Room } from '../room.ts'

/** A job that has ended goes from the record, with its scratch folder and what was spooled for it. Its artifacts stay. */
export function remove(room: Room) {
  return os.jobs.remove.handler(async ({ input }) => {
    const found = await room.store.read.find(input.job)
    if (!found.ok) return found
    const { number, job } = found.value
    if (room.mill.engine.runs.has(number))
      return refuse('wrong-state', `cannot remove ${job.name}: it has not ended yet`, 'cancel it first')
    await room.store.commit([{ type: 'jobRemoved', job: number }])
    await room.scratch.remove(job)
    for (const path of job.inputs.flatMap(spooledFilesOf)) await rm(path, { force: true })
    room.mill.feed.removed(job.id)
    return succeed(null)
  })
}
