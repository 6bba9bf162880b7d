import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jobDocumentSchema, type Task } from '../../contract/job.ts'
import { jsonOf, openGround, type Ground } from './gristmill.ts'

/** The verbs that change a job, with a host and without one, and what they end with. */

const done = (task: Task) => task.state === 'succeeded'

/** A long job in a running host, with at least one task that is done. */
async function longJob(ground: Ground, ...args: string[]): Promise<Task[]> {
  await ground.runJob(['no-op', '-p', 'tasks=60', '-p', 'ms=100', '--workers', '2', '--detach', ...args])
  return await ground.tasksWhen('a task that is done', (tasks) => tasks.some(done))
}

async function expectExit(ground: Ground, code: number, ...args: string[]): Promise<string> {
  const ended = await ground.run(args)
  expect(ended, args.join(' ')).toMatchObject({ code })
  if (code === 2) expect(ended.stderr).toMatch(/^gristmill: [^\n]+\n$/)
  return ended.stdout
}

describe('with a host', () => {
  it('a job is cancelled, tried again from where it was, and cannot be cancelled when it is over', async () => {
    const ground = openGround()
    await ground.serve()
    const before = await longJob(ground)
    await expectExit(ground, 0, 'cancel', 'last')
    await expectExit(ground, 130, 'wait', 'last')
    const cancelled = await ground.show()
    expect(cancelled.job).toMatchObject({ state: 'cancelled', tasks: { unfinished: 0 } })
    expect(cancelled.job.tasks.total).toBeLessThan(60)
    await expectExit(ground, 2, 'cancel', 'last')
    await expectExit(ground, 2, 'pause', 'last')
    await expectExit(ground, 0, 'retry', 'last')
    await expectExit(ground, 0, 'wait', 'last')
    const { job, result } = await ground.show()
    expect(result).toEqual({ tasks: 60 })
    expect(job.tasks).toEqual({ total: 60, succeeded: 60, failed: 0, cancelled: 0, replaced: 0, unfinished: 0 })
    const after = await ground.tasks()
    for (const task of before.filter(done)) expect(after).toContainEqual(task)
    await expectExit(ground, 2, 'retry', 'last')
  })

  it('a job is not tried again over what somebody else has written where it is going to write', async () => {
    const ground = openGround()
    const out = join(ground.cwd, 'out')
    await ground.serve()
    await expectExit(
      ground,
      0,
      'run',
      'primes',
      '-p',
      'mode=range',
      '-p',
      'list=true',
      '-p',
      'to=900000000',
      '--out',
      out,
      '--detach',
    )
    await expectExit(ground, 0, 'cancel', 'last')
    await expectExit(ground, 130, 'wait', 'last')
    mkdirSync(out, { recursive: true })
    writeFileSync(join(out, 'primes.txt'), 'mine')
    const refused = await ground.run(['retry', 'last'])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain(`${join(out, 'primes.txt')} exists, and it has not written that; rerun it instead`)
    expect((await ground.show()).job.state).toBe('cancelled')
    rmSync(join(out, 'primes.txt'))
    await expectExit(ground, 0, 'retry', 'last')
    await expectExit(ground, 0, 'cancel', 'last')
  })

  it('tasks that outlast the draining of a cancelled job are stopped', async () => {
    const ground = openGround()
    await ground.serve()
    await ground.runJob(['no-op', '-p', 'tasks=2', '-p', 'ms=600000', '--workers', '2', '--detach'])
    await ground.tasksWhen(
      'two running tasks',
      (tasks) => tasks.filter(({ state }) => state === 'running').length === 2,
    )
    await expectExit(ground, 0, 'cancel', 'last')
    await expectExit(ground, 130, 'wait', 'last')
    expect((await ground.show()).job.tasks).toMatchObject({ total: 2, cancelled: 2, unfinished: 0 })
    const next = await ground.runJob(['no-op', '-p', 'tasks=4', '--workers', '2'])
    expect(next.job.tasks.succeeded).toBe(4)
  })

  it('a paused job stands still until it is resumed', async () => {
    const ground = openGround()
    await ground.serve()
    await longJob(ground)
    await expectExit(ground, 0, 'pause', 'last')
    const still = await ground.tasksWhen('the running tasks to end', (tasks) =>
      tasks.every((task) => task.state !== 'running'),
    )
    expect((await ground.show()).job.state).toBe('paused')
    expect(still.length).toBeLessThan(60)
    // Another job of the same host runs to its end meanwhile.
    const other = await ground.runJob(['no-op', '-p', 'tasks=8', '-p', 'ms=50', '--workers', '2'])
    expect(other.job.state).toBe('succeeded')
    const paused = (await ground.jobs()).find((job) => job.state === 'paused')
    const id = paused?.id ?? 'none'
    expect(await ground.tasks(id)).toEqual(still)
    await expectExit(ground, 2, 'pause', id)
    await expectExit(ground, 0, 'resume', id)
    await expectExit(ground, 0, 'wait', id)
    expect((await ground.show(id)).job.tasks.succeeded).toBe(60)
    await expectExit(ground, 2, 'resume', id)
  })

  it('a job that is removed takes along what it wrote into the home, and nothing that somebody else put there', async () => {
    const ground = openGround()
    const input = ground.file('candidates.txt', '7\nseven\n')
    const runOnce = async () => {
      const ended = await ground.run(['run', 'primes', input, '--json', '--quiet'])
      expect(ended.code).toBe(3)
      return jsonOf(jobDocumentSchema, ended).job.id
    }
    const [first, second] = [await runOnce(), await runOnce()]
    const folder = (id: string) => join(ground.home, 'out', id)
    writeFileSync(join(folder(second), 'mine.txt'), 'mine')
    await expectExit(ground, 0, 'remove', first, second)
    expect(existsSync(folder(first))).toBe(false)
    expect(ground.filesIn(folder(second))).toEqual(['mine.txt'])
  })

  it('a rerun is a new job of the same request, and a job is removed only when it is over', async () => {
    const ground = openGround()
    await ground.serve()
    const first = await ground.runJob(['numbers', '-p', 'formula=x + 1', '-p', 'values=1,2,3', '--workers', '1'])
    await expectExit(ground, 0, 'rerun', 'last')
    await expectExit(ground, 0, 'wait', 'last')
    const second = await ground.show()
    expect(second.job).toMatchObject({ parentId: first.job.id, params: first.job.params, workers: 1 })
    expect(second.job.id).not.toBe(first.job.id)
    expect(second.result).toEqual(first.result)
    expect(second.artifacts[0]?.path).not.toBe(first.artifacts[0]?.path)
    await expectExit(ground, 0, 'remove', first.job.id)
    await expectExit(ground, 2, 'show', first.job.id)
    expect((await ground.jobs()).map(({ id }) => id)).toEqual([second.job.id])
    expect(ground.filesIn(ground.cwd)).toContain('gristmill-out/numbers/numbers.txt')
    await longJob(ground)
    await expectExit(ground, 2, 'remove', 'last')
    await expectExit(ground, 0, 'cancel', 'last')
    await expectExit(ground, 130, 'wait', 'last')
    await expectExit(ground, 0, 'remove', 'last')
    expect(ground.filesIn(ground.home).filter((file) => file.startsWith('scratch'))).toEqual([])
  })

  it('several jobs are steered at once, and one that cannot be does not keep the others', async () => {
    const ground = openGround()
    await ground.serve()
    await ground.runJob(['no-op', '-p', 'tasks=1'])
    const { job: over } = await ground.show()
    await longJob(ground)
    const running = (await ground.show()).job
    const ended = await ground.run(['cancel', over.id, running.id])
    expect(ended.code).toBe(2)
    expect(ended.stderr).toMatch(/^gristmill: [^\n]+\n$/)
    await expectExit(ground, 130, 'wait', running.id)
  })
})

describe('without a host', () => {
  async function interrupted(ground: Ground): Promise<void> {
    const run = ground.start(['run', 'no-op', '-p', 'tasks=40', '-p', 'ms=100', '--workers', '2'])
    await ground.tasksWhen('a task that is done', (tasks) => tasks.some(done))
    run.kill('SIGTERM')
    await run.ended
    await ground.untilEmpty()
  }

  it('an unfinished job is cancelled, and retry runs it to its end itself', async () => {
    const ground = openGround()
    await interrupted(ground)
    await expectExit(ground, 0, 'cancel', 'last')
    await ground.untilEmpty()
    expect((await ground.show()).job.state).toBe('cancelled')
    await expectExit(ground, 0, 'retry', 'last')
    expect((await ground.show()).job).toMatchObject({ state: 'succeeded', tasks: { succeeded: 40 } })
    await ground.untilEmpty()
  })

  it('a job that is paused stays so for the next host, until it is resumed', async () => {
    const ground = openGround()
    await interrupted(ground)
    await expectExit(ground, 0, 'pause', 'last')
    await ground.untilEmpty()
    expect((await ground.show()).job.state).toBe('paused')
    await expectExit(ground, 0, 'resume', 'last')
    expect((await ground.show()).job.state).toBe('succeeded')
    await ground.untilEmpty()
  })
})
