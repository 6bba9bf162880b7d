import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openForWriting } from '../master/store/database.ts'
import { commit, runningJob } from '../master/store/testLedger.ts'
import { healthText } from './commands/doctor.ts'
import { examine, examineDatabase } from './health.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'health-'))
  file = join(folder, 'gristmill.db')
})
afterEach(() => rmSync(folder, { recursive: true }))

function writeLedger(): void {
  const db = openForWriting(file)
  commit(db, runningJob(1, 5000))
  db.close()
}

const text = async (database: Awaited<ReturnType<typeof examineDatabase>>) => {
  const health = await examine({ home: join(folder, 'home'), entry: import.meta.filename, version: '0.1.0' })
  return healthText({ ...health, database })
}

describe('the doctor', () => {
  test('finds a ledger healthy after having looked through all of it', async () => {
    writeLedger()
    const database = await examineDatabase(file)
    const check = { bytes: readFileSync(file).length, problems: [], unchecked: [] }
    expect(database).toEqual({ state: 'healthy', jobs: 1, check, why: null })
    expect(await text(database)).toMatch(/healthy, 1 job, all [\d.]+ \S+ checked/)
  })

  test('says which part of a very large ledger it had no time for', async () => {
    writeLedger()
    const database = await examineDatabase(file, { largestBytes: 0, withinMs: 0 })
    expect(database.state).toBe('healthy')
    expect(await text(database)).toMatch(/not looked at .*tasks/)
  })

  test('finds damage, and says what it is', async () => {
    writeLedger()
    const bytes = readFileSync(file)
    const page = 4096 * Math.floor((bytes.length * 0.6) / 4096)
    writeFileSync(file, bytes.fill(0xaa, page, page + 4096))
    const database = await examineDatabase(file)
    expect(database).toMatchObject({ state: 'unwell', jobs: null })
    expect(database.why).toBe(database.check?.problems[0])
    expect(await text(database)).toContain(`unwell: ${database.why}`)
  })

  test('finds a file that is no ledger unwell, and none where there is none', async () => {
    expect(await examineDatabase(file)).toEqual({ state: 'none yet', jobs: null, check: null, why: null })
    writeFileSync(file, 'no database, and long enough to be looked at as one\n'.repeat(40))
    expect(await examineDatabase(file)).toMatchObject({ state: 'unwell', check: null })
  })
})
