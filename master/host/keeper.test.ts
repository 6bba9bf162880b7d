import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { stampOf } from '../store/backups.ts'
import { readerOf, emptyLedger, commit, someJob } from '../store/testLedger.ts'
import { Keeper } from './keeper.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-keeper-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const hourMs = 3_600_000
const madeAt = Date.parse('2026-01-02T00:00:00.000Z')

/** A keeper whose day is as late as `clock.now` says. */
function makeKeeper({ jobs = 1, fails = false }: { jobs?: number; fails?: boolean } = {}) {
  const db = emptyLedger()
  for (let number = 1; number <= jobs; number += 1) commit(db, [{ type: 'jobMade', job: someJob(number) }])
  const clock = { now: madeAt }
  const done: string[] = []
  const keeper = new Keeper({
    store: {
      read: readerOf(db),
      async backUp() {
        if (fails) throw new Error('no room')
        const path = join(folder, `gristmill-${stampOf(clock.now)}.db`)
        mkdirSync(folder, { recursive: true })
        writeFileSync(path, 'x')
        done.push('backup')
        return { path, madeAt: clock.now, bytes: 1 }
      },
    },
    backups: folder,
    retire: async () => void done.push('retire'),
    log: { info: () => undefined, warn: (line) => done.push(line) },
    now: () => clock.now,
  })
  return { keeper, clock, done }
}

test('a backup is made when there is none and when the newest is a day old, and the policy is applied each time', async () => {
  const { keeper, clock, done } = makeKeeper()
  await keeper.look()
  expect(done.splice(0)).toEqual(['backup', 'retire'])
  clock.now = madeAt + 24 * hourMs - 1
  await keeper.look()
  expect(done.splice(0)).toEqual(['retire'])
  clock.now = madeAt + 24 * hourMs
  await keeper.look()
  expect(done.splice(0)).toEqual(['backup', 'retire'])
})

test('a home in which nothing was done is not backed up', async () => {
  const { keeper, done } = makeKeeper({ jobs: 0 })
  await keeper.look()
  expect(done).toEqual(['retire'])
})

test('a backup that cannot be made is told, and keeps nothing else from being done', async () => {
  const { keeper, done } = makeKeeper({ fails: true })
  await keeper.look()
  expect(done).toEqual(['could not back up the ledger: no room', 'retire'])
})

test('a keeper that has been stopped does nothing any more', async () => {
  const { keeper, done } = makeKeeper()
  await keeper.stop()
  await keeper.look()
  expect(done).toEqual([])
})
