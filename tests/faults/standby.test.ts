import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jobDocumentSchema } from '../../contract/job.ts'
import { openGround, type Ground, type Running } from '../process/gristmill.ts'
import { until } from '../process/processes.ts'
import { expectSoundLedger } from './ledger.ts'
import { injected } from '../harness/faults.ts'

/** A second host that waits for the home's lock, beside a first one with a job under way. */
const withinMs = 2000

interface Pair {
  ground: Ground
  first: Running
  standby: Running
}

async function openPair(): Promise<Pair> {
  const ground = openGround()
  const first = await ground.serve()
  const run = await ground.run(['run', 'no-op', '-p', 'tasks=60', '-p', 'ms=100', '--workers', '2', '--detach'])
  expect(run.code, run.stderr).toBe(0)
  const standby = ground.start(['serve', '--standby'])
  await until('the standby to say that it stands by', () =>
    standby.stderr.includes(`standing by: the master (pid ${first.pid}) holds the home`),
  )
  await ground.tasksWhen('a task that has succeeded', (tasks) => tasks.some(({ state }) => state === 'succeeded'))
  return { ground, first, standby }
}

/** Milliseconds until the standby has printed its address, which it does when it is the master. */
async function tookOver(standby: Running): Promise<number> {
  const from = performance.now()
  await until('the address of the standby', () => standby.stdout.includes('\n'), 20_000)
  expect(standby.stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#\S+\n$/)
  return performance.now() - from
}

async function expectJobDone(ground: Ground): Promise<void> {
  const { job } = await ground.json(jobDocumentSchema, ['wait', 'last', '--quiet'])
  expect(job.tasks).toMatchObject({ total: 60, succeeded: 60, unfinished: 0 })
}

describe('a standby', () => {
  it('takes over within two seconds of a kill of the master, and finishes its job', async () => {
    const { ground, first, standby } = await openPair()
    expect(standby.stdout).toBe('')
    first.kill('SIGKILL')
    injected('a master dies beside a standby')
    expect(await tookOver(standby)).toBeLessThan(withinMs)
    await expectJobDone(ground)
  })

  it('takes over within two seconds when the master ends as it was told to', async () => {
    const { ground, first, standby } = await openPair()
    first.kill('SIGTERM')
    expect(await first.ended).toMatchObject({ code: 0, signal: null })
    expect(await tookOver(standby)).toBeLessThan(withinMs)
    await expectJobDone(ground)
  })

  it('leaves a stopped master the home, says that it does not answer, and waits', async () => {
    const { ground, first, standby } = await openPair()
    first.kill('SIGSTOP')
    injected('a host is stopped')
    const silent = `the master (pid ${first.pid}) holds the home but does not answer`
    await until('the standby to say so', () => standby.stderr.includes(silent))
    expect(standby.stdout).toBe('')
    first.kill('SIGCONT')
    await expectJobDone(ground)
    expect(first.alive).toBe(true)
    expect(standby.stdout).toBe('')
    expect(standby.stderr.split(silent)).toHaveLength(2)
  })

  it('ends when it is told to while it waits, and the master does not notice', async () => {
    const { ground, first, standby } = await openPair()
    standby.kill('SIGTERM')
    expect(await standby.ended).toMatchObject({ code: 0, stdout: '' })
    await expectJobDone(ground)
    expect(first.alive).toBe(true)
  })

  it('is one of many: of three, one takes over and the others go on waiting', async () => {
    const { ground, first, standby } = await openPair()
    const others = [ground.start(['serve', '--standby']), ground.start(['serve', '--standby'])]
    for (const other of others) await until('it to stand by', () => other.stderr.includes('standing by'))
    first.kill('SIGKILL')
    const three = [standby, ...others]
    const masters = () => three.filter(({ stdout }) => stdout !== '')
    await until('a new master', () => masters().length > 0)
    await expectJobDone(ground)
    expect(masters()).toHaveLength(1)
    expect(three.every(({ alive }) => alive)).toBe(true)
  })
})

describe('a lock that is removed under its master', () => {
  it('lets the next one in, and keeps the one before from writing anything more', async () => {
    const { ground, first, standby } = await openPair()
    for (const name of readdirSync(ground.home)) if (name.startsWith('lock.db')) rmSync(join(ground.home, name))
    injected('the lock of a home is removed under its master')
    await tookOver(standby)
    const ended = await first.ended
    expect(ended).toMatchObject({ code: 1, signal: null })
    expect(ended.stderr).toMatch(
      /^gristmill: another host has taken \S+: the lock of its home was removed under this one$/m,
    )
    await expectJobDone(ground)
    expect(standby.alive).toBe(true)
    const { stdout } = await ground.run(['serve'])
    expect(stdout).toMatch(/^http:/)
    await expectSoundLedger(ground)
  })
})

describe('--takeover', () => {
  it('kills a stopped master and finishes its job', async () => {
    const { ground, first, standby } = await openPair()
    standby.kill('SIGTERM')
    await standby.ended
    first.kill('SIGSTOP')
    const next = ground.start(['serve', '--standby', '--takeover'])
    await tookOver(next)
    expect((await first.ended).signal).toBe('SIGKILL')
    expect(next.stderr).toContain(`ending the master (pid ${first.pid})`)
    await expectJobDone(ground)
  })

  it('asks a master that answers to make way, which loses nothing', async () => {
    const ground = openGround()
    const first = await ground.serve()
    const next = ground.start(['serve', '--takeover'])
    await tookOver(next)
    expect(await first.ended).toMatchObject({ code: 0, signal: null })
  })

  it('kills nobody when the note of the holder names a process that did not write it', async () => {
    const { ground, first, standby } = await openPair()
    standby.kill('SIGTERM')
    await standby.ended
    const note = join(ground.home, 'lock.db.holder')
    const holder = JSON.parse(readFileSync(note, 'utf8')) as { pid: number; start: string }
    expect(holder.pid).toBe(first.pid)
    first.kill('SIGSTOP')
    writeFileSync(note, JSON.stringify({ ...holder, pid: process.pid }))
    injected('a note names a holder that is another process')
    const next = await ground.run(['serve', '--takeover'])
    expect(next).toMatchObject({ code: 1, stdout: '' })
    expect(next.stderr).toContain('cannot take over: which process holds the home cannot be told for certain')
    expect(first.alive).toBe(true)
    first.kill('SIGCONT')
    await expectJobDone(ground)
  })
})
