import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { jobDocumentSchema, jobEventSchema } from '../../contract/job.ts'
import { jsonOf, openGround, type Ground } from '../process/gristmill.ts'
import { until } from '../process/processes.ts'
import { expectSoundLedger, isCommitted, isUnderWay } from './ledger.ts'
import { freeze, signalAll } from './moment.ts'
import { injected } from '../harness/faults.ts'

/** Workers that say nothing, machines that sleep, hosts that are gone: what is ended, what is forgiven, and what ends by itself. */

/** Longer than a worker may be silent, and than its start may be late. */
const longSleepMs = 8000

async function story(ground: Ground): Promise<string[]> {
  return (await ground.json(z.array(jobEventSchema), ['log', 'last'])).map(({ type, text }) => `${type}: ${text}`)
}

describe('a worker that is stopped', () => {
  it('is ended when it has said nothing for 5 s; its task goes to another, and the story says so', async () => {
    const ground = openGround()
    const run = ground.start(['run', 'no-op', '-p', 'tasks=30', '-p', 'ms=100', '--workers', '2', '--json'])
    await freeze(ground, { host: run.pid, stop: 'workers' })
    const [stopped = 0, ...others] = ground.workersOf(run.pid)
    injected('a worker is stopped')
    signalAll(others, 'SIGCONT')
    const ended = await run.ended
    expect(ended.code).toBe(0)
    expect(jsonOf(jobDocumentSchema, ended).job.tasks).toMatchObject({ total: 30, succeeded: 30 })
    expect(ground.processes().map(({ pid }) => pid)).not.toContain(stopped)
    const silent = 'said nothing for'
    expect(await story(ground)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(new RegExp(`^workerLost: Worker \\d was lost: the worker ${silent} \\d+ s`)),
        expect.stringMatching(new RegExp(`^retried: Task \\d+ is tried again: the worker ${silent}`)),
      ]),
    )
    await expectSoundLedger(ground)
    await ground.untilEmpty()
  })
})

describe('a machine that slept', () => {
  it('wakes to the same workers: nobody is blamed for not having been heard', async () => {
    const ground = openGround()
    const run = ground.start(['run', 'no-op', '-p', 'tasks=40', '-p', 'ms=100', '--workers', '2', '--json'])
    await freeze(ground, { host: run.pid, stop: 'host' })
    const workers = ground.workersOf(run.pid)
    signalAll(workers, 'SIGSTOP')
    await pause(longSleepMs)
    injected('the machine sleeps')
    signalAll([run.pid, ...workers], 'SIGCONT')
    const more = (await ground.tasks()).filter(isCommitted).length + 10
    await ground.tasksWhen('more tasks that are done', (tasks) => tasks.filter(isCommitted).length >= more)
    expect(new Set(ground.workersOf(run.pid))).toEqual(new Set(workers))
    const ended = await run.ended
    expect(ended.code).toBe(0)
    expect(jsonOf(jobDocumentSchema, ended).job).toMatchObject({ attempts: 40, tasks: { succeeded: 40 } })
    expect((await story(ground)).filter((line) => line.startsWith('workerLost'))).toEqual([])
  })
})

describe('the workers of a host', () => {
  /** A serve with tasks of a minute under way; gives it and its workers. */
  async function busyHost(ground: Ground) {
    const host = await ground.serve()
    await ground.runJob(['no-op', '-p', 'tasks=4', '-p', 'ms=60000', '--workers', '2', '--detach'])
    await ground.tasksWhen('tasks under way', (tasks) => tasks.some(isUnderWay))
    return { host, workers: ground.workersOf(host.pid) }
  }

  it('end by themselves when it is killed, in the midst of a task', async () => {
    const ground = openGround()
    const { host } = await busyHost(ground)
    host.kill('SIGKILL')
    injected('a host is killed')
    await ground.untilEmpty('the workers to end')
  })

  it('stay while it is merely stopped, and end when it is killed then', async () => {
    const ground = openGround()
    const { host, workers } = await busyHost(ground)
    host.kill('SIGSTOP')
    injected('a host is stopped')
    await pause(longSleepMs)
    expect(new Set(ground.workersOf(host.pid))).toEqual(new Set(workers))
    host.kill('SIGKILL')
    await ground.untilEmpty('the workers to end')
  })

  it('that were stopped themselves when it was killed end as soon as they run again', async () => {
    const ground = openGround()
    const { host, workers } = await busyHost(ground)
    signalAll(workers, 'SIGSTOP')
    host.kill('SIGKILL')
    injected('workers are stopped when their host dies')
    await until('the host to be gone', () => !host.alive)
    expect(new Set(ground.processes().map(({ pid }) => pid))).toEqual(new Set(workers))
    signalAll(workers, 'SIGCONT')
    await ground.untilEmpty('the workers to end')
  })

  it('beyond the memory that the machine was told to allow are ended, and the job says why', async () => {
    const ground = openGround()
    const env = { GRISTMILL_WORKER_MEMORY_MB: '20' }
    const args = ['run', 'no-op', '-p', 'tasks=1', '-p', 'ms=20000', '--workers', '1', '--json']
    const ended = await ground.run(args, { env })
    injected('a worker takes more memory than it may, off the heap too')
    expect(ended.code).not.toBe(0)
    expect(await story(ground)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^workerLost: .* the worker used more memory than it may and was ended\.$/),
      ]),
    )
  })
})
