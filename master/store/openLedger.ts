import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type Database from 'better-sqlite3'
import { crashPoint } from '../../contract/crashPoint.ts'
import { assertNever } from '../../contract/invariant.ts'
import { listBackups, stampOf, syncPath, writeBackup } from './backups.ts'
import { examine, setAside } from './damage.ts'
import { openForCheckpoints, openForWriting } from './database.ts'
import { failureOf } from './failures.ts'
import { migrations } from './migrations.ts'
import { StoreError } from './store.ts'

/**
 * Opens a home's ledger for its master, whatever state it is found in: looked through, moved aside when it is damaged, the newest good
 * backup in its place, backed up before it is brought up to date. What had to be done is told in a sentence.
 */
export interface LedgerOpening {
  /** What the look through it said, or why there was none. */
  check: string
  /** What a person must be told. */
  notes: string[]
}

export interface LedgerPlace {
  file: string
  /** Folder of the backups. */
  backups: string
  now: number
  /** The migrations of this Gristmill, unless a test has others. */
  steps?: readonly string[]
}

export async function openLedger(place: LedgerPlace): Promise<{ db: Database.Database; opening: LedgerOpening }> {
  const { file, steps = migrations } = place
  try {
    const { version, ...opening } = prepare(place)
    if (version > 0 && version < steps.length) await backUpBeforeMigration(place)
    return { db: openForWriting(file, steps), opening }
  } catch (error) {
    throw failureOf(error, `opening ${file}`)
  }
}

interface Prepared extends LedgerOpening {
  /** 0 when there is no ledger yet. */
  version: number
}

/** Afterwards there is a sound ledger, or none. */
function prepare(place: LedgerPlace): Prepared {
  const found = examine(place.file)
  switch (found.state) {
    case 'sound':
      return { version: found.version, check: found.check, notes: [] }
    case 'damaged':
      return replaceDamaged(place, found.why)
    case 'none':
    case 'empty':
      return replaceLost(place, found.state)
    default:
      return assertNever(found, 'what was found in the place of the ledger')
  }
}

function replaceDamaged(place: LedgerPlace, why: string): Prepared {
  const aside = basename(setAside(place.file, stampOf(place.now)))
  const restored = restore(place)
  const note = `the database could not be trusted (${why}); it was moved to ${aside}, and ${restoredText(restored)}`
  return { version: restored?.version ?? 0, check: `failed: ${why}`, notes: [note] }
}

/** Without its database a log is nobody's: beside another database it would be read as that one's. */
function replaceLost(place: LedgerPlace, state: 'none' | 'empty'): Prepared {
  const lostLog = existsSync(`${place.file}-wal`)
  const aside = setAside(place.file, stampOf(place.now))
  if (state === 'empty') rmSync(aside)
  const restored = restore(place)
  const check = state === 'none' ? 'there was no database' : 'the database was empty'
  const notes = restored === null && !lostLog ? [] : [`${check}; ${restoredText(restored)}`]
  return { version: restored?.version ?? 0, check, notes }
}

interface Restored {
  madeAt: number
  version: number
}

function restoredText(restored: Restored | null): string {
  if (restored === null) return 'as there is no good backup, the history begins anew'
  const made = new Date(restored.madeAt).toISOString()
  return `the backup of ${made} was put in its place: what was done after it is not in the history`
}

/** The newest backup that is whole and that this version can read, in the ledger's place; null when there is none. */
function restore({ file, backups }: LedgerPlace): Restored | null {
  crashPoint('ledger-moved-aside')
  const part = `${file}.restoring`
  for (const { path, madeAt } of listBackups(backups)) {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${part}${suffix}`, { force: true })
    copyFileSync(path, part)
    const version = soundVersion(part)
    if (version === null) continue
    syncPath(part)
    renameSync(part, file)
    // Windows cannot sync a folder.
    if (process.platform !== 'win32') syncPath(dirname(file))
    return { madeAt, version }
  }
  rmSync(part, { force: true })
  return null
}

/** Null when it is damaged, or newer than this Gristmill. */
function soundVersion(file: string): number | null {
  try {
    const found = examine(file)
    return found.state === 'sound' ? found.version : null
  } catch (error) {
    if (error instanceof StoreError && error.code === 'tooNew') return null
    throw error
  }
}

async function backUpBeforeMigration({ file, backups, now }: LedgerPlace): Promise<void> {
  const db = openForCheckpoints(file)
  try {
    await writeBackup(db, { folder: backups, now })
  } finally {
    db.close()
  }
}
