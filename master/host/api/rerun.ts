import type { JobRequest, Source } from '../../../contract/api.ts'
import type { Job } from '../../../contract/job.ts'
import type { Input } from '../../../contract/dataset.ts'
import { os, type Room, settled } from '../room.ts'

/** A new job that asks for the same again; its inputs are looked at anew, its artifacts go beside the earlier ones. */
export function rerun(room: Room) {
  return os.jobs.rerun.handler(async ({ input }) => {
    const found = await room.store.read.find(input.job)
    if (!found.ok) return found
    const { job } = found.value
    const accepted = await room.intake.accept(requestOf(job), { trust: 'person' })
    if (!accepted.ok) return accepted
    const entered = room.enter({ ...accepted.value, parentId: job.id })
    await room.mill.warnOfRoom(entered)
    return await settled(room, entered.number)
  })
}

function requestOf(job: Job): JobRequest {
  return {
    kind: job.kind,
    params: job.params,
    sources: job.inputs.map(sourceOf),
    name: job.name,
    ...(job.outDir === null || job.outDir.endsWith(job.id)
      ? {}
      : { out: { dir: job.outDir, choose: 'fresh' as const } }),
    ...(job.workers === null ? {} : { workers: job.workers }),
    ...(job.split === null ? {} : { split: job.split }),
    ...(job.maxRejects === null ? {} : { maxRejects: job.maxRejects }),
    priority: job.priority,
    tags: job.tags,
    note: job.note,
  }
}

function sourceOf(input: Input): Source {
  return input.spooled ? { type: 'spooled', path: input.path, name: input.name } : { type: 'path', path: input.path }
}
