import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { listBackups, writeBackup } from './backups.ts'
import { openForReading, openForWriting } from './database.ts'
import { migrations, schemaVersion, versionOf } from './migrations.ts'
import { type LedgerOpening, openLedger } from './openLedger.ts'
import { readLastNumber } from './read/jobs.ts'
import { commit, madeTasks, runningJob, someJob } from './testLedger.ts'

let folder: string
let file: string
let backups: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'opening-'))
  file = join(folder, 'gristmill.db')
  backups = join(folder, 'backups')
})
afterEach(() => rmSync(folder, { recursive: true }))

const now = Date.parse('2026-01-02T03:04:05.006Z')
const names = (): string[] => readdirSync(folder).toSorted()

/** Opens the ledger as its master does and closes it again. */
async function opening(): Promise<LedgerOpening & { lastNumber: number }> {
  const { db, opening } = await openLedger({ file, backups, now })
  const lastNumber = readLastNumber(db)
  db.close()
  return { ...opening, lastNumber }
}

function makeLedger(jobs: number, tasks = 2): void {
  const db = openForWriting(file)
  for (let number = 1; number <= jobs; number += 1) commit(db, runningJob(number, tasks))
  db.close()
}

async function backUp(at: number): Promise<void> {
  const db = openForReading(file)
  await writeBackup(db, { folder: backups, now: at })
  db.close()
}

/** From the third page on, which is how a bad disk or another program leaves it; the header and the schema's root stay. */
function damage(): void {
  const bytes = readFileSync(file)
  writeFileSync(file, bytes.fill(0xaa, 2 * 4096))
}

test('a home without a ledger gets a new one, and a sound one is opened with a word about its check', async () => {
  expect(await opening()).toEqual({ check: 'there was no database', notes: [], lastNumber: 0 })
  makeLedger(3)
  expect(await opening()).toEqual({ check: 'passed', notes: [], lastNumber: 3 })
  expect(names()).toEqual(['gristmill.db'])
})

test('a ledger whose master was killed is checked before anything is built on it', async () => {
  const code = `
    import { openForWriting } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'database.ts')).href)}
    import { commit, runningJob } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'testLedger.ts')).href)}
    commit(openForWriting(${JSON.stringify(file)}), runningJob(1, 10))
    process.kill(process.pid, 'SIGKILL')`
  expect(spawnSync(process.execPath, ['--input-type=module', '-e', code]).signal).toBe('SIGKILL')
  expect(await opening()).toEqual({ check: 'passed after an end that was not clean', notes: [], lastNumber: 1 })
})

test('a damaged ledger is moved aside and the newest backup that is whole takes its place', async () => {
  makeLedger(1)
  await backUp(now - 3000)
  makeOneMore(2)
  await backUp(now - 2000)
  makeOneMore(3)
  await backUp(now - 1000)
  const [newest] = listBackups(backups)
  writeFileSync(newest?.path ?? '', 'this one is no database at all')
  damage()
  const damaged = readFileSync(file)
  const opened = await opening()
  expect(opened.lastNumber).toBe(2)
  expect(opened.check).toMatch(/^failed: /)
  expect(opened.notes).toEqual([
    expect.stringMatching(
      /^the database could not be trusted \(.+\); it was moved to gristmill\.db\.corrupt-2026-01-02T03-04-05-006Z, and the backup of 2026-01-02T03:04:03\.006Z was put in its place/,
    ),
  ])
  expect(readFileSync(`${file}.corrupt-2026-01-02T03-04-05-006Z`)).toEqual(damaged)
  expect(await opening()).toEqual({ check: 'passed', notes: [], lastNumber: 2 })
})

function makeOneMore(number: number): void {
  const db = openForWriting(file)
  commit(db, [{ type: 'jobMade', job: someJob(number) }])
  db.close()
}

test('without a good backup the history begins anew, and the damaged file and its log stay', async () => {
  writeFileSync(file, 'a text file in the place of the database\n'.repeat(100))
  writeFileSync(`${file}-wal`, 'its log')
  const opened = await opening()
  expect(opened.lastNumber).toBe(0)
  expect(opened.notes).toEqual([expect.stringContaining('as there is no good backup, the history begins anew')])
  const aside = 'gristmill.db.corrupt-2026-01-02T03-04-05-006Z'
  expect(names()).toEqual(['gristmill.db', aside, `${aside}-wal`])
  expect(readFileSync(join(folder, `${aside}-wal`), 'utf8')).toBe('its log')
})

test('a ledger of no bytes, or none at all, is replaced by the newest backup where there is one', async () => {
  writeFileSync(file, '')
  expect(await opening()).toEqual({ check: 'the database was empty', notes: [], lastNumber: 0 })
  makeOneMore(1)
  await backUp(now - 1000)
  writeFileSync(file, '')
  const emptied = await opening()
  expect(emptied).toMatchObject({ check: 'the database was empty', lastNumber: 1 })
  expect(emptied.notes).toEqual([expect.stringMatching(/^the database was empty; the backup of 2026-01-02/)])
  rmSync(file)
  expect(await opening()).toMatchObject({ check: 'there was no database', lastNumber: 1 })
})

test('the log of a database that is gone is not read as the log of the one that replaces it', async () => {
  makeLedger(1)
  await backUp(now - 1000)
  const db = openForWriting(file)
  commit(db, runningJob(2, 3000))
  const log = readFileSync(`${file}-wal`)
  db.close()
  rmSync(file)
  writeFileSync(`${file}-wal`, log)
  expect(await opening()).toMatchObject({ lastNumber: 1 })
  expect(existsSync(`${file}.corrupt-2026-01-02T03-04-05-006Z-wal`)).toBe(true)
})

test('a ledger of a newer version is refused by name of its version, untouched, and no backup takes its place', async () => {
  makeLedger(1)
  await backUp(now - 1000)
  const newer = new Database(file)
  newer.pragma(`user_version = ${schemaVersion + 7}`)
  newer.close()
  const before = readFileSync(file)
  await expect(opening()).rejects.toMatchObject({
    name: 'StoreError',
    code: 'tooNew',
    message: expect.stringContaining(`version ${schemaVersion + 7} of the ledger, this one knows ${schemaVersion}`),
  })
  expect(readFileSync(file)).toEqual(before)
  expect(names()).toEqual(['backups', 'gristmill.db'])
})

test('a backup that only a newer Gristmill can read is passed over', async () => {
  makeLedger(1)
  await backUp(now - 2000)
  await backUp(now - 1000)
  const newest = new Database(listBackups(backups)[0]?.path)
  newest.pragma(`user_version = ${schemaVersion + 1}`)
  newest.close()
  damage()
  const opened = await opening()
  expect(opened.notes).toEqual([expect.stringContaining('the backup of 2026-01-02T03:04:03.006Z')])
})

test('the newest five backups are kept, whole, without a log, and what a killed backup left is removed', async () => {
  makeLedger(2)
  for (let minute = 0; minute < 7; minute += 1) {
    writeFileSync(join(folder, 'left.part'), '')
    await backUp(now + minute * 60_000)
    writeFileSync(join(backups, 'gristmill-2020-01-01T00-00-00-000Z.db.part'), 'half')
  }
  await backUp(now + 7 * 60_000)
  expect(readdirSync(backups).toSorted()).toEqual(
    [3, 4, 5, 6, 7].map((minute) => `gristmill-2026-01-02T03-${String(4 + minute).padStart(2, '0')}-05-006Z.db`),
  )
  for (const { path } of listBackups(backups)) {
    const db = new Database(path, { readonly: true })
    expect(readLastNumber(db)).toBe(2)
    db.close()
  }
})

test('a damaged ledger is not backed up, and pushes no good copy out', async () => {
  makeLedger(1, 20_000)
  await backUp(now - 1000)
  const bytes = readFileSync(file)
  writeFileSync(file, bytes.fill(0xaa, bytes.length / 2, bytes.length / 2 + 4096))
  await expect(backUp(now)).rejects.toMatchObject({ name: 'StoreError', code: 'corrupt' })
  expect(readdirSync(backups)).toHaveLength(1)
})

test('a backup is the ledger at one instant, whatever is committed while it is copied, and can be given up', async () => {
  makeLedger(1, 50_000)
  const writing = openForWriting(file)
  const reading = openForReading(file)
  let slices = 0
  const meddle = (): boolean => {
    slices += 1
    commit(writing, [madeTasks(1, 1, 50_000 + slices)])
    return false
  }
  const { path } = await writeBackup(reading, { folder: backups, now, cancelled: meddle })
  const copy = new Database(path, { readonly: true })
  expect(slices).toBeGreaterThan(1)
  expect(copy.prepare('SELECT total FROM jobs').pluck().get()).toBe(50_000)
  expect(copy.prepare('SELECT count(*) FROM tasks').pluck().get()).toBe(50_000)
  copy.close()
  const given = writeBackup(reading, { folder: backups, now: now + 1, cancelled: () => true })
  await expect(given).rejects.toMatchObject({ name: 'StoreError', code: 'busy' })
  expect(readdirSync(backups)).toHaveLength(1)
  reading.close()
  writing.close()
})

test('a ledger of an older version is backed up before it is brought up to date', async () => {
  makeLedger(1)
  const older = new Database(file)
  expect(versionOf(older)).toBe(schemaVersion)
  older.close()
  const { db } = await openLedger({
    file,
    backups,
    now,
    steps: [...migrations, 'ALTER TABLE jobs ADD COLUMN novel TEXT'],
  })
  expect(versionOf(db)).toBe(schemaVersion + 1)
  db.close()
  const [backup] = listBackups(backups)
  const copy = new Database(backup?.path, { readonly: true })
  expect(versionOf(copy)).toBe(schemaVersion)
  expect(readLastNumber(copy)).toBe(1)
  copy.close()
})
