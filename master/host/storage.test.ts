import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Input } from '../../contract/dataset.ts'
import { storageSchema } from '../../contract/storage.ts'
import { commit, emptyLedger, readerOf, runningJob, someJob } from '../store/testLedger.ts'
import { homePaths, type HomePaths } from './home.ts'
import { measureStorage } from './storage.ts'

let home: string
let paths: HomePaths
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'gristmill-storage-')))
  paths = homePaths(home)
  for (const folder of [paths.scratch, paths.out, paths.backups, paths.spool]) mkdirSync(folder)
})
afterEach(() => rmSync(home, { recursive: true }))

const everything = { keepDays: null, keepBytes: null }

function fill(folder: string, name: string, bytes: number): string {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), Buffer.alloc(bytes))
  return join(folder, name)
}

function spooledAt(path: string): Input {
  const fingerprint = { bytes: 1, modifiedAt: 1, inode: '1', headTail: '' }
  return { path, name: 'stdin', bytes: 1, format: 'text', cellBytes: 1, fingerprint, spooled: true }
}

test('every byte of a home is counted where it lies, and the jobs that take most come first', async () => {
  const db = emptyLedger()
  const spooled = fill(paths.spool, 'a', 300)
  commit(db, [{ type: 'jobMade', job: someJob(1, { id: 'small' }) }])
  commit(db, [
    {
      type: 'jobMade',
      job: someJob(2, { id: 'large', inputs: [spooledAt(spooled), { ...spooledAt('/etc/hosts'), spooled: false }] }),
    },
  ])
  commit(db, [{ type: 'jobMoved', job: 2, from: 'queued', to: 'cancelled', at: 9 }])
  fill(join(paths.scratch, 'large', 'deep'), '1.1.x', 50_000)
  fill(join(paths.out, 'large'), 'result.txt', 7000)
  fill(paths.logs, 'host.log', 11)
  fill(paths.backups, 'b.db', 500)
  fill(paths.indexes, 'a.index', 40)
  fill(home, 'gristmill.db', 4096)
  fill(home, 'gristmill.db-wal', 100)
  fill(home, 'gristmill.db.corrupt-2026', 60)
  const storage = storageSchema.parse(await measureStorage(paths, readerOf(db), everything))
  expect(storage.bytes).toEqual({
    database: 4196,
    backups: 500,
    movedAside: 60,
    logs: 11,
    scratch: 50_000,
    spool: 300,
    out: 7000,
    indexes: 40,
  })
  expect(storage.total).toBe(62_107)
  expect(storage.largest.map(({ id }) => id)).toEqual(['large', 'small'])
  const [large] = storage.largest
  expect(large?.bytes).toMatchObject({ scratch: 50_000, spool: 300, out: 7000 })
  expect(storage.freeable).toEqual({ jobs: 1, bytes: large?.total })
  expect(storage.diskFree).toBeGreaterThan(0)
})

test('of many jobs ten are shown, and a home that lacks its folders takes nothing there', async () => {
  const db = emptyLedger()
  for (let number = 1; number <= 12; number += 1) commit(db, runningJob(number, number * 10))
  rmSync(paths.scratch, { recursive: true })
  const storage = await measureStorage(paths, readerOf(db), everything)
  expect(storage.largest).toHaveLength(10)
  expect(storage.largest[0]?.id).toBe('jobaaaaaaa12')
  expect(storage.bytes.scratch).toBe(0)
  expect(storage.freeable).toEqual({ jobs: 0, bytes: 0 })
})
