import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { schemaVersion, versionOf } from '../master/store/migrations.ts'
import { openLedger } from '../master/store/openLedger.ts'
import { commit, finished, outcome, readerOf, started } from '../master/store/testLedger.ts'
import { ledgersFolder } from './ledgerFixture.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-fixture-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const versions = Array.from({ length: schemaVersion }, (_, index) => index + 1)

it('there is a ledger of every schema, and no other', () => {
  expect(readdirSync(ledgersFolder).toSorted()).toEqual(versions.map((version) => `v${version}.db`).toSorted())
})

describe.each(versions)('a ledger of schema %i', (version) => {
  it('opens, tells all that it held, and goes on', async () => {
    const file = join(folder, 'gristmill.db')
    copyFileSync(join(ledgersFolder, `v${version}.db`), file)
    const { db, opening } = await openLedger({ file, backups: join(folder, 'backups'), now: 0 })
    expect(opening).toEqual({ check: 'passed', notes: [] })
    expect(versionOf(db)).toBe(schemaVersion)
    const reader = readerOf(db)
    const { jobs, total } = await reader.jobs({ limit: 10, offset: 0 })
    expect([total, jobs.map(({ job }) => [job.name, job.state])]).toEqual([
      3,
      [
        ['Under way', 'running'],
        ['Never works', 'failed'],
        ['Sales by region', 'succeeded'],
      ],
    ])
    expect(await reader.lastNumber()).toBe(4)
    expect(await reader.unfinished()).toEqual([3])
    expect((await reader.jobs({ search: 'quarterly', limit: 10, offset: 0 })).total).toBe(1)

    const detail = await reader.detail(1)
    expect(detail.document).toMatchObject({
      job: { tasks: { total: 2, succeeded: 2 }, rejects: 1, bytes: 200, rows: 10, finishedAt: 5000 },
      result: { total: 12.5 },
      artifacts: [{ name: 'a.csv', path: '/data/out/a.csv', bytes: 3, sha256: 'ff', rows: 1 }],
    })
    expect(detail.events).toEqual([{ at: 5000, type: 'succeeded', text: 'Finished.' }])
    expect(detail.samples).toHaveLength(1)
    expect(await reader.rejects(1, { limit: 9, offset: 0 })).toMatchObject({
      total: 1,
      rejects: [{ source: '/data/sales.csv', row: 2, offset: 9, reason: 'not a number', raw: 'x,y' }],
    })
    expect(await reader.attempts(2, 0)).toMatchObject([
      { outcome: 'crashed', signal: 'SIGKILL', logTail: 'its last words' },
    ])
    expect((await reader.detail(2)).document.error).toMatchObject({ code: 'crashed', task: 0 })

    const { tasks, partial } = await reader.ledger(3)
    expect(tasks.map(({ state }) => state)).toEqual(['succeeded', 'pending', 'pending'])
    expect(partial).toEqual({ result: { total: 4 }, coverage: 0.33 })
    commit(db, [started(3, [1, 2]), finished(3, [outcome(1), outcome(2)])])
    commit(db, [{ type: 'jobMoved', job: 3, from: 'running', to: 'succeeded', at: 9000 }])
    expect(await reader.unfinished()).toEqual([])
    db.close()
  })
})
