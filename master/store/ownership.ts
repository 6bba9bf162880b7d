import { randomInt } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import { StoreError } from './store.ts'

/**
 * Whose the ledger is, by a mark in its header (`application_id`) that each master sets when it opens the ledger to write. The lock keeps
 * a second master out; where somebody has removed the lock's file under its holder, the mark does: the earlier master finds another one
 * than its own and writes nothing more.
 */
export function putMark(db: Database): number {
  const mark = randomInt(1, 2 ** 31)
  db.pragma(`application_id = ${mark}`)
  return mark
}

/** Within the transaction that is to write: what it finds stays so until it ends. */
export function requireMark(db: Database, mark: number): void {
  if (db.pragma('application_id', { simple: true }) !== mark)
    throw new StoreError(
      'readOnly',
      `another host has taken ${db.name}: the lock of its home was removed under this one`,
    )
}
