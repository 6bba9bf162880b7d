import type { Delta } from '../contract/api.ts'
import type { JobSummary } from '../contract/job.ts'
import { finalJobStates, type JobState } from '../contract/transitions.ts'
import type { ApiClient } from '../master/host/host.ts'
import { Refusal } from './exitCodes.ts'

/** What is asked of a host meanwhile. */
export interface FollowedHost {
  host: Pick<ApiClient['host'], 'watch'>
}

export interface Following {
  job: string
  show: (summary: JobSummary) => void
  /** As the ledger has it. */
  readState: () => Promise<JobState>
}

/**
 * Waits for one job to be over and shows how it goes meanwhile. False when the host ended first, so that the next host is to be asked.
 * What became of it stands in the ledger: a result may be larger than any message.
 */
export async function followJob(client: FollowedHost, { job, show, readState }: Following): Promise<boolean> {
  for await (const delta of await client.host.watch({})) {
    const summary = delta.jobs.find((one) => one.job.id === job)
    if (summary) show(summary)
    if (delta.removed.includes(job)) throw new Refusal(`job ${job} was removed while it was waited for`)
    if (!mayBeOver(delta, summary)) continue
    if (finalJobStates.has(await readState())) return true
  }
  return false
}

/** A whole delta carries what is unfinished: a job that it lacks was over before the watching began. */
function mayBeOver(delta: Delta, summary: JobSummary | undefined): boolean {
  return summary ? finalJobStates.has(summary.job.state) : delta.whole
}
