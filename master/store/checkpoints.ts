import { statSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import { failureOf } from './failures.ts'
import { StoreError } from './store.ts'

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
export function checkpoint(db: Database, { file, largestWalBytes }: { file: string; largestWalBytes: number }): void {
  run(db, 'PASSIVE')
  if (walBytes(file) > largestWalBytes) run(db, 'RESTART')
}

/** When nothing is being written: leaves an empty WAL behind. False when somebody was still reading or writing. */
export function truncateWal(db: Database): boolean {
  return run(db, 'TRUNCATE').busy === 0
}

/** What the disk refuses now is tried again in the next round: until then the WAL keeps everything. */
function run(db: Database, mode: 'PASSIVE' | 'RESTART' | 'TRUNCATE'): CheckpointRow {
  const notDone = { busy: 1, log: -1, checkpointed: -1 }
  try {
    const [row] = db.pragma(`wal_checkpoint(${mode})`) as CheckpointRow[]
    return row ?? notDone
  } catch (error) {
    const failure = failureOf(error, 'a checkpoint')
    if (failure instanceof StoreError) return notDone
    throw failure
  }
}

function walBytes(file: string): number {
  return statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0
}
