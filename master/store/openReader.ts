import { accessSync, chmodSync, constants, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Database } from 'better-sqlite3'
import { openForReading } from './database.ts'
import { failureOf } from './failures.ts'
import { answerQuestion, readerOver } from './read/questions.ts'
import { type Reader, StoreError } from './store.ts'

/** For a command that only reads, beside a host or without one: no thread, no write. Throws a StoreError when there is no ledger. */
export function openReader(file: string): Reader & { close(): void } {
  const { db, close } = openAnywhere(file)
  const reader = readerOver(async (question) => {
    try {
      return answerQuestion(db, question)
    } catch (error) {
      throw failureOf(error, `reading ${question.ask} from ${file}`)
    }
  })
  return { ...reader, close }
}

interface Opened {
  db: Database
  close: () => void
}

/**
 * Even to read, SQLite wants to write beside a database that has a log. Where it may not, because the folder is another's or the file
 * system is read-only, no master can be at work either, and a copy is read.
 */
function openAnywhere(file: string): Opened {
  try {
    const db = openForReading(file)
    return { db, close: () => void db.close() }
  } catch (error) {
    if (!(error instanceof StoreError && error.code === 'readOnly' && isUnwritable(dirname(file)))) throw error
    return openCopy(file)
  }
}

function isUnwritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return false
  } catch (error) {
    return ['EACCES', 'EROFS', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')
  }
}

function openCopy(file: string): Opened {
  const folder = mkdtempSync(join(tmpdir(), 'gristmill-copy-'))
  const copy = join(folder, basename(file))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    for (const suffix of ['', '-wal']) copyIfThere(`${file}${suffix}`, `${copy}${suffix}`)
    const db = openForReading(copy)
    return {
      db,
      close() {
        db.close()
        remove()
      },
    }
  } catch (error) {
    remove()
    throw failureOf(error, `copying ${file}`)
  }
}

function copyIfThere(from: string, to: string): void {
  if (!existsSync(from)) return
  copyFileSync(from, to, constants.COPYFILE_FICLONE)
  // A copy of a read-only file is read-only too.
  chmodSync(to, 0o600)
}
