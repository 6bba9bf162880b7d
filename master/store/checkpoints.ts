import { statSync } from 'node:fs'
import type { Database } from 'better-sqlite3'

/** A WAL above this is started anew, for which the writer waits a moment. */
const largestWalBytes = 64 * 1024 * 1024

interface CheckpointRow {
  busy: number
  /** Pages in the WAL, and how many of them the database file has. */
  log: number
  checkpointed: number
}

/**
 * Moves what is committed from the WAL into the database file, beside the writer and not in its way; only a WAL that has grown
 * beyond its bound makes it wait, for the few pages written meanwhile.
 */
export function checkpoint(db: Database, file: string): void {
  run(db, 'PASSIVE')
  if (walBytes(file) > largestWalBytes) run(db, 'RESTART')
}

/** When nothing is being written: leaves an empty WAL behind. False when somebody was still reading or writing. */
export function truncateWal(db: Database): boolean {
  return run(db, 'TRUNCATE').busy === 0
}

function run(db: Database, mode: 'PASSIVE' | 'RESTART' | 'TRUNCATE'): CheckpointRow {
  const [row] = db.pragma(`wal_checkpoint(${mode})`) as CheckpointRow[]
  return row ?? { busy: 1, log: -1, checkpointed: -1 }
}

function walBytes(file: string): number {
  return statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0
}
