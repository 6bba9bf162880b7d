import { type RemovalParts, removeEnded } from './removal.ts'
import { jobsToRetire } from './retention.ts'
import { readSettings } from './settings.ts'
import { measureJobs, type Places } from './storage.ts'

export interface RetireParts {
  removal: RemovalParts
  paths: Places & { settings: string }
  log: { info(line: string): void; warn(line: string): void }
  now: () => number
}

/** Removes the jobs that the person's policy lets go, each one named in the log. Without a policy nothing is looked at. */
export async function retire({ removal, paths, log, now }: RetireParts): Promise<void> {
  const { keeping, trouble } = await readSettings(paths.settings)
  if (trouble !== null) log.warn(trouble)
  if (keeping.keepDays === null && keeping.keepBytes === null) return
  const { read } = removal.store
  const jobs = await measureJobs(paths, read)
  const files = jobs.reduce((bytes, job) => bytes + job.total - job.bytes.database, 0)
  const totalBytes = files + (await read.usedBytes())
  for (const { number, id, name, total } of jobsToRetire({ jobs, totalBytes }, keeping, now())) {
    const stored = await read.byNumber(number)
    if (stored === null) continue
    await removeEnded(removal, stored, { out: true })
    log.info(`removed job ${id} (${name}) by the policy of this home, about ${total} bytes`)
  }
}
