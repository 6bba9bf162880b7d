import { setTimeout as pause } from 'node:timers/promises'
import type { JobDetail } from '../../contract/api.ts'
import type { Job } from '../../contract/job.ts'
import { finalJobStates } from '../../contract/transitions.ts'
import type { HostConnection } from '../../master/host/client.ts'
import type { Site } from './site.ts'

/** When the trouble is over every job has to end, with no more help than a person would give it. */
const lookEveryMs = 200
/** Deaths may have been many: a job that failed for them is tried again so often. */
const mostRetries = 8
/** What deaths come to for tasks that can neither be cut nor spared a record. */
const deadly: ReadonlySet<string> = new Set(['crashed', 'silent', 'no-progress', 'out-of-memory'])

/** Resumes and retries what needs it until every job is over; gives what became of each. */
export async function endAll(site: Site, patienceMs: number): Promise<JobDetail[]> {
  const deadline = performance.now() + patienceMs
  const retries = new Map<string, number>()
  for (;;) {
    const isLast = performance.now() > deadline
    const details = await site.ask((host) => endRound(host, retries, isLast))
    if (details) return details
    if (isLast) throw new Error('no host was left that could say what became of the jobs')
    await pause(lookEveryMs)
  }
}

/** Null while something is open, unless this is the last round. */
async function endRound(
  host: HostConnection,
  retries: Map<string, number>,
  isLast: boolean,
): Promise<JobDetail[] | null> {
  const { jobs } = await host.client.jobs.list({ limit: 10_000 })
  const waiting = jobs.map(({ job }) => job).filter(({ state }) => !finalJobStates.has(state) || state === 'failed')
  const open = await Promise.all(waiting.map((job) => helpOn(host, job, retries)))
  if (open.some(Boolean) && !isLast) return null
  return await Promise.all(jobs.map(({ job }) => detailOf(host, job.id)))
}

/** Whether the job may still end well. */
async function helpOn(
  { client }: HostConnection,
  job: Pick<Job, 'id' | 'state'>,
  retries: Map<string, number>,
): Promise<boolean> {
  if (job.state === 'paused') await client.jobs.resume({ job: job.id })
  if (job.state !== 'failed') return true
  const { error } = (await detailOf({ client }, job.id)).document
  const count = (retries.get(job.id) ?? 0) + 1
  if (!deadly.has(error?.code ?? '') || count > mostRetries) return false
  retries.set(job.id, count)
  return (await client.jobs.retry({ job: job.id })).ok
}

async function detailOf({ client }: Pick<HostConnection, 'client'>, job: string): Promise<JobDetail> {
  const got = await client.jobs.get({ job })
  if (!got.ok) throw new Error(got.error.message)
  return got.value
}
