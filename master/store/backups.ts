import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { crashPoint } from '../../contract/crashPoint.ts'
import { damageOf, mostCheckedBytes } from './damage.ts'
import { openForReading } from './database.ts'
import { failureOf } from './failures.ts'
import { StoreError } from './store.ts'

/**
 * Copies of the ledger beside it: `<folder>/gristmill-<instant>.db`, each one whole and looked through before it has its name. The
 * newest five are kept. A copy is made from one snapshot, in slices, while the ledger is written to.
 */
export interface Backup {
  path: string
  madeAt: number
  bytes: number
}

const kept = 5
const pagesPerSlice = 512
/** Left free on the disk, for the ledger itself. */
const reserveBytes = 64 * 1024 * 1024
const nameOf = /^gristmill-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z\.db$/

/** An instant as part of a file's name: ISO 8601 without colons, which Windows does not take. */
export function stampOf(instant: number): string {
  return new Date(instant).toISOString().replaceAll(/[:.]/g, '-')
}

/** Newest first. None where there is no such folder. */
export function listBackups(folder: string): Backup[] {
  return namesIn(folder)
    .flatMap((name) => {
      const [, day, hour, minute, second, ms] = nameOf.exec(name) ?? []
      if (day === undefined) return []
      const path = join(folder, name)
      const bytes = statSync(path, { throwIfNoEntry: false })?.size
      const madeAt = Date.parse(`${day}T${hour}:${minute}:${second}.${ms}Z`)
      return bytes === undefined ? [] : [{ path, madeAt, bytes }]
    })
    .toSorted((one, other) => other.madeAt - one.madeAt)
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw failureOf(error, `looking through ${folder}`)
  }
}

export interface BackupOrder {
  folder: string
  now: number
  /** Asked between slices: true gives the backup up. */
  cancelled?: () => boolean
}

/**
 * Copies what `db` is connected to, as it stands now. `db` is used for nothing else meanwhile. Rejects with a StoreError, and leaves
 * nothing of the copy, when the disk has no room for it or when the ledger turns out to be damaged.
 */
export async function writeBackup(db: Database.Database, { folder, now, cancelled }: BackupOrder): Promise<Backup> {
  const path = join(folder, `gristmill-${stampOf(now)}.db`)
  const part = `${path}.part`
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    removeParts(folder)
    requireRoom(db, folder)
    await copy(db, part, cancelled)
    const bytes = requireWhole(part)
    crashPoint('backup-copied')
    finish(part, path, folder)
    for (const old of listBackups(folder).slice(kept)) rmSync(old.path, { force: true })
    return { path, madeAt: now, bytes }
  } catch (error) {
    rmSync(part, { force: true })
    throw failureOf(error, `backing up to ${folder}`)
  }
}

/** A whole copy of a ledger at `to`, which must not exist. Rejects with a StoreError. */
export async function copyLedger(file: string, to: string): Promise<void> {
  const db = openForReading(file)
  try {
    await copy(db, to, undefined)
    requireWhole(to)
  } catch (error) {
    throw failureOf(error, `copying ${file}`)
  } finally {
    db.close()
  }
}

/** What an earlier backup left when its process was killed. */
function removeParts(folder: string): void {
  for (const name of namesIn(folder)) if (/\.part(-journal|-wal|-shm)?$/.test(name)) rmSync(join(folder, name))
}

function requireRoom(db: Database.Database, folder: string): void {
  const pages = db.pragma('page_count', { simple: true }) as number
  const pageBytes = db.pragma('page_size', { simple: true }) as number
  const { bavail, bsize } = statfsSync(folder)
  if (bavail * bsize < pages * pageBytes + reserveBytes)
    throw new StoreError('full', `there is no room for a backup of ${pages * pageBytes} bytes in ${folder}`)
}

/** The open transaction keeps the copy at one snapshot: without it every commit meanwhile would begin it anew. */
async function copy(db: Database.Database, to: string, cancelled: (() => boolean) | undefined): Promise<void> {
  db.exec('BEGIN')
  try {
    db.prepare('SELECT count(*) FROM sqlite_schema').get()
    await db.backup(to, {
      progress: () => {
        if (cancelled?.() === true) throw new StoreError('busy', 'the backup was put off: the store is closing')
        return pagesPerSlice
      },
    })
  } finally {
    db.exec('COMMIT')
  }
}

/** A damaged ledger must not push out good copies of it. */
function requireWhole(part: string): number {
  const { size } = statSync(part)
  const db = new Database(part)
  try {
    // A copy that stands alone: no log beside it.
    db.pragma('journal_mode = DELETE')
    const damage = size > mostCheckedBytes ? null : damageOf(db)
    if (damage !== null) throw new StoreError('corrupt', `the ledger is damaged (${damage})`)
  } finally {
    db.close()
  }
  return size
}

function finish(part: string, path: string, folder: string): void {
  syncPath(part)
  renameSync(part, path)
  // Windows cannot sync a folder.
  if (process.platform !== 'win32') syncPath(folder)
}

export function syncPath(path: string): void {
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
