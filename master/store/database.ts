import { closeSync, openSync, statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { failureOf } from './failures.ts'
import { migrate, migrations, refuseNewer, schemaVersion, versionOf } from './migrations.ts'
import { StoreError } from './store.ts'

/**
 * Opens the ledger's file. A `StoreError` says why it cannot be opened; no connection is left behind then. Nothing else may open an
 * existing ledger, not even to look: closing any descriptor of a file drops all POSIX locks that the process holds on it.
 */

const busyTimeoutMs = 5000
const writingCacheKib = 64 * 1024
const readingCacheKib = 16 * 1024
const mappedBytes = 256 * 1024 * 1024
/** What is left of the WAL file after it has been started anew. */
const keptWalBytes = 16 * 1024 * 1024

/** For the writing thread: makes the file (owner-only) when it is missing and brings it up to date. */
export function openForWriting(file: string, steps = migrations): Database.Database {
  return opened(file, () => {
    makeOwnerOnly(file)
    const db = new Database(file, { timeout: busyTimeoutMs })
    return configured(db, () => {
      refuseNewer(db, file)
      db.pragma('journal_mode = WAL')
      db.pragma('synchronous = NORMAL')
      db.pragma('wal_autocheckpoint = 0')
      db.pragma(`journal_size_limit = ${keptWalBytes}`)
      share(db, writingCacheKib)
      migrate(db, steps)
    })
  })
}

/** For the reading thread and for commands that only read. */
export function openForReading(file: string): Database.Database {
  return opened(file, () => {
    statSync(file)
    const db = new Database(file, { timeout: busyTimeoutMs, readonly: true, fileMustExist: true })
    return configured(db, () => {
      refuseNewer(db, file)
      refuseOlder(db, file)
      share(db, readingCacheKib)
    })
  })
}

/** For checkpoints: a connection that writes nothing of its own. */
export function openForCheckpoints(file: string): Database.Database {
  return opened(file, () => {
    const db = new Database(file, { timeout: busyTimeoutMs, fileMustExist: true })
    return configured(db, () => {
      db.pragma('wal_autocheckpoint = 0')
      db.pragma(`journal_size_limit = ${keptWalBytes}`)
    })
  })
}

function opened(file: string, open: () => Database.Database): Database.Database {
  try {
    return open()
  } catch (error) {
    throw failureOf(error, `opening ${file}`)
  }
}

function configured(db: Database.Database, configure: () => void): Database.Database {
  try {
    configure()
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** SQLite gives its -wal and -shm files the mode of the file itself. */
function makeOwnerOnly(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}

function refuseOlder(db: Database.Database, file: string): void {
  const version = versionOf(db)
  if (version === 0) throw new StoreError('missing', `${file} holds no ledger yet; run a job first`)
  if (version < schemaVersion)
    throw new StoreError(
      'readOnly',
      `${file} was written by an older Gristmill; start this one once to bring it up to date`,
    )
}

function share(db: Database.Database, cacheKib: number): void {
  db.pragma(`cache_size = -${cacheKib}`)
  db.pragma(`mmap_size = ${mappedBytes}`)
  db.pragma('temp_store = MEMORY')
}
