import Database from 'better-sqlite3'
import { StoreError } from './store.ts'

/**
 * The lock of a home folder as SQLite holds it: an exclusive transaction that stays open. The kernel frees it when the process dies,
 * and keeps it while the process is merely stopped.
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
    database.pragma('journal_mode = WAL')
    database.exec('BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database?.close()
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return null
    throw new StoreError('readOnly', `cannot lock ${path}`, { cause: error })
  }
}
