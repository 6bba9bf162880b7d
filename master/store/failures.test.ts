import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { Bug } from '../../contract/invariant.ts'
import { describeFailure, failureOf, reviveFailure, storeCodeOf } from './failures.ts'
import { StoreError } from './store.ts'

test.each([
  ['SQLITE_BUSY_SNAPSHOT', 'busy'],
  ['SQLITE_LOCKED', 'busy'],
  ['SQLITE_FULL', 'full'],
  ['SQLITE_IOERR_WRITE', 'full'],
  ['SQLITE_IOERR_SHORT_READ', 'corrupt'],
  ['SQLITE_CORRUPT_VTAB', 'corrupt'],
  ['SQLITE_NOTADB', 'corrupt'],
  ['SQLITE_READONLY_DIRECTORY', 'readOnly'],
  ['SQLITE_CANTOPEN', 'readOnly'],
  ['EACCES', 'readOnly'],
  ['EROFS', 'readOnly'],
  ['ENOSPC', 'full'],
  ['ENOENT', 'missing'],
  ['SQLITE_CONSTRAINT_UNIQUE', undefined],
  ['SQLITE_ERROR', undefined],
])('%s is told as %s', (code, told) => {
  expect(storeCodeOf(code)).toBe(told)
})

test('a failure of the disk is a StoreError that says what was attempted and keeps its cause', () => {
  const cause = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  const failure = failureOf(cause, 'writing to the ledger')
  expect(failure).toBeInstanceOf(StoreError)
  expect(failure).toMatchObject({
    code: 'full',
    message: 'writing to the ledger failed: no space left on device',
    cause,
  })
})

test('where SQLite found no room and speaks of an error only, the disk is named', () => {
  const error = new Database.SqliteError('disk I/O error', 'SQLITE_IOERR_SHMSIZE')
  expect(failureOf(error, 'opening')).toMatchObject({
    code: 'full',
    message: 'opening failed: disk I/O error; the disk may be full',
  })
})

test('every other failure is a Bug, and a failure that has its family keeps it', () => {
  expect(failureOf(new TypeError('x is undefined'), 'reading')).toBeInstanceOf(Bug)
  expect(failureOf('thrown text', 'reading')).toMatchObject({ name: 'Bug', message: 'reading failed: thrown text' })
  const known = new StoreError('busy', 'wait')
  expect(failureOf(known, 'reading')).toBe(known)
})

test('a failure comes out of a thread as it went in, a Bug with the place where it happened', () => {
  const store = reviveFailure(describeFailure(new StoreError('full', 'no room'), 'writing'))
  expect(store).toMatchObject({ name: 'StoreError', code: 'full', message: 'no room' })
  const cause = new TypeError('x is undefined')
  const bug = reviveFailure(describeFailure(cause, 'writing'))
  expect(bug).toBeInstanceOf(Bug)
  expect(bug.stack).toBe(cause.stack)
})
