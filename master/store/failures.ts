import Database from 'better-sqlite3'
import { Bug } from '../../contract/invariant.ts'
import { StoreError } from './store.ts'

/** SQLite's and the file system's words for what went wrong, as one of the store's codes. The longest prefix that fits decides. */
const codes: readonly (readonly [prefix: string, code: StoreError['code']])[] = [
  ['SQLITE_BUSY', 'busy'],
  ['SQLITE_LOCKED', 'busy'],
  ['SQLITE_FULL', 'full'],
  ['SQLITE_IOERR_WRITE', 'full'],
  ['SQLITE_IOERR_FSYNC', 'full'],
  ['SQLITE_IOERR_DIR_FSYNC', 'full'],
  ['SQLITE_IOERR_TRUNCATE', 'full'],
  ['SQLITE_IOERR_SHMSIZE', 'full'],
  ['SQLITE_IOERR_SHMMAP', 'full'],
  ['SQLITE_IOERR', 'corrupt'],
  ['SQLITE_CORRUPT', 'corrupt'],
  ['SQLITE_NOTADB', 'corrupt'],
  ['SQLITE_READONLY', 'readOnly'],
  ['SQLITE_PERM', 'readOnly'],
  ['SQLITE_AUTH', 'readOnly'],
  ['SQLITE_CANTOPEN', 'readOnly'],
  ['ENOSPC', 'full'],
  ['EDQUOT', 'full'],
  ['EIO', 'corrupt'],
  ['EACCES', 'readOnly'],
  ['EPERM', 'readOnly'],
  ['EROFS', 'readOnly'],
  ['EISDIR', 'readOnly'],
  ['ENOENT', 'missing'],
  ['ENOTDIR', 'missing'],
]

export function storeCodeOf(code: string): StoreError['code'] | undefined {
  return codes.find(([prefix]) => code.startsWith(prefix))?.[1]
}

/** What a failure of the database means to the store's callers; a failure that is none of the disk's or the file's is a Bug. */
export function failureOf(error: unknown, attempted: string): StoreError | Bug {
  if (error instanceof StoreError || error instanceof Bug) return error
  const message = `${attempted} failed: ${error instanceof Error ? error.message : String(error)}`
  const code = error instanceof Database.SqliteError || hasCode(error) ? storeCodeOf(error.code) : undefined
  if (code === undefined) return new Bug(message, { cause: error })
  // SQLite says `disk I/O error` where a page of its shared memory, or a file that was to grow, found no room.
  const why = code === 'full' && message.endsWith('disk I/O error') ? `${message}; the disk may be full` : message
  return new StoreError(code, why, { cause: error })
}

function hasCode(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
}

/** A failure as it crosses from a thread of the store to its owner: classes do not survive the way. */
export type Failure =
  | { family: 'store'; code: StoreError['code']; message: string }
  | { family: 'bug'; message: string; stack: string | undefined }

export function describeFailure(error: unknown, attempted: string): Failure {
  const failure = failureOf(error, attempted)
  return failure instanceof StoreError
    ? { family: 'store', code: failure.code, message: failure.message }
    : { family: 'bug', message: failure.message, stack: stackOf(failure) }
}

function stackOf(bug: Bug): string | undefined {
  return bug.cause instanceof Error ? bug.cause.stack : bug.stack
}

export function reviveFailure(failure: Failure): StoreError | Bug {
  if (failure.family === 'store') return new StoreError(failure.code, failure.message)
  const bug = new Bug(failure.message)
  if (failure.stack !== undefined) bug.stack = failure.stack
  return bug
}
