import { spawnSync } from 'node:child_process'
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { jobDocumentSchema } from '../../contract/job.ts'
import { schemaVersion, versionOf } from '../../master/store/migrations.ts'
import { openGround, type Ended, type Ground } from '../process/gristmill.ts'
import { injected } from '../harness/faults.ts'

/** The home's database damaged, lost, cut off or from another time, and what the app says and does about it. */

const ledger = (ground: Ground): string => join(ground.home, 'gristmill.db')
const inHome = (ground: Ground, start: string): string[] =>
  readdirSync(ground.home)
    .filter((name) => name.startsWith(start))
    .toSorted()
const backups = (ground: Ground): string[] => readdirSync(join(ground.home, 'backups'))

async function runNoOp(ground: Ground, name: string, env: Record<string, string> = {}): Promise<Ended> {
  return await ground.run(['run', 'no-op', '-p', 'tasks=5', '--name', name, '--quiet'], { env })
}

async function names(ground: Ground): Promise<string[]> {
  return (await ground.jobs()).map(({ name }) => name)
}

/** A home with two jobs and a backup made between them, as each day's first host makes one. */
async function openUsedHome(): Promise<Ground> {
  const ground = openGround()
  expect((await runNoOp(ground, 'before the backup')).code).toBe(0)
  expect((await runNoOp(ground, 'after the backup')).code).toBe(0)
  expect(backups(ground)).toHaveLength(1)
  expect(await names(ground)).toEqual(['after the backup', 'before the backup'])
  return ground
}

/** What the next host says: one line, on stderr and in its log; then it works as ever. */
async function expectRestored(ground: Ground, what: RegExp): Promise<void> {
  const next = await runNoOp(ground, 'the next')
  expect(next.code, next.stderr).toBe(0)
  expect(next.stderr.trimEnd().split('\n')).toEqual([expect.stringMatching(what)])
  expect(next.stderr).toMatch(/the backup of \S+Z was put in its place: what was done after it is not in the history/)
  expect(await names(ground)).toEqual(['the next', 'before the backup'])
  expect(readFileSync(join(ground.home, 'logs/host.log'), 'utf8')).toMatch(/"msg":"(the|there)[^"]+put in its place/)
  expect((await runNoOp(ground, 'one more')).stderr).toBe('')
}

describe('a database that was damaged', () => {
  it('in a page is moved aside and the newest backup takes its place', async () => {
    const ground = await openUsedHome()
    const file = openSync(ledger(ground), 'r+')
    writeSync(file, Buffer.alloc(4096, 0xaa), 0, 4096, 2 * 4096)
    closeSync(file)
    injected('the database is damaged')
    const damaged = readFileSync(ledger(ground))
    await expectRestored(
      ground,
      /^gristmill: the database could not be trusted \(.+\); it was moved to gristmill\.db\.corrupt-\S+, and/,
    )
    const [aside = ''] = inHome(ground, 'gristmill.db.corrupt-')
    expect(readFileSync(join(ground.home, aside))).toEqual(damaged)
  })

  it('beyond knowing is moved aside too, and reading commands say how it is mended', async () => {
    const ground = await openUsedHome()
    writeFileSync(ledger(ground), 'not a database at all\n'.repeat(500))
    const reading = await ground.run(['jobs'])
    expect(reading).toMatchObject({ code: 1, stdout: '' })
    expect(reading.stderr).toMatch(/file is not a database; the next gristmill run or serve moves it aside/)
    await expectRestored(ground, /^gristmill: the database could not be trusted \(file is not a database\)/)
  })

  it('by being cut off in the middle is restored as well', async () => {
    const ground = await openUsedHome()
    truncateSync(ledger(ground), 3 * 4096 + 100)
    await expectRestored(ground, /^gristmill: the database could not be trusted/)
  })
})

describe('a database that was lost', () => {
  it('to nothing is replaced by the newest backup', async () => {
    const ground = await openUsedHome()
    truncateSync(ledger(ground), 0)
    await expectRestored(ground, /^gristmill: the database was empty; the backup/)
  })

  it('altogether is replaced by the newest backup', async () => {
    const ground = await openUsedHome()
    rmSync(ledger(ground))
    injected('the database is lost')
    await expectRestored(ground, /^gristmill: there was no database; the backup/)
  })

  it('under a host that works on it is saved by that host, which says so and ends; the next one goes on', async () => {
    const ground = openGround()
    expect((await runNoOp(ground, 'done')).code).toBe(0)
    const host = await ground.serve()
    await ground.run([
      'run',
      'no-op',
      '-p',
      'tasks=60',
      '-p',
      'ms=100',
      '--workers',
      '2',
      '--name',
      'cut off',
      '--detach',
    ])
    await ground.tasksWhen('a task that is done', (tasks) => tasks.some(({ state }) => state === 'succeeded'))
    for (const name of inHome(ground, 'gristmill.db')) rmSync(join(ground.home, name))
    injected('the database is removed under its host')
    const ended = await host.ended
    expect(ended).toMatchObject({ code: 1, signal: null })
    const said =
      /^gristmill: \S+ was removed or replaced under its host; what was in it was saved as \S+, which the next host puts in its place$/m
    expect(ended.stderr).toMatch(said)
    const next = await ground.serve()
    expect(next.stderr).toMatch(/there was no database; the backup of \S+Z was put in its place/)
    const { job } = await ground.json(jobDocumentSchema, ['wait', 'last', '--quiet'])
    expect(job).toMatchObject({ name: 'cut off', tasks: { total: 60, succeeded: 60 } })
    expect(await names(ground)).toEqual(['cut off', 'done'])
  })

  it('without any backup begins anew, says so, and keeps what there was', async () => {
    const ground = openGround()
    await runNoOp(ground, 'lost')
    writeFileSync(ledger(ground), 'overwritten')
    const next = await runNoOp(ground, 'the first')
    expect(next.code).toBe(0)
    expect(next.stderr).toContain('as there is no good backup, the history begins anew')
    expect(
      inHome(ground, 'gristmill.db.corrupt-').some(
        (name) => readFileSync(join(ground.home, name), 'latin1') === 'overwritten',
      ),
    ).toBe(true)
  })
})

it('a database of a newer Gristmill is refused by its version, and not a byte of it is touched', async () => {
  const ground = await openUsedHome()
  const db = new Database(ledger(ground))
  db.pragma('user_version = 999')
  injected('the database is newer')
  db.close()
  for (const name of inHome(ground, 'gristmill.db-')) rmSync(join(ground.home, name))
  const before = readFileSync(ledger(ground))
  const modifiedAt = statSync(ledger(ground)).mtimeMs
  for (const args of [['run', 'no-op'], ['jobs'], ['serve']]) {
    const refused = await ground.run(args)
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toContain(
      `written by a newer Gristmill (version 999 of the ledger, this one knows ${schemaVersion})`,
    )
  }
  expect(readFileSync(ledger(ground))).toEqual(before)
  expect(statSync(ledger(ground)).mtimeMs).toBe(modifiedAt)
  expect(backups(ground)).toHaveLength(1)
})

describe('a kill', () => {
  it('while the tables of a new home are made leaves a home in which the next command does all', async () => {
    const ground = openGround()
    const killed = await runNoOp(ground, 'killed', { GRISTMILL_CRASH_AT: 'ledger-migrated' })
    expect(killed.signal).toBe('SIGKILL')
    expect(existsSync(ledger(ground))).toBe(true)
    expect(await runNoOp(ground, 'the next')).toMatchObject({ code: 0, stderr: '' })
    expect(await names(ground)).toEqual(['the next'])
  })

  it('in the middle of a migration leaves the old version whole, backed up, and the migration to be made again', () => {
    const ground = openGround()
    mkdirSync(ground.home)
    copyFileSync(join(import.meta.dirname, `../fixtures/ledgers/v${schemaVersion}.db`), ledger(ground))
    const code = migratingCode(ground)
    const killed = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      env: { ...process.env, GRISTMILL_CRASH_AT: 'ledger-migrated' },
      encoding: 'utf8',
    })
    expect(killed.signal, killed.stderr).toBe('SIGKILL')
    const left = new Database(ledger(ground))
    expect(versionOf(left)).toBe(schemaVersion)
    expect(left.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(left.prepare('SELECT count(*) FROM jobs').pluck().get()).toBe(3)
    expect(() => left.prepare('SELECT novel FROM jobs')).toThrow(/no such column/)
    left.close()
    const [backup = ''] = backups(ground)
    const copy = new Database(join(ground.home, 'backups', backup), { readonly: true })
    expect(versionOf(copy)).toBe(schemaVersion)
    copy.close()
    const again = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' })
    expect(again.stdout, again.stderr).toBe(`${schemaVersion + 1} 3\n`)
  })

  it('while a ledger of an older Gristmill is brought up to date leaves it as it was, and the next command goes on with it', async () => {
    const ground = openGround()
    mkdirSync(ground.home)
    copyFileSync(join(import.meta.dirname, '../fixtures/ledgers/v1.db'), ledger(ground))
    endJobs(ground)
    const killed = await runNoOp(ground, 'killed', { GRISTMILL_CRASH_AT: 'ledger-migrated' })
    expect(killed.signal).toBe('SIGKILL')
    const left = new Database(ledger(ground), { readonly: true })
    expect(versionOf(left)).toBe(1)
    left.close()
    expect(backups(ground)).toHaveLength(1)
    const next = await runNoOp(ground, 'the next')
    expect(next.code, next.stderr).toBe(0)
    expect(await names(ground)).toEqual(['the next', 'Under way', 'Never works', 'Sales by region'])
  })

  it('while a backup is made leaves no half of one, and the next host makes it', async () => {
    const ground = openGround()
    await runNoOp(ground, 'first')
    const killed = await ground.run(['run', 'no-op', '-p', 'tasks=50', '-p', 'ms=100', '--quiet'], {
      env: { GRISTMILL_CRASH_AT: 'backup-copied' },
    })
    expect(killed.signal).toBe('SIGKILL')
    expect(backups(ground).filter((name) => name.endsWith('.db'))).toEqual([])
    await ground.untilEmpty()
    expect((await runNoOp(ground, 'next')).code).toBe(0)
    expect(backups(ground)).toEqual([expect.stringMatching(/^gristmill-\d{4}-\d\d-\d\dT[\d-]+Z\.db$/)])
  })

  it('between moving a damaged database aside and restoring it is made good by the next host', async () => {
    const ground = await openUsedHome()
    writeFileSync(ledger(ground), 'damaged')
    const killed = await runNoOp(ground, 'killed', { GRISTMILL_CRASH_AT: 'ledger-moved-aside' })
    expect(killed.signal).toBe('SIGKILL')
    injected('a host is killed in a migration, a backup or a restore')
    expect(existsSync(ledger(ground))).toBe(false)
    await expectRestored(ground, /^gristmill: there was no database; the backup/)
  })
})

/** The fixture's unfinished job is of no kind that could go on. */
function endJobs(ground: Ground): void {
  const db = new Database(ledger(ground))
  db.pragma('journal_mode = DELETE')
  db.exec('UPDATE jobs SET state = 6 WHERE state < 4')
  db.close()
}

/** Opens the home's ledger with one migration more than there is, as a later Gristmill will. */
function migratingCode(ground: Ground): string {
  const url = (path: string) => JSON.stringify(pathToFileURL(join(import.meta.dirname, '../..', path)).href)
  return `
    import { armCrashPoint } from ${url('contract/crashPoint.ts')}
    import { migrations, versionOf } from ${url('master/store/migrations.ts')}
    import { openLedger } from ${url('master/store/openLedger.ts')}
    armCrashPoint(process.env.GRISTMILL_CRASH_AT, () => process.kill(process.pid, 'SIGKILL'))
    const novel = "ALTER TABLE jobs ADD COLUMN novel TEXT; UPDATE jobs SET novel = hex(randomblob(100000)), name = 'changed'"
    const { db } = await openLedger({
      file: ${JSON.stringify(ledger(ground))},
      backups: ${JSON.stringify(join(ground.home, 'backups'))},
      now: Date.now(),
      steps: [...migrations, novel],
    })
    console.log(versionOf(db), db.prepare("SELECT count(*) FROM jobs WHERE name = 'changed'").pluck().get())
    db.close()`
}
