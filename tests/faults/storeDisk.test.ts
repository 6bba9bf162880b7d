import { readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { jobDocumentSchema } from '../../contract/job.ts'
import { connectToHost } from '../../master/host/client.ts'
import { homePaths } from '../../master/host/home.ts'
import type { Ground } from '../process/gristmill.ts'
import { until } from '../process/processes.ts'
import { canMount, openSmallDisk, type SmallDisk } from './smallDisk.ts'
import { injected, notInjected } from '../harness/faults.ts'

/** A disk that is full, and one that cannot be written to, under the built app. */

const fullLine = 'cannot write now; waiting for free disk space: the disk that holds the home is full'
const again = 'the disk takes writes again: going on'
const megabyte = 1024 * 1024

/** A host with a job of so many short tasks, some of which have succeeded. */
async function serveJob({ ground }: SmallDisk, tasks: number) {
  const host = await ground.serve()
  await ground.run(['run', 'no-op', '-p', `tasks=${tasks}`, '-p', 'ms=5', '--workers', '2', '--detach', '--quiet'])
  await ground.tasksWhen('tasks that have succeeded', (all) => all.some(({ state }) => state === 'succeeded'))
  return host
}

/** What the host tells watchers that the job under way waits for. */
async function waitingFor({ home }: Ground): Promise<string | null | undefined> {
  const reached = await connectToHost(homePaths(realpathSync(home)).socket)
  if (!reached.ok) throw new Error(reached.error.message)
  try {
    const { jobs } = await reached.value.client.jobs.list({})
    return jobs[0]?.progress?.waitingFor
  } finally {
    reached.value.close()
  }
}

function expectSound({ ground }: SmallDisk, tasks: number): void {
  const db = new Database(join(ground.home, 'gristmill.db'))
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
  const counts = db.prepare('SELECT total, succeeded, attempts FROM jobs WHERE total = ?').get(tasks)
  expect(counts).toMatchObject({ total: tasks, succeeded: tasks })
  expect(db.prepare('SELECT count(*) FROM tasks WHERE state = 2').pluck().get()).toBe(tasks)
  db.close()
}

function onAFullDisk(): void {
  it('quiets the host, which says why, takes on nothing new, and goes on by itself when there is room', async () => {
    const disk = openSmallDisk(4 * megabyte)
    const { ground } = disk
    const host = await serveJob(disk, 2000)
    disk.fill()
    injected('the disk of the home is full')
    await until('the host to say that the disk is full', () => host.stderr.includes(fullLine))
    const succeeded = async () => (await ground.tasks()).filter(({ state }) => state === 'succeeded').length
    expect(await waitingFor(ground)).toBe('free disk space: the disk that holds the home is full')
    const before = await until('no room to be left anywhere', async () => {
      disk.fill()
      const count = await succeeded()
      disk.fill()
      return count === (await succeeded()) && count
    })
    const refused = await ground.run(['run', 'no-op', '-p', 'tasks=1'])
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toContain('cannot do that now: the disk that holds the home is full')
    expect(await succeeded()).toBe(before)
    expect(host.alive).toBe(true)
    disk.free()
    await until('the host to go on', () => host.stderr.includes(again))
    const { job } = await ground.json(jobDocumentSchema, ['wait', 'last', '--quiet'])
    expect(job.tasks).toMatchObject({ total: 2000, succeeded: 2000 })
    expect(host.stderr.split(fullLine)).toHaveLength(2)
    expect(readFileSync(join(ground.home, 'logs/host.log'), 'utf8')).toContain(fullLine)
    host.kill('SIGTERM')
    expect((await host.ended).code).toBe(0)
    expectSound(disk, 2000)
  })

  it('keeps no host from ending, and the next one finishes what could not be written', async () => {
    const disk = openSmallDisk(4 * megabyte)
    const { ground } = disk
    const host = await serveJob(disk, 1000)
    disk.fill()
    await until('the host to say that the disk is full', () => host.stderr.includes(fullLine))
    host.kill('SIGTERM')
    expect(await host.ended).toMatchObject({ code: 0, signal: null })
    disk.free()
    const { job } = await ground.json(jobDocumentSchema, ['wait', 'last', '--quiet'])
    expect(job.tasks).toMatchObject({ total: 1000, succeeded: 1000 })
    expectSound(disk, 1000)
  })

  it('is waited for by a host that opens on it, and by a standby whose turn comes then', async () => {
    const disk = openSmallDisk(4 * megabyte)
    const { ground } = disk
    const host = await serveJob(disk, 300)
    host.kill('SIGTERM')
    expect((await host.ended).code).toBe(0)
    // Closed in order: nothing is there of what SQLite needs beside a ledger that is open.
    expect(ground.filesIn(ground.home).filter((file) => /-(wal|shm)$/.test(file))).toEqual([])
    disk.fill()
    const opening = 'cannot open the ledger now; waiting for free disk space: the disk that holds the home is full'
    const first = ground.start(['serve'])
    await until('a host to wait for room', () => first.stderr.includes(opening))
    const standby = ground.start(['serve', '--standby'])
    await until('the standby to stand by', () => standby.stderr.includes('standing by:'))
    const refused = await ground.run(['run', 'no-op', '-p', 'tasks=1'])
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    first.kill('SIGKILL')
    await until('the standby to wait for room', () => standby.stderr.includes(opening))
    expect(standby.stdout).toBe('')
    disk.free()
    await until('the address of the standby', () => standby.stdout.includes('\n'))
    const { job } = await ground.json(jobDocumentSchema, ['wait', 'last', '--quiet'])
    expect(job.tasks).toMatchObject({ total: 300, succeeded: 300 })
    expectSound(disk, 300)
  })

  it('fails no job that is killed in the midst of it', async () => {
    const disk = openSmallDisk(4 * megabyte)
    const { ground } = disk
    const host = await serveJob(disk, 1000)
    disk.fill()
    await until('the host to say that the disk is full', () => host.stderr.includes(fullLine))
    host.kill('SIGKILL')
    await ground.untilEmpty()
    disk.free()
    const { job } = await ground.json(jobDocumentSchema, ['wait', 'last', '--quiet'])
    expect(job.tasks).toMatchObject({ total: 1000, succeeded: 1000 })
    expectSound(disk, 1000)
  })
}

function inAReadOnlyHome(): void {
  async function openReadOnlyHome(lose: RegExp): Promise<SmallDisk> {
    const disk = openSmallDisk(16 * megabyte)
    const { ground } = disk
    expect((await ground.run(['run', 'no-op', '-p', 'tasks=3', '--name', 'kept', '--quiet'])).code).toBe(0)
    for (const name of readdirSync(ground.home)) if (lose.test(name)) rmSync(join(ground.home, name))
    await disk.readOnly(true)
    return disk
  }

  it('is browsed all the same, and whatever would run something is refused with one line', async () => {
    const disk = await openReadOnlyHome(/-(wal|shm)$/)
    injected('the home cannot be written to')
    const { ground } = disk
    expect((await ground.jobs()).map(({ name }) => name)).toEqual(['kept'])
    expect((await ground.show()).result).toEqual({ tasks: 3 })
    expect(await ground.tasks()).toHaveLength(3)
    expect((await ground.run(['doctor'])).code).toBe(0)
    expect((await ground.run(['storage'])).stdout).toContain('kept')
    for (const args of [['run', 'no-op'], ['serve'], ['rerun', 'last'], ['storage', '--keep-days', '3']]) {
      const refused = await ground.run(args)
      expect(refused, args.join(' ')).toMatchObject({ code: 2, stdout: '' })
      expect(refused.stderr.trimEnd().split('\n')).toEqual([
        expect.stringMatching(
          /^gristmill: cannot be the host of \S+: that folder cannot be written to \(EROFS\); choose another/,
        ),
      ])
    }
    expect(readdirSync(join(ground.folder, 'tmp'))).toEqual([])
    await disk.readOnly(false)
    expect((await ground.run(['run', 'no-op', '-p', 'tasks=3', '--quiet'])).code).toBe(0)
  })

  it('is browsed with what a killed host had only in its log', async () => {
    const disk = openSmallDisk(16 * megabyte)
    const { ground } = disk
    const host = await serveJob(disk, 500)
    host.kill('SIGKILL')
    await ground.untilEmpty()
    expect(readFileSync(join(ground.home, 'gristmill.db-wal')).length).toBeGreaterThan(0)
    await disk.readOnly(true)
    expect((await ground.tasks()).some(({ state }) => state === 'succeeded')).toBe(true)
    await disk.readOnly(false)
    const { job } = await ground.json(jobDocumentSchema, ['wait', 'last', '--quiet'])
    expect(job.tasks.succeeded).toBe(500)
  })
}

if (canMount) {
  describe('a full disk', onAFullDisk)
  describe('a home that cannot be written to', inAReadOnlyHome)
} else {
  notInjected('the disk of the home is full', 'the home cannot be written to')
  it.skip('faults of a disk of its own, which only root may mount', () => undefined)
}
