import { createHash } from 'node:crypto'
import { link, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { NewJob, Reject } from '../../contract/job.ts'
import type { Artifact } from '../../contract/outcome.ts'
import type { Reader } from '../store/store.ts'
import { csvLine } from './csvLine.ts'
import { temporaryArtifact } from './scratch.ts'
import { sha256Of } from './sha256.ts'

/**
 * Writes what a job has set aside into `rejects.csv` beside its other artifacts: complete and durable before it has its name. A file that
 * stands there already is replaced when the job may do so; otherwise this one becomes rejects-2.csv, and so on: a report is no reason to
 * fail a job that has its answer. It can be repeated after a crash at any point.
 */
export const rejectsName = 'rejects.csv'
const columns = ['source', 'row', 'offset', 'reason', 'raw']

export interface RejectsPlace {
  id: string
  force: boolean
  /** Where the job's artifacts are, made when missing. */
  outDir: string
}

export async function writeRejectsFile(
  place: RejectsPlace,
  pages: AsyncIterable<readonly Reject[]>,
): Promise<Artifact> {
  await mkdir(place.outDir, { recursive: true })
  const temporary = temporaryArtifact(place, rejectsName) ?? ''
  const written = await writeAll(temporary, pages)
  const path = await giveName(temporary, { ...place, ...written })
  await syncFolder(place.outDir)
  return { name: rejectsName, path, mediaType: 'text/csv', ...written }
}

/** Where a job's rejects go: a kind without artifacts has no folder of its own choosing. */
export function rejectsPlace(job: Pick<NewJob, 'id' | 'force' | 'outDir'>, out: string): RejectsPlace {
  return { id: job.id, force: job.force, outDir: job.outDir ?? join(out, job.id) }
}

const rejectsPerPage = 10_000

/** A job's rejects as the ledger has them. */
export async function* rejectPages(read: Pick<Reader, 'rejects'>, job: number): AsyncGenerator<readonly Reject[]> {
  for (let offset = 0; ; offset += rejectsPerPage) {
    const { rejects } = await read.rejects(job, { limit: rejectsPerPage, offset })
    if (rejects.length > 0) yield rejects
    if (rejects.length < rejectsPerPage) return
  }
}

interface Written {
  bytes: number
  rows: number
  sha256: string
}

async function writeAll(path: string, pages: AsyncIterable<readonly Reject[]>): Promise<Written> {
  const file = await open(path, 'w')
  const hash = createHash('sha256')
  const done = { bytes: 0, rows: 0 }
  const put = async (text: string) => {
    const bytes = Buffer.from(text)
    hash.update(bytes)
    done.bytes += bytes.length
    await file.writeFile(bytes)
  }
  try {
    await put(csvLine(columns))
    for await (const page of pages) {
      done.rows += page.length
      await put(
        page.map(({ source, row, offset, reason, raw }) => csvLine([source, row, offset, reason, raw])).join(''),
      )
    }
    await file.sync()
  } finally {
    await file.close()
  }
  return { ...done, sha256: hash.digest('hex') }
}

async function giveName(temporary: string, place: RejectsPlace & Written): Promise<string> {
  for (let number = 1; ; number++) {
    const final = join(place.outDir, number === 1 ? rejectsName : `rejects-${number}.csv`)
    if (place.force) {
      await rename(temporary, final)
      return final
    }
    if (await linkInPlace(temporary, final, place)) return final
  }
}

/** False when another file stands there. One with the same bytes is this one, named before a crash. */
async function linkInPlace(temporary: string, final: string, written: Written): Promise<boolean> {
  try {
    await link(temporary, final)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const there = await whatIsThere(final, written)
    if (there === 'other' || (there === 'nothing' && code === 'EEXIST')) return false
    // Some file systems know no links.
    if (there === 'nothing') await rename(temporary, final)
  }
  await rm(temporary, { force: true })
  return true
}

/** A file of another size is another one; no more than a file of ours is read, and not into memory. */
async function whatIsThere(path: string, { bytes, sha256 }: Written): Promise<'ours' | 'other' | 'nothing'> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error.code)
  if (found === 'ENOENT') return 'nothing'
  if (typeof found !== 'object' || !found.isFile() || found.size !== bytes) return 'other'
  return (await sha256Of(path)) === sha256 ? 'ours' : 'other'
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
