import { lstat, readdir, stat, statfs } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { JobStorage, Keeping, Storage } from '../../contract/storage.ts'
import { finalJobStates } from '../../contract/transitions.ts'
import type { Footprint } from '../store/read/footprints.ts'
import type { Reader } from '../store/store.ts'
import type { HomePaths } from './home.ts'

/** What takes the disk in a home, measured file by file. It changes nothing. */

const most = 10

export type Places = Pick<HomePaths, 'home' | 'database' | 'backups' | 'logs' | 'scratch' | 'spool' | 'out' | 'indexes'>

export async function measureStorage(
  paths: Places,
  reader: Pick<Reader, 'footprints'>,
  keeping: Keeping,
): Promise<Storage> {
  const jobs = await measureJobs(paths, reader)
  const bytes = {
    database: await databaseBytes(paths.database),
    backups: await bytesUnder(paths.backups),
    movedAside: await movedAsideBytes(paths),
    logs: await bytesUnder(paths.logs),
    scratch: await bytesUnder(paths.scratch),
    spool: await bytesUnder(paths.spool),
    out: await bytesUnder(paths.out),
    indexes: await bytesUnder(paths.indexes),
  }
  const { bavail, bsize } = await statfs(paths.home)
  const ended = jobs.filter(({ state }) => finalJobStates.has(state))
  return {
    home: paths.home,
    keeping,
    bytes,
    total: sum(Object.values(bytes)),
    diskFree: bavail * bsize,
    freeable: { jobs: ended.length, bytes: sum(ended.map(({ total }) => total)) },
    largest: jobs
      .toSorted((one, other) => other.total - one.total)
      .slice(0, most)
      .map(withoutNumber),
  }
}

/** A job's storage with the number by which it is removed. */
export interface MeasuredJob extends JobStorage {
  number: number
}

function withoutNumber({ number: _, ...job }: MeasuredJob): JobStorage {
  return job
}

/** All jobs, those that ended longest ago first, unfinished ones last. */
export async function measureJobs(
  paths: Pick<Places, 'scratch' | 'out'>,
  reader: Pick<Reader, 'footprints'>,
): Promise<MeasuredJob[]> {
  const footprints = await reader.footprints()
  const measured: MeasuredJob[] = []
  for (const footprint of footprints) measured.push(await measureJob(paths, footprint))
  return measured
}

async function measureJob(paths: Pick<Places, 'scratch' | 'out'>, job: Footprint): Promise<MeasuredJob> {
  const { number, id, name, state, finishedAt } = job
  const bytes = {
    database: job.databaseBytes,
    scratch: await bytesUnder(join(paths.scratch, id)),
    spool: sum(await Promise.all(job.spooled.map(bytesOf))),
    out: await bytesUnder(join(paths.out, id)),
  }
  return { number, id, name, state, finishedAt, bytes, total: sum(Object.values(bytes)) }
}

async function databaseBytes(file: string): Promise<number> {
  return sum(await Promise.all([file, `${file}-wal`, `${file}-shm`].map(bytesOf)))
}

async function movedAsideBytes({ home, database }: Pick<Places, 'home' | 'database'>): Promise<number> {
  const prefix = `${basename(database)}.corrupt-`
  const names = (await readdir(home)).filter((name) => name.startsWith(prefix))
  return sum(await Promise.all(names.map((name) => bytesOf(join(home, name)))))
}

/** What the disk gives for it; files that go meanwhile, or were never there, take nothing. */
async function bytesOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    return goneBytes(error)
  }
}

async function bytesUnder(folder: string): Promise<number> {
  try {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true })
    let bytes = 0
    for (const entry of entries)
      if (entry.isFile()) bytes += (await lstat(join(entry.parentPath, entry.name)).catch(goneStat)).size
    return bytes
  } catch (error) {
    return goneBytes(error)
  }
}

function goneStat(error: unknown): { size: number } {
  return { size: goneBytes(error) }
}

function goneBytes(error: unknown): 0 {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
  throw error
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0)
}
