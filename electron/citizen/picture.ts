import type { Delta } from '../../contract/api.ts'
import type { Job, JobBrief, JobSummary } from '../../contract/job.ts'

/** What the live feed tells, as far as the desktop needs it: which jobs are not over, and which have just ended. Pure. */
export interface Picture {
  unfinished: ReadonlyMap<string, JobSummary>
}

export const emptyPicture: Picture = { unfinished: new Map() }

const overStates = new Set(['succeeded', 'failed', 'cancelled'])

export function isOver(job: Pick<Job, 'state'>): boolean {
  return overStates.has(job.state)
}

/** `ended` are jobs that this delta tells of as over and that were not over before. */
export function applyDelta(picture: Picture, delta: Delta): { picture: Picture; ended: JobBrief[] } {
  const unfinished = new Map(delta.whole ? [] : picture.unfinished)
  const ended: JobBrief[] = []
  for (const summary of delta.jobs) {
    const { job } = summary
    if (!isOver(job)) unfinished.set(job.id, summary)
    else {
      if (picture.unfinished.has(job.id)) ended.push(job)
      unfinished.delete(job.id)
    }
  }
  for (const id of delta.removed) unfinished.delete(id)
  return { picture: { unfinished }, ended }
}

/** Jobs that make workers busy now. */
export function running(picture: Picture): JobSummary[] {
  return [...picture.unfinished.values()].filter(({ job }) => job.state === 'running' || job.state === 'cancelling')
}
