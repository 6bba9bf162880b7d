import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { jobDocumentSchema } from '../../contract/job.ts'
import { jsonOf, openGround } from './gristmill.ts'
import { until } from './processes.ts'

/** The classic worker-pool examples, and what `tasks` tells of them. */
describe('a pool of workers', () => {
  it('doubles 0 to 9 with three workers, and tells of every item which worker did it', async () => {
    const ground = openGround()
    const params = ['-p', 'formula=x * 2', '-p', 'from=0', '-p', 'to=9']
    const { job, result, artifacts } = await ground.runJob([
      'numbers',
      ...params,
      '--workers',
      '3',
      '--split',
      '1',
      '--out',
      'out',
    ])
    const doubled = [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]
    expect(result).toEqual({ count: 10, sum: 90, min: 0, max: 18, first: doubled, last: doubled })
    expect(readFileSync(artifacts[0]!.path, 'utf8')).toBe(doubled.map((value) => `${value}\n`).join(''))
    const items = (await ground.tasks(job.id)).filter((task) => task.stage === 'compute')
    expect(items.map((task) => task.cells)).toEqual(doubled.map((_, item) => [item, item + 1]))
    for (const task of items) {
      expect(task).toMatchObject({ state: 'succeeded', attempt: 1, rows: 1 })
      expect([1, 2, 3]).toContain(task.worker)
    }
    await ground.untilEmpty()
  })

  it('squares 1 to 10 with four workers', async () => {
    const ground = openGround()
    const { job, result } = await ground.runJob([
      'numbers',
      '-p',
      'formula=x ** 2',
      '-p',
      'values=1,2,3,4,5,6,7,8,9,10',
      '--workers',
      '4',
      '--split',
      '1',
    ])
    const squares = [1, 4, 9, 16, 25, 36, 49, 64, 81, 100]
    expect(result).toEqual({ count: 10, sum: 385, min: 1, max: 100, first: squares, last: squares })
    const items = (await ground.tasks(job.id)).filter((task) => task.stage === 'compute')
    expect(items).toHaveLength(10)
    for (const task of items) expect([1, 2, 3, 4]).toContain(task.worker)
    expect(job.workers).toBe(4)
  })

  it('spreads tasks that take their time over all the workers that a job asked for', async () => {
    const ground = openGround()
    const run = ground.start(['run', 'no-op', '-p', 'tasks=24', '-p', 'ms=100', '--workers', '3', '--json'])
    const underWay = await ground.tasksWhen('a task that runs while another has ended', (tasks) => {
      const states = new Set(tasks.map((task) => task.state))
      return states.has('succeeded') && states.has('running')
    })
    const workers = await until('three workers', () => {
      const pids = ground.workersOf(run.pid)
      return pids.length >= 3 && pids
    })
    expect(workers).toHaveLength(3)
    for (const task of underWay.filter(({ state }) => state === 'running')) expect(task.finishedAt).toBeNull()
    const { job, result } = jsonOf(jobDocumentSchema, await run.ended)
    expect(result).toEqual({ tasks: 24 })
    expect(job.tasks).toEqual({ total: 24, succeeded: 24, failed: 0, cancelled: 0, replaced: 0, unfinished: 0 })
    const tasks = await ground.tasks(job.id)
    expect(new Set(tasks.map((task) => task.worker))).toEqual(new Set([1, 2, 3]))
    await ground.untilEmpty()
  })
})
