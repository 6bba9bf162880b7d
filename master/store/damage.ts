import { closeSync, existsSync, openSync, readSync, renameSync, statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { refuseVersion } from './migrations.ts'
import { readIntegrity } from './read/integrity.ts'

/** Whether a ledger's file can be trusted, found out before anything else has it open. Nothing here repairs or removes. */

/** Looked through each time: some tenths of a second. */
const alwaysCheckedBytes = 64 * 1024 * 1024
/** Above this not even after an end that was not clean: more than ten seconds. */
export const mostCheckedBytes = 2 * 1024 * 1024 * 1024

export type Examination =
  | { state: 'none' }
  | { state: 'empty' }
  | { state: 'damaged'; why: string }
  | { state: 'sound'; version: number; check: string }

/** A `tooNew` StoreError leaves the file untouched; other StoreErrors and SQLite's own errors say that it cannot be opened at all. */
export function examine(file: string): Examination {
  const size = statSync(file, { throwIfNoEntry: false })?.size
  if (size === undefined) return { state: 'none' }
  // SQLite takes a file without a byte for a new database, whatever it was before.
  if (size === 0) return { state: 'empty' }
  const header = headerOf(file)
  // Not opened even to be looked through: SQLite would remove the log beside it.
  if (header === null) return { state: 'damaged', why: 'file is not a database' }
  // Opening a database may write to it; its version stands in its header too.
  refuseVersion(header.version, file)
  const clean = logBytes(file) === 0
  try {
    return { state: 'sound', ...lookThrough(file, { size, clean }) }
  } catch (error) {
    if (!isDamage(error)) throw error
    return { state: 'damaged', why: error.message }
  }
}

function lookThrough(
  file: string,
  { size, clean }: { size: number; clean: boolean },
): { version: number; check: string } {
  const db = new Database(file, { timeout: 5000, fileMustExist: true })
  try {
    const version = db.pragma('user_version', { simple: true }) as number
    refuseVersion(version, file)
    const skipped = whySkipped(size, clean)
    if (skipped !== null) return { version, check: `skipped: ${skipped}` }
    const why = damageOf(db)
    if (why !== null) throw new Damage(why)
    return { version, check: clean ? 'passed' : 'passed after an end that was not clean' }
  } finally {
    db.close()
  }
}

function whySkipped(size: number, clean: boolean): string | null {
  if (size > mostCheckedBytes) return `the file has ${size} bytes, which would take too long`
  if (size > alwaysCheckedBytes && clean) return `the file has ${size} bytes and was closed cleanly`
  return null
}

/** What is wrong with an open database; null when nothing is. */
export function damageOf(db: Database.Database): string | null {
  try {
    return readIntegrity(db, { largestBytes: Infinity, withinMs: Infinity }).problems[0] ?? null
  } catch (error) {
    if (isDamage(error)) return error.message
    throw error
  }
}

class Damage extends Error {
  override name = 'Damage'
}

function isDamage(error: unknown): error is Error {
  if (error instanceof Damage) return true
  return (
    error instanceof Database.SqliteError &&
    (error.code.startsWith('SQLITE_CORRUPT') || error.code.startsWith('SQLITE_NOTADB'))
  )
}

/** Bytes that were committed and not yet brought into the file: a ledger that was closed has none. */
function logBytes(file: string): number {
  return statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0
}

/** What stands in the first bytes; null when they are no database's. https://www.sqlite.org/fileformat.html */
function headerOf(file: string): { version: number } | null {
  const header = Buffer.alloc(64)
  const fd = openSync(file, 'r')
  try {
    readSync(fd, header, 0, header.length, 0)
  } finally {
    closeSync(fd)
  }
  const isDatabase = header.subarray(0, 16).toString('latin1') === 'SQLite format 3\0'
  return isDatabase ? { version: header.readUInt32BE(60) } : null
}

/** Renames the file and its companions; a companion that stayed would be taken for the next file's. Gives the new path. */
export function setAside(file: string, stamp: string): string {
  const aside = `${file}.corrupt-${stamp}`
  for (const suffix of ['', '-wal', '-shm'])
    if (existsSync(`${file}${suffix}`)) renameSync(`${file}${suffix}`, `${aside}${suffix}`)
  return aside
}
