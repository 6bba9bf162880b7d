import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { jobDocumentSchema, type Job } from '../../contract/job.ts'
import { jsonOf, openGround, type Ground } from './gristmill.ts'
import { catchesHangUp, until } from './processes.ts'

/** Two and more processes on one home: one of them is the master, the others are its clients, and nobody can tell from the results. */

function noOp(tasks: number, ms: number, workers = 2): string[] {
  return ['run', 'no-op', '-p', `tasks=${tasks}`, '-p', `ms=${ms}`, '--workers', String(workers)]
}

/** The newest job, once it has that name. */
async function jobNamed(ground: Ground, name: string): Promise<Job> {
  return await until(`a job called ${name}`, async () => (await ground.jobs()).find((job) => job.name === name))
}

describe('a run on a home that has a host', () => {
  it('runs in the host, by the host’s workers, and both tell of it', async () => {
    const ground = openGround()
    const host = await ground.serve()
    const run = ground.start([...noOp(30, 100), '--json'])
    await ground.tasksWhen('a task under way', (tasks) => tasks.some((task) => task.state === 'running'))
    expect(ground.workersOf(host.pid).length).toBeGreaterThan(0)
    expect(ground.workersOf(run.pid)).toEqual([])
    const ended = await run.ended
    expect(ended.code).toBe(0)
    const document = jsonOf(jobDocumentSchema, ended)
    expect(document).toMatchObject({ job: { state: 'succeeded' }, result: { tasks: 30 } })
    expect(await ground.show(document.job.id)).toEqual(document)
    expect(await ground.json(jobDocumentSchema, ['wait', document.job.id])).toEqual(document)
    expect(host.alive).toBe(true)
  })

  it('hears of jobs whose params together are larger than any message may be', async () => {
    const ground = openGround()
    await ground.serve()
    const values = Array.from({ length: 800_000 }, (_, index) => 100_000_000_000 + index)
    const words = [
      'run',
      'numbers',
      '--params',
      ground.file('values.json', JSON.stringify({ values })),
      '--json',
      '--quiet',
    ]
    const first = ground.start([...words, '--name', 'first', '--workers', '1', '--split', '1000'])
    await jobNamed(ground, 'first')
    const second = await ground.run([...words, '--name', 'second', '--workers', '1'])
    expect(second.stderr).toBe('')
    const document = jsonOf(jobDocumentSchema, second)
    expect(document).toMatchObject({ job: { state: 'succeeded', params: { values } }, result: { count: 800_000 } })
    expect((await first.ended).stderr).toBe('')
  }, 120_000)

  it('is refused in one line when its params are larger than a message may be', async () => {
    const ground = openGround()
    await ground.serve()
    const values = Array.from({ length: 1_000_000 }, (_, index) => 1_000_000_000_000_000 + index)
    const params = ground.file('values.json', JSON.stringify({ values }))
    const ended = await ground.run(['run', 'numbers', '--params', params])
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toMatch(/^gristmill: cannot hand this job to the host that runs: [^\n]+\n$/)
    expect(await ground.jobs()).toEqual([])
  })

  it('sends stdin along', async () => {
    const ground = openGround()
    await ground.serve()
    const ended = await ground.run(['run', 'numbers', '-', '--json'], { stdin: '3\n4\n' })
    expect(ended.code).toBe(0)
    expect(jsonOf(jobDocumentSchema, ended).result).toMatchObject({ count: 2, sum: 7 })
  })

  it('is refused there as it is without a host', async () => {
    const ground = openGround()
    await ground.serve()
    for (const args of [
      ['run', 'word-count', 'missing.txt'],
      ['run', 'primes', '-p', 'mode=range'],
    ]) {
      const ended = await ground.run(args)
      expect(ended).toMatchObject({ code: 2, stdout: '' })
      expect(ended.stderr).toMatch(/^gristmill: [^\n]+\n$/)
    }
    expect(await ground.jobs()).toEqual([])
    expect(ground.filesIn(ground.cwd)).toEqual([])
  })

  it('cancels its own job and no other one when it is interrupted', async () => {
    const ground = openGround()
    await ground.serve()
    const other = ground.start([...noOp(40, 100, 1), '--name', 'other', '--json'])
    await jobNamed(ground, 'other')
    const mine = ground.start([...noOp(1000, 100, 1), '--name', 'mine', '--json'])
    await jobNamed(ground, 'mine')
    mine.kill('SIGINT')
    const ended = await mine.ended
    expect(ended.code).toBe(130)
    expect(jsonOf(jobDocumentSchema, ended).job.state).toBe('cancelled')
    expect((await other.ended).code).toBe(0)
  })
})

describe('two runs on one home', () => {
  it('share the first one’s host, and the second goes on in the background when the first is done', async () => {
    const ground = openGround()
    const first = ground.start([...noOp(40, 100, 1), '--name', 'first', '--json'])
    await jobNamed(ground, 'first')
    const second = ground.start([...noOp(60, 100, 1), '--name', 'second', '--json'])
    await jobNamed(ground, 'second')
    expect(ground.workersOf(second.pid)).toEqual([])
    expect(first.alive).toBe(true)
    const ended = await first.ended
    expect(ended.code).toBe(0)
    expect(jsonOf(jobDocumentSchema, ended).result).toEqual({ tasks: 40 })
    expect(second.alive).toBe(true)
    const [successor] = ground.backgroundHosts()
    expect(successor).toBeDefined()
    const other = await second.ended
    expect(other.code).toBe(0)
    const { job, result } = jsonOf(jobDocumentSchema, other)
    expect(result).toEqual({ tasks: 60 })
    expect(job.tasks).toMatchObject({ total: 60, succeeded: 60 })
    expect(ground.backgroundHosts()).toEqual([successor])
  })
})

describe('run --detach', () => {
  it('prints the document at once, and wait prints it when the job is over', async () => {
    const ground = openGround()
    const detached = await ground.run([...noOp(40, 100), '--detach', '--json'])
    expect(detached.code).toBe(0)
    const { job } = jsonOf(jobDocumentSchema, detached)
    expect(['queued', 'running']).toContain(job.state)
    const [host, ...others] = ground.backgroundHosts()
    expect(others).toEqual([])
    await until('workers of the background host', () => ground.workersOf(host ?? 0).length > 0)
    const waited = await ground.run(['wait', job.id.slice(0, 6), '--json'])
    expect(waited.code).toBe(0)
    expect(jsonOf(jobDocumentSchema, waited)).toMatchObject({ job: { id: job.id, state: 'succeeded' } })
  })
})

describe('Ctrl-C', () => {
  it('cancels the job, tells so by exit code 130, and leaves nothing', async () => {
    const ground = openGround()
    const run = ground.start([...noOp(1000, 50), '--json'])
    await ground.tasksWhen('a task that is done', (tasks) => tasks.some((task) => task.state === 'succeeded'))
    run.kill('SIGINT')
    const ended = await run.ended
    expect(ended.code).toBe(130)
    const { job } = jsonOf(jobDocumentSchema, ended)
    expect(job.state).toBe('cancelled')
    expect(job.tasks.succeeded).toBeGreaterThan(0)
    expect(job.tasks.succeeded).toBeLessThan(1000)
    expect(job.tasks.unfinished).toBe(0)
    await ground.untilEmpty()
    expect(ground.backgroundHosts()).toEqual([])
  })

  it('pressed twice ends the command at once, and the next host cancels what is left', async () => {
    const ground = openGround()
    const run = ground.start([...noOp(2, 600_000), '--json'])
    await ground.tasksWhen('running tasks', (tasks) => tasks.some((task) => task.state === 'running'))
    run.kill('SIGINT')
    await until('the first Ctrl-C to be taken', () => run.stderr.includes('Ctrl-C again'))
    run.kill('SIGINT')
    expect(await run.ended).toMatchObject({ code: 130, stdout: '' })
    await ground.untilEmpty()
    expect((await ground.show()).job.tasks.unfinished).toBe(2)
    expect((await ground.run(['wait', 'last'])).code).toBe(130)
    expect((await ground.show()).job).toMatchObject({ state: 'cancelled', tasks: { cancelled: 2, unfinished: 0 } })
  })

  it('while waiting only ends the waiting', async () => {
    const ground = openGround()
    await ground.serve()
    const run = ground.start([...noOp(40, 100), '--json'])
    await ground.tasksWhen('a task', (tasks) => tasks.length > 0)
    const wait = ground.start(['wait', 'last'])
    await until('the wait to have begun', () => catchesHangUp(wait.pid))
    wait.kill('SIGINT')
    expect((await wait.ended).code).toBe(130)
    expect((await run.ended).code).toBe(0)
  })

  it('SIGTERM gives the job to the next host, uncancelled', async () => {
    const ground = openGround()
    const run = ground.start([...noOp(60, 100), '--json'])
    const before = await ground.tasksWhen('a task that is done', (tasks) =>
      tasks.some((task) => task.state === 'succeeded'),
    )
    run.kill('SIGTERM')
    expect((await run.ended).code).toBe(143)
    await ground.untilEmpty()
    expect((await ground.show()).job.tasks.unfinished).toBeGreaterThan(0)
    const { job } = await ground.json(jobDocumentSchema, ['wait', 'last'])
    expect(job).toMatchObject({ state: 'succeeded', tasks: { total: 60, succeeded: 60 } })
    const after = await ground.tasks()
    for (const task of before.filter(({ state }) => state === 'succeeded')) expect(after).toContainEqual(task)
  })
})

describe('a home of several jobs', () => {
  it('lists them newest first, and finds them by state, kind and what they are about', async () => {
    const ground = openGround()
    await ground.serve()
    await ground.runJob(['word-count', ground.file('quixote.txt', 'a windmill\n')])
    await ground.runJob(['numbers', '-p', 'values=1,2', '--name', 'two numbers'])
    const names = async (...args: string[]) =>
      (await ground.json(z.array(z.looseObject({ name: z.string() })), ['jobs', ...args])).map(({ name }) => name)
    expect(await names()).toEqual(['two numbers', 'word-count quixote'])
    expect(await names('--kind', 'word-count')).toEqual(['word-count quixote'])
    expect(await names('--search', 'quixote')).toEqual(['word-count quixote'])
    expect(await names('--state', 'failed')).toEqual([])
    expect(await names('--limit', '1')).toEqual(['two numbers'])
  })
})
