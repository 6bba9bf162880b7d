import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { spooledFilesOf } from '../../contract/dataset.ts'
import type { Store, StoredJob } from '../store/store.ts'
import type { LiveFeed } from './liveFeed.ts'
import type { Scratch } from './scratch.ts'

/** What is there of a job besides its row. */
export interface RemovalParts {
  store: Store
  scratch: Scratch
  feed: LiveFeed
  /** Where jobs without a folder of their own write, each into a folder named by its id. */
  out: string
}

/**
 * A job that has ended goes from the record, with its scratch folder and what was spooled for it; with `out` also its folder in the
 * home. Files that it wrote elsewhere are the person's. The record goes first: what a crash leaves behind is then nobody's.
 */
export async function removeEnded(
  { store, scratch, feed, out: outRoot }: RemovalParts,
  { number, job }: StoredJob,
  { out }: { out: boolean },
): Promise<void> {
  await store.commit([{ type: 'jobRemoved', job: number }])
  await scratch.remove(job)
  for (const path of job.inputs.flatMap(spooledFilesOf)) await rm(path, { force: true })
  if (out) await rm(join(outRoot, job.id), { recursive: true, force: true })
  feed.removed(job.id)
}
