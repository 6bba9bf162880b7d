import { succeed } from '../../../contract/commandError.ts'
import { boundDocument } from '../../../contract/jobBrief.ts'
import { os, type Room } from '../room.ts'
import { jobOf } from '../summaries.ts'

/** What is on record, with what only the engine's memory knows of jobs that run. */
export function read(room: Room) {
  return {
    list: os.jobs.list.handler(async ({ input: { limit, offset, state, kind, search } }) => {
      const filter = {
        limit,
        offset,
        ...(state === undefined ? {} : { state }),
        ...(kind === undefined ? {} : { kind }),
        ...(search === undefined ? {} : { search }),
      }
      const { jobs, total } = await room.store.read.jobs(filter)
      return {
        jobs: jobs.map((stored) => summaryOf(room, stored.number) ?? room.mill.summaries.ofStored(stored)),
        total,
      }
    }),
    get: os.jobs.get.handler(({ input }) => getOne(room, input.job)),
    tasks: os.jobs.tasks.handler(async ({ input: { job, state, stage, limit, offset } }) => {
      const found = await room.store.read.find(job)
      if (!found.ok) return found
      const filter = {
        limit,
        offset,
        ...(state === undefined ? {} : { state }),
        ...(stage === undefined ? {} : { stage }),
      }
      return succeed(await room.store.read.tasks(found.value.number, filter))
    }),
    rejects: os.jobs.rejects.handler(async ({ input: { job, limit, offset } }) => {
      const found = await room.store.read.find(job)
      return found.ok ? succeed(await room.store.read.rejects(found.value.number, { limit, offset })) : found
    }),
  }
}

async function getOne(room: Room, name: string) {
  const found = await room.store.read.find(name)
  if (!found.ok) return found
  const { number } = found.value
  const detail = await room.store.read.detail(number)
  const run = room.mill.engine.runs.get(number)
  const job = run === undefined ? null : jobOf(run)
  const version = room.mill.summaries.version(number)
  if (run === undefined || job === null)
    return succeed({ ...detail, ...boundDocument(detail.document), progress: null, version })
  return succeed({
    ...detail,
    ...boundDocument({ ...detail.document, job }),
    progress: room.mill.summaries.progress(run, job.state),
    partial: await room.mill.partial(run),
    version,
  })
}

function summaryOf(room: Room, job: number) {
  const run = room.mill.engine.runs.get(job)
  return run === undefined ? null : room.mill.summaries.ofRun(run)
}
