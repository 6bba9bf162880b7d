import { rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { spooledFilesOf } from '../../contract/dataset.ts'
import type { Job } from '../../contract/job.ts'
import type { Reader, Store, StoredJob } from '../store/store.ts'
import type { LiveFeed } from './liveFeed.ts'
import type { Scratch } from './scratch.ts'

/** What is there of a job besides its row. */
export interface RemovalParts {
  store: Store
  scratch: Scratch
  feed: LiveFeed
  /** The home's spool: nothing elsewhere is a job's own, whatever its row says. */
  spool: string
  /** Where jobs without a folder of their own write, each into a folder named by its id. */
  out: string
}

/**
 * A job that has ended goes from the record, with its scratch folder, what was spooled for it and its artifacts in the home; with `out`
 * goes whatever else lies in its folder there. Files that it wrote elsewhere are the person's. The record goes first: what a crash leaves
 * behind is then nobody's.
 */
export async function removeEnded(
  { store, scratch, feed, spool, out: outRoot }: RemovalParts,
  { number, job }: StoredJob,
  { out }: { out: boolean },
): Promise<void> {
  const written = await store.read.artifacts(number)
  await store.commit([{ type: 'jobRemoved', job: number }])
  await scratch.remove(job)
  await removeSpooled({ store, spool }, job)
  const folder = join(outRoot, job.id)
  if (out) await rm(folder, { recursive: true, force: true })
  else
    await removeWritten(
      folder,
      written.map(({ path }) => path),
    )
  feed.removed(job.id)
}

/** What else somebody has put into the folder stays, and the folder with it. */
async function removeWritten(folder: string, paths: readonly string[]): Promise<void> {
  for (const path of paths.filter((each) => dirname(each) === folder)) await rm(path, { recursive: true, force: true })
  try {
    await rmdir(folder)
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

/** A rerun reads what was spooled for the job before it: a file goes with the last job that names it. */
async function removeSpooled({ store, spool }: Pick<RemovalParts, 'store' | 'spool'>, job: Job): Promise<void> {
  const mine = job.inputs.flatMap(spooledFilesOf).filter((path) => dirname(path) === spool)
  if (mine.length === 0) return
  const named = new Set(await spooledOnRecord(store.read))
  for (const path of mine) if (!named.has(path)) await rm(path, { force: true })
}

const pageOfJobs = 1000

/** Of every job on record: any of them may be run again. */
export async function spooledOnRecord(read: Pick<Reader, 'jobs'>): Promise<string[]> {
  const paths: string[] = []
  for (let offset = 0; ; offset += pageOfJobs) {
    const { jobs } = await read.jobs({ limit: pageOfJobs, offset })
    paths.push(...jobs.flatMap(({ job }) => job.inputs.flatMap(spooledFilesOf)))
    if (jobs.length < pageOfJobs) return paths
  }
}
