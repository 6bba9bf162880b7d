import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { jobDocumentSchema, jobEventSchema, type Task } from '../../contract/job.ts'
import { chanceOf } from '../harness/chance.ts'
import { jsonOf, openGround } from '../process/gristmill.ts'
import { expectSameBytes } from '../process/layouts.ts'
import { until } from '../process/processes.ts'
import { makeText } from '../process/texts.ts'
import { expectKept, expectSoundLedger, isCommitted, isUnderWay } from './ledger.ts'
import { freeze, signalAll } from './moment.ts'
import { injected } from '../harness/faults.ts'

describe('a worker that is killed', () => {
  it('costs a count of words nothing but the tasks it was at: the same bytes come out', async () => {
    const ground = openGround()
    const path = ground.file('text.txt', makeText(chanceOf(3), 6 * 1024 * 1024))
    const args = ['word-count', path, '--workers', '2', '--split', '64K']
    const run = ground.start(['run', ...args, '--out', 'killed', '--json'])
    const workers = () => ground.workersOf(run.pid)
    // Both have tasks, so that whichever is killed has one.
    const busy = (tasks: Task[]) => new Set(tasks.filter(isUnderWay).map(({ worker }) => worker)).size === 2
    const before = await freeze(ground, { host: run.pid, stop: 'workers', also: busy })
    const [victim = 0, ...others] = workers()
    process.kill(victim, 'SIGKILL')
    injected('a worker is killed')
    signalAll(others, 'SIGCONT')
    await until('another worker in its place', () => workers().some((pid) => pid !== victim && !others.includes(pid)))
    const ended = await run.ended
    expect(ended.code).toBe(0)
    const { job, result, artifacts } = jsonOf(jobDocumentSchema, ended)
    const after = await ground.tasks()
    expectKept(before, after)
    expect(job.attempts).toBeGreaterThan(job.tasks.total)
    expect(after.some((task) => task.attempt === 2)).toBe(true)
    const story = await ground.json(z.array(jobEventSchema), ['log', 'last'])
    expect(story.map(({ type }) => type)).toContain('workerLost')
    await expectSoundLedger(ground)
    await ground.untilEmpty()
    const undisturbed = await ground.runJob([...args, '--out', 'undisturbed'])
    expect(result).toEqual(undisturbed.result)
    expectSameBytes(
      readFileSync(artifacts[0]!.path),
      readFileSync(undisturbed.artifacts[0]!.path),
      'after the kill of a worker',
    )
    expect(ground.filesIn(ground.cwd).filter((file) => file.endsWith('.part'))).toEqual([])
  })

  it('again and again, is replaced each time, and the job ends as if nothing had been', async () => {
    const ground = openGround()
    const run = ground.start(['run', 'no-op', '-p', 'tasks=90', '-p', 'ms=100', '--workers', '3', '--json'])
    let done = 0
    for (let kill = 0; kill < 4; kill++) {
      const least = done
      // A task that has cost two workers their lives would be blamed for it: each kill strikes one that has cost none.
      const tasks = await ground.tasksWhen(
        'more tasks that are done, and none under way that was struck before',
        (seen) =>
          seen.filter(isCommitted).length > least && seen.every((task) => task.attempt <= 1 || isCommitted(task)),
      )
      done = tasks.filter(isCommitted).length + 3
      const [victim] = await until('three workers', () => {
        const workers = ground.workersOf(run.pid)
        return workers.length === 3 && workers
      })
      process.kill(victim!, 'SIGKILL')
    }
    const ended = await run.ended
    expect(ended.code).toBe(0)
    const { job, result } = jsonOf(jobDocumentSchema, ended)
    expect(result).toEqual({ tasks: 90 })
    expect(job.tasks).toEqual({ total: 90, succeeded: 90, failed: 0, cancelled: 0, replaced: 0, unfinished: 0 })
    expect(job.attempts).toBeGreaterThan(90)
    await expectSoundLedger(ground)
    await ground.untilEmpty()
  })

  it('all at once with the others, leaves the job to new ones', async () => {
    const ground = openGround()
    const run = ground.start(['run', 'no-op', '-p', 'tasks=30', '-p', 'ms=100', '--workers', '2', '--json'])
    const workers = () => ground.workersOf(run.pid)
    const before = await freeze(ground, { host: run.pid, stop: 'workers' })
    signalAll(workers(), 'SIGKILL')
    injected('every worker is killed at once')
    const ended = await run.ended
    expect(ended.code).toBe(0)
    expect(jsonOf(jobDocumentSchema, ended).job.tasks).toMatchObject({ total: 30, succeeded: 30 })
    expectKept(before, await ground.tasks())
    await expectSoundLedger(ground)
    await ground.untilEmpty()
  })
})
