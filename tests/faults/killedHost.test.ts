import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jobDocumentSchema, type Task } from '../../contract/job.ts'
import { chanceOf } from '../harness/chance.ts'
import { jsonOf, openGround, type Ground, type Running } from '../process/gristmill.ts'
import { expectSameBytes } from '../process/layouts.ts'
import { until } from '../process/processes.ts'
import { makeNumbers, makeText } from '../process/texts.ts'
import { expectKept, expectSoundLedger, isCommitted } from './ledger.ts'
import { freeze } from './moment.ts'
import { injected } from '../harness/faults.ts'

/** Kills a stopped host; its workers end by themselves. */
async function killHost(ground: Ground, host: Running): Promise<void> {
  host.kill('SIGKILL')
  injected('a host is killed')
  expect((await host.ended).signal).toBe('SIGKILL')
  await ground.untilEmpty('the workers of a killed host to end by themselves')
}

/** A job with an artifact of several megabytes. */
const sevenths = {
  args: ['numbers', '-p', 'formula=x / 7', '-p', 'from=1', '-p', 'to=300000', '--workers', '2', '--split', '10000'],
  text: () => Buffer.from(Array.from({ length: 300_000 }, (_, index) => `${(index + 1) / 7}\n`).join('')),
}

/** The next host ends the job with the whole artifact and nothing beside it. */
async function expectSevenths(ground: Ground, before: readonly Task[]): Promise<void> {
  const { artifacts } = await ground.json(jobDocumentSchema, ['wait', 'last'])
  expectKept(before, await ground.tasks())
  expectSameBytes(readFileSync(artifacts[0]!.path), sevenths.text(), 'after the kill')
  expect(ground.filesIn(join(ground.cwd, 'killed'))).toEqual(['numbers.txt'])
  await expectSoundLedger(ground)
}

describe('a host that is killed', () => {
  it('loses nothing that was committed, and the next one goes on to the same bytes', async () => {
    const ground = openGround()
    const path = ground.file('text.txt', makeText(chanceOf(4), 6 * 1024 * 1024))
    const args = ['word-count', path, '-p', 'tokens=whitespace', '--workers', '2', '--split', '64K']
    const run = ground.start(['run', ...args, '--out', 'killed', '--json'])
    const before = await freeze(ground, { host: run.pid, stop: 'host' })
    await killHost(ground, run)
    await expectSoundLedger(ground)
    const ended = await ground.run(['wait', 'last', '--json'])
    expect(ended.code).toBe(0)
    const { job, result, artifacts } = jsonOf(jobDocumentSchema, ended)
    expectKept(before, await ground.tasks())
    expect(job.attempts).toBeGreaterThan(job.tasks.total)
    await expectSoundLedger(ground)
    await ground.untilEmpty()
    const undisturbed = await ground.runJob([...args, '--out', 'undisturbed'])
    expect(result).toEqual(undisturbed.result)
    expectSameBytes(
      readFileSync(artifacts[0]!.path),
      readFileSync(undisturbed.artifacts[0]!.path),
      'after the kill of the host',
    )
    expect(ground.filesIn(ground.cwd).filter((file) => file.endsWith('.part'))).toEqual([])
    expect(ground.filesIn(join(ground.home, 'scratch'))).toEqual([])
  })

  it('three times over, each time in the midst of the work, costs only time', async () => {
    const ground = openGround()
    const text = makeNumbers(chanceOf(5), 100_000)
    const input = ['numbers', '-', '-p', 'formula=x * 3', '--workers', '2', '--split', '1']
    let host = ground.start(['run', ...input, '--out', 'killed', '--json'], { stdin: text })
    let done = 0
    for (let kill = 0; kill < 3; kill++) {
      const least = done
      const more = (tasks: Task[]) => tasks.filter(isCommitted).length > least
      const before = await freeze(ground, { host: host.pid, stop: 'host', also: more })
      done = before.filter(isCommitted).length
      await killHost(ground, host)
      await expectSoundLedger(ground)
      expectKept(
        before.filter(({ attempt }) => attempt === 1),
        await ground.tasks(),
      )
      host = ground.start(['wait', 'last', '--json'])
    }
    const ended = await host.ended
    expect(ended.code).toBe(0)
    const { result, artifacts } = jsonOf(jobDocumentSchema, ended)
    await expectSoundLedger(ground)
    await ground.untilEmpty()
    const undisturbed = await ground.runJob([...input, '--out', 'undisturbed'], { stdin: text })
    expect(result).toEqual(undisturbed.result)
    expectSameBytes(readFileSync(artifacts[0]!.path), readFileSync(undisturbed.artifacts[0]!.path), 'after three kills')
    expect(ground.filesIn(join(ground.home, 'spool'))).toHaveLength(2)
  })

  it('while the artifact is being written, leaves no half of it under its name', async () => {
    const ground = openGround()
    const run = ground.start(['run', ...sevenths.args, '--out', 'killed', '--json'])
    const copying = (tasks: Task[]) => tasks.some(({ stage, state }) => stage === 'write' && state !== 'succeeded')
    const before = await freeze(ground, { host: run.pid, stop: 'host', also: copying })
    await killHost(ground, run)
    if (ground.filesIn(join(ground.cwd, 'killed')).includes('numbers.txt'))
      expectSameBytes(readFileSync(join(ground.cwd, 'killed/numbers.txt')), sevenths.text(), 'right after the kill')
    await expectSevenths(ground, before)
  })

  it('a new serve goes on by itself with what it left', async () => {
    const ground = openGround()
    const host = await ground.serve()
    await ground.runJob(['no-op', '-p', 'tasks=40', '-p', 'ms=100', '--workers', '2', '--detach'])
    const before = await freeze(ground, { host: host.pid, stop: 'host' })
    await killHost(ground, host)
    const next = await ground.serve()
    const after = await ground.tasksWhen('every task to be done', (tasks) => tasks.filter(isCommitted).length === 40)
    expectKept(before, after)
    expect((await ground.run(['wait', 'last'])).code).toBe(0)
    next.kill('SIGTERM')
    expect((await next.ended).code).toBe(0)
    await expectSoundLedger(ground)
  })

  it('leaves its clients to take its place: a run goes on and gets its result', async () => {
    const ground = openGround()
    const host = await ground.serve()
    const run = ground.start(['run', 'no-op', '-p', 'tasks=40', '-p', 'ms=100', '--workers', '2', '--json'])
    const before = await freeze(ground, { host: host.pid, stop: 'host' })
    host.kill('SIGKILL')
    await until('workers of the run', () => ground.workersOf(run.pid).length > 0)
    const ended = await run.ended
    expect(ended.code).toBe(0)
    expect(jsonOf(jobDocumentSchema, ended)).toMatchObject({ job: { state: 'succeeded' }, result: { tasks: 40 } })
    expectKept(before, await ground.tasks())
    await expectSoundLedger(ground)
    await ground.untilEmpty()
  })
})
