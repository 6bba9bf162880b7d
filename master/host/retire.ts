import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Keeping } from '../../contract/storage.ts'
import { finalJobStates } from '../../contract/transitions.ts'
import { trimKept } from '../../datasets/table/keptFiles.ts'
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

const dayMs = 24 * 60 * 60 * 1000

/**
 * Removes the jobs that the person's policy lets go, each one named in the log. Without a policy nothing is looked at. What was only kept to
 * save time goes before any job does.
 */
export async function retire({ removal, paths, log, now }: RetireParts): Promise<void> {
  const { keeping, trouble } = await readSettings(paths.settings)
  if (trouble !== null) log.warn(trouble)
  if (keeping.keepDays === null && keeping.keepBytes === null) return
  const { read } = removal.store
  const jobs = await measureJobs(paths, read)
  const files = jobs.reduce((bytes, job) => bytes + job.total - job.bytes.database, 0)
  const totalBytes = files + (await read.usedBytes())
  trimIndexes(paths.indexes, { keeping, totalBytes, now: now() })
  for (const { number, id, name, total } of jobsToRetire({ jobs, totalBytes }, keeping, now())) {
    const stored = await read.byNumber(number)
    // Measured a while ago: it may have been taken up again since.
    if (stored === null || !finalJobStates.has(stored.job.state)) continue
    await removeEnded(removal, stored, { out: true })
    log.info(`removed job ${id} (${name}) by the policy of this home, about ${total} bytes`)
  }
}

/** `totalBytes` is what jobs take. */
function trimIndexes(
  folder: string,
  { keeping, totalBytes, now }: { keeping: Keeping; totalBytes: number; now: number },
): void {
  const { keepDays, keepBytes } = keeping
  const limits = {
    ...(keepDays === null ? {} : { unusedBefore: now - keepDays * dayMs }),
    ...(keepBytes === null ? {} : { mostBytes: Math.max(0, keepBytes - totalBytes) }),
    now,
  }
  for (const each of [folder, ...foldersIn(folder)]) trimKept(each, limits)
}

/** A kind may keep what is its own in a folder below. */
function foldersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [join(folder, entry.name)] : [],
  )
}
