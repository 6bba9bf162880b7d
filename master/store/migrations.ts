import type { Database } from 'better-sqlite3'
import { crashPoint } from '../../contract/crashPoint.ts'
import { firstSchema } from './migrations/0001.ts'
import { blameColumns } from './migrations/0002.ts'
import { StoreError } from './store.ts'

/** In order; the n-th brings a ledger from version n-1 to n. Released ones are never edited. */
export const migrations: readonly string[] = [firstSchema, blameColumns]

/** What `PRAGMA user_version` says of a ledger that this Gristmill reads and writes. */
export const schemaVersion = migrations.length

export function versionOf(db: Database): number {
  return db.pragma('user_version', { simple: true }) as number
}

/** Refuses a ledger that a newer Gristmill has written: nothing of it is touched. */
export function refuseNewer(db: Database, file: string): void {
  refuseVersion(versionOf(db), file)
}

export function refuseVersion(version: number, file: string): void {
  if (version > schemaVersion)
    throw new StoreError(
      'tooNew',
      `${file} was written by a newer Gristmill (version ${version} of the ledger, this one knows ${schemaVersion}); update Gristmill`,
    )
}

/** Brings the ledger up to date, each step in a transaction of its own: killed in one, the version before it stays whole. */
export function migrate(db: Database, steps: readonly string[]): void {
  for (let version = versionOf(db); version < steps.length; version += 1) {
    db.transaction(() => {
      db.exec(steps[version] ?? '')
      db.pragma(`user_version = ${version + 1}`)
      crashPoint('ledger-migrated')
    }).exclusive()
  }
}
