import type { Delta, JobDetail } from '../contract/api.ts'
import type { JobSummary } from '../contract/job.ts'
import { finalJobStates } from '../contract/transitions.ts'
import type { ApiClient } from '../master/host/host.ts'
import { Refusal, valueOf } from './exitCodes.ts'

/** What is asked of a host meanwhile. */
export interface FollowedHost {
  host: Pick<ApiClient['host'], 'watch'>
  jobs: Pick<ApiClient['jobs'], 'get'>
}

/**
 * Waits for one job to be over and shows how it goes meanwhile. The answer is the job as it ended; undefined when the host ended first,
 * so that the next host is to be asked.
 */
export async function followJob(
  client: FollowedHost,
  job: string,
  show: (summary: JobSummary) => void,
): Promise<JobDetail | undefined> {
  for await (const delta of await client.host.watch({})) {
    const summary = delta.jobs.find((one) => one.job.id === job)
    if (summary) show(summary)
    if (delta.removed.includes(job)) throw new Refusal(`job ${job} was removed while it was waited for`)
    if (!mayBeOver(delta, summary)) continue
    const detail = valueOf(await client.jobs.get({ job }))
    if (finalJobStates.has(detail.document.job.state)) return detail
  }
  return undefined
}

/** A whole delta carries what is unfinished: a job that it lacks was over before the watching began. */
function mayBeOver(delta: Delta, summary: JobSummary | undefined): boolean {
  return summary ? finalJobStates.has(summary.job.state) : delta.whole
}
