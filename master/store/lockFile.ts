import Database from 'better-sqlite3'
import { storeCodeOf } from './failures.ts'
import { StoreError } from './store.ts'

/**
 * The lock of a home folder as SQLite holds it: an exclusive transaction that stays open and writes nothing, so that it can be had on a
 * full disk too. The kernel frees it when the process dies, and keeps it while the process is merely stopped.
 */

export interface LockFile {
  release(): void
}

/**
 * Locks of this process. They stand here so that none is ever collected, and because closing any other handle of the same file would
 * make the kernel drop the lock: no code may open, copy or back up the file while it is held.
 */
const held = new Map<string, Database.Database>()

/** Null when a process (also this one) holds it. Throws a StoreError when the file cannot be used at all. */
export function takeLockFile(path: string): LockFile | null {
  if (held.has(path)) return null
  const database = openExclusively(path)
  if (database === null) return null
  held.set(path, database)
  return { release: () => releaseLockFile(path, database) }
}

function releaseLockFile(path: string, database: Database.Database): void {
  if (held.get(path) !== database) return
  held.delete(path)
  database.exec('ROLLBACK')
  database.close()
}

function openExclusively(path: string): Database.Database | null {
  let database: Database.Database | null = null
  try {
    database = new Database(path, { timeout: 0 })
    // Any other journal is a file, which a full disk has no room for.
    database.pragma('journal_mode = MEMORY')
    database.exec('BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database?.close()
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return null
    throw refusalOf(path, error)
  }
}

function refusalOf(path: string, error: unknown): StoreError {
  const why = error instanceof Error ? error.message : String(error)
  const code = error instanceof Database.SqliteError ? storeCodeOf(error.code) : undefined
  return new StoreError(code ?? 'readOnly', `cannot lock ${path}: ${why}`, { cause: error })
}
