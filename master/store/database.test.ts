import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkpoint, truncateWal } from './checkpoints.ts'
import { commitGroup } from './commitGroup.ts'
import { openForCheckpoints, openForReading, openForWriting } from './database.ts'
import { schemaVersion, versionOf } from './migrations.ts'
import { openReader } from './openReader.ts'
import { commit, emptyLedger, finished, madeTasks, outcome, runningJob, someJob, started } from './testLedger.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'database-'))
  file = join(folder, 'ledger.db')
})
afterEach(() => rmSync(folder, { recursive: true }))

function coded(code: string): object {
  return expect.objectContaining({ name: 'StoreError', code })
}

test('a new ledger is the newest version, in WAL mode, and its owner alone may read it', () => {
  const db = openForWriting(file)
  commit(db, runningJob(1, 1))
  expect(versionOf(db)).toBe(schemaVersion)
  expect(db.pragma('journal_mode', { simple: true })).toBe('wal')
  for (const name of [file, `${file}-wal`, `${file}-shm`]) expect(statSync(name).mode & 0o777, name).toBe(0o600)
  db.close()
})

test('opening a ledger again changes nothing of it', () => {
  openForWriting(file).close()
  const before = readFileSync(file)
  openForWriting(file).close()
  expect(readFileSync(file)).toEqual(before)
})

test('a migration that was cut off is made again from where it stood', () => {
  writeFileSync(file, '')
  const db = openForWriting(file)
  commit(db, runningJob(1, 1))
  db.close()
})

test('a ledger of a newer version is refused untouched', () => {
  const newer = new Database(file)
  newer.exec(`CREATE TABLE of_the_future (x); PRAGMA user_version = ${schemaVersion + 1}`)
  newer.close()
  const before = readFileSync(file)
  expect(() => openForWriting(file)).toThrow(coded('tooNew'))
  expect(() => openReader(file)).toThrow(coded('tooNew'))
  expect(readFileSync(file)).toEqual(before)
})

test('a reader makes no ledger where there is none', () => {
  expect(() => openReader(file)).toThrow(coded('missing'))
  expect(() => statSync(file)).toThrow(/ENOENT/)
  expect(() => openReader(join(folder, 'none', 'ledger.db'))).toThrow(coded('missing'))
  writeFileSync(file, '')
  expect(() => openReader(file)).toThrow(coded('missing'))
  expect(readFileSync(file)).toHaveLength(0)
})

test('a ledger in a folder that is not there cannot be written', () => {
  expect(() => openForWriting(join(folder, 'none', 'ledger.db'))).toThrow(coded('missing'))
})

test('what is no database is corrupt', () => {
  writeFileSync(file, 'this is a text file, and a long enough one to be looked at as a database\n'.repeat(20))
  expect(() => openForWriting(file)).toThrow(coded('corrupt'))
  expect(() => openReader(file)).toThrow(coded('corrupt'))
})

test('a folder in the place of the ledger is an error of the store', () => {
  expect(() => openForWriting(folder)).toThrow(coded('readOnly'))
})

test('a reading connection cannot write, and sees each commit as soon as it is made', async () => {
  const db = openForWriting(file)
  const reader = openReader(file)
  expect(await reader.lastNumber()).toBe(0)
  commit(db, [{ type: 'jobMade', job: someJob(4) }])
  expect(await reader.lastNumber()).toBe(4)
  const reading = openForReading(file)
  expect(() => commitGroup(reading, [[{ type: 'jobMade', job: someJob(5) }]])).toThrow(coded('readOnly'))
  reading.close()
  reader.close()
  db.close()
})

test('a full disk breaks the group with its code, and the ledger goes on when there is room again', () => {
  const db = openForWriting(file)
  commit(db, runningJob(1, 0))
  const pages = db.pragma('page_count', { simple: true }) as number
  db.pragma(`max_page_count = ${pages + 2}`)
  expect(() => commitGroup(db, [[madeTasks(1, 1)], [madeTasks(1, 50_000, 1)]])).toThrow(coded('full'))
  expect(db.inTransaction).toBe(false)
  db.pragma('max_page_count = 1000000')
  expect(commitGroup(db, [[madeTasks(1, 50_000)]])).toEqual([{ ok: true, accepted: [[true]] }])
  db.close()
})

test('a ledger that another connection is writing is busy', () => {
  const db = openForWriting(file)
  const other = new Database(file)
  other.exec('BEGIN IMMEDIATE')
  db.pragma('busy_timeout = 0')
  expect(() => commitGroup(db, [[{ type: 'jobMade', job: someJob(1) }]])).toThrow(coded('busy'))
  other.exec('ROLLBACK')
  expect(commitGroup(db, [[{ type: 'jobMade', job: someJob(1) }]])).toMatchObject([{ ok: true }])
  other.close()
  db.close()
})

test('a damaged page is told as corrupt', async () => {
  const db = openForWriting(file)
  commit(db, runningJob(1, 5000))
  db.close()
  const bytes = readFileSync(file)
  // The second half is rows of tasks: the schema and the job itself stay whole.
  bytes.fill(0xaa, bytes.length / 2)
  writeFileSync(file, bytes)
  const reader = openReader(file)
  await expect(reader.ledger(1)).rejects.toMatchObject({ name: 'StoreError', code: 'corrupt' })
  reader.close()
})

test('a group is fully synchronous when it ends a job, and only then', () => {
  const db = emptyLedger()
  const pragmas: string[] = []
  const pragma = db.pragma.bind(db)
  db.pragma = (text, options) => {
    pragmas.push(text)
    return pragma(text, options)
  }
  commitGroup(db, [runningJob(1, 1), [started(1, [0])]])
  expect(pragmas).toEqual([])
  const end = { type: 'jobMoved', job: 1, from: 'running', to: 'succeeded', at: 9 } as const
  commitGroup(db, [[finished(1, [outcome(0)])], [end]])
  expect(pragmas).toEqual(['synchronous = FULL', 'synchronous = NORMAL'])
})

test('checkpoints beside the writer bring the log into the file, and an idle ledger keeps an empty one', () => {
  const db = openForWriting(file)
  const checkpoints = openForCheckpoints(file)
  commit(db, runningJob(1, 20_000))
  const before = statSync(file).size
  checkpoint(checkpoints, { file, largestWalBytes: 64 * 1024 * 1024 })
  expect(statSync(file).size).toBeGreaterThan(before)
  expect(statSync(`${file}-wal`).size).toBeGreaterThan(0)
  expect(truncateWal(checkpoints)).toBe(true)
  expect(statSync(`${file}-wal`).size).toBe(0)
  checkpoints.close()
  db.close()
})

test('a log beyond its bound is started anew although the writer goes on', () => {
  const db = openForWriting(file)
  const checkpoints = openForCheckpoints(file)
  commit(db, runningJob(1, 0))
  const frames = (): number => {
    const [row] = checkpoints.pragma('wal_checkpoint(NOOP)') as { log: number }[]
    return row?.log ?? -1
  }
  const largestWalBytes = 1024 * 1024
  for (let first = 0; statSync(`${file}-wal`).size <= largestWalBytes; first += 5000)
    commit(db, [madeTasks(1, 5000, first)])
  expect(frames()).toBeGreaterThan(200)
  checkpoint(checkpoints, { file, largestWalBytes })
  commit(db, [started(1, [0])])
  expect(frames()).toBeLessThan(20)
  checkpoints.close()
  db.close()
})

test('a checkpoint that the disk refuses or a reader holds up is put off', () => {
  const db = openForWriting(file)
  commit(db, runningJob(1, 10))
  const reading = openForReading(file)
  expect(truncateWal(reading)).toBe(false)
  const checkpoints = openForCheckpoints(file)
  checkpoints.pragma('busy_timeout = 0')
  reading.exec('BEGIN')
  reading.prepare('SELECT count(*) FROM jobs').get()
  commit(db, [started(1, [0])])
  expect(truncateWal(checkpoints)).toBe(false)
  reading.exec('COMMIT')
  expect(truncateWal(checkpoints)).toBe(true)
  for (const connection of [checkpoints, reading, db]) connection.close()
})
