import type { Database } from 'better-sqlite3'
import { firstSchema } from './migrations/0001.ts'
import { blameColumns } from './migrations/0002.ts'
import { StoreError } from './store.ts'

/** In order; the n-th brings a ledger from version n-1 to n. Released ones are never edited. */
const migrations: readonly string[] = [firstSchema, blameColumns]

/** What `PRAGMA user_version` says of a ledger that this Gristmill reads and writes. */
export const schemaVersion = migrations.length

export function versionOf(db: Database): number {
  return db.pragma('user_version', { simple: true }) as number
}

/** Refuses a ledger that a newer Gristmill has written: nothing of it is touched. */
export function refuseNewer(db: Database, file: string): void {
  const version = versionOf(db)
  if (version > schemaVersion)
    throw new StoreError(
      'tooNew',
      `${file} was written by a newer Gristmill (version ${version} of the ledger, this one knows ${schemaVersion}); update Gristmill`,
    )
}

/** Brings the ledger up to date, each step in a transaction of its own. */
export function migrate(db: Database): void {
  for (let version = versionOf(db); version < schemaVersion; version += 1) {
    db.transaction(() => {
      db.exec(migrations[version] ?? '')
      db.pragma(`user_version = ${version + 1}`)
    }).exclusive()
  }
}
