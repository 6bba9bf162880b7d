import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KindsBuild, type Ran } from './kindsBuild.ts'
import { injected } from '../harness/faults.ts'

/** Every way for an attempt to end badly, provoked in a real worker: what is on record of it, and what became of the job. */

let build: KindsBuild
beforeAll(() => {
  build = new KindsBuild(['poison', 'outside'], { GRISTMILL_WORKER_HEAP_MB: '60' })
})
afterAll(() => build.remove())

/** 20 numbers in 4 tasks, one of them bad in this way, and, unless it stays bad, only the first time. */
function harmed(harm: string, options: { stays?: boolean; way?: string } = {}): Promise<Ran> {
  const { stays = false, way = 'noted' } = options
  const once = stays ? [] : ['-p', `once=${build.at(`once-${harm}-${way}`)}`]
  const words = [
    'poison',
    '-p',
    `way=${way}`,
    '-p',
    'count=20',
    '-p',
    'perTask=5',
    '-p',
    'at=[7]',
    '-p',
    `harm=${harm}`,
  ]
  return build.run(...words, ...once, '--workers', '2')
}

const whole = { sum: 190, handled: 20 }
const without7 = { sum: 183, handled: 19 }

describe('a worker that is lost the first time is replaced, and the job has its whole answer', () => {
  it.each([
    ['kill', 'crashed', { exit_code: null, signal: 'SIGKILL' }, 'a worker is killed'],
    ['exit', 'crashed', { exit_code: 70, signal: null }, 'a worker exits'],
    ['heap', 'out-of-memory', {}, 'a worker runs out of heap'],
    ['buffers', 'over-memory', {}, 'a worker takes more memory than it may, off the heap too'],
    ['loop', 'no-progress', {}, 'a task makes no progress'],
    ['freeze', 'silent', {}, 'a worker is stopped'],
  ] as const)('%s: %s', async (harm, outcome, end, fault) => {
    const ran = await harmed(harm)
    injected(fault)
    expect(ran).toMatchObject({ exitCode: 0, result: whole })
    const [died, ...others] = build.attempts(ran.job).filter(({ seq }) => seq === 1)
    expect(died).toMatchObject({ seq: 1, attempt: 1, outcome, ...end })
    expect(died?.log_tail).toContain(`about to ${harm}`)
    expect(others).toMatchObject([{ seq: 1, attempt: 2, outcome: 'succeeded' }])
    expect(build.story(ran.job).filter(({ type }) => type === 'workerLost')).toHaveLength(1)
    expect((await build.gristmill('show', ran.job.id)).stdout).toMatch(new RegExp(`1\\.1 +${outcome}`))
  })

  it('what was heard of it last is kept: how far it had come, and the memory that it took', async () => {
    const ran = await harmed('loop', { way: 'plain' })
    expect(build.attempts(ran.job)[0]).toMatchObject({ outcome: 'no-progress', rows: 2, bytes: 0 })
    const large = await harmed('buffers', { way: 'plain' })
    expect(build.attempts(large.job)[0]?.peak_memory_bytes).toBeGreaterThan(400 * 1024 * 1024)
  })
})

describe('an attempt that says itself what was wrong', () => {
  it.each([
    ['transient', 'transient', 'a task fails in a way that may pass'],
    ['full', 'disk-full', 'a task finds its disk full'],
  ] as const)('%s: it is tried again after a while, and the job has its whole answer', async (harm, outcome, fault) => {
    const ran = await harmed(harm)
    injected(fault)
    expect(ran).toMatchObject({ exitCode: 0, result: whole })
    expect(build.attempts(ran.job).map((each) => each.outcome)).toEqual([outcome, 'succeeded'])
  })

  it('what stays wrong though it might pass fails the job after five attempts', async () => {
    const ran = await harmed('transient', { stays: true })
    expect(ran).toMatchObject({ exitCode: 1, error: { code: 'transient', task: 1 } })
    expect(build.attempts(ran.job)).toHaveLength(5)
  })

  it.each([
    ['refuse', 'refused-input', 'a task refuses its input, or finds it changed'],
    ['change', 'input-changed', 'a task refuses its input, or finds it changed'],
  ] as const)('%s: it is never tried again', async (harm, outcome, fault) => {
    const ran = await harmed(harm, { stays: true })
    injected(fault)
    expect(ran).toMatchObject({ exitCode: 1, error: { code: outcome, task: 1 } })
    expect(build.attempts(ran.job)).toMatchObject([{ seq: 1, attempt: 1, outcome }])
  })
})

describe('a harm that stays', () => {
  it.each([
    ['kill', 'the worker died (SIGKILL)'],
    ['exit', 'the worker died (exit code 70)'],
    ['throw', 'a mistake of the kind'],
    ['heap', 'the worker ran out of memory'],
    ['buffers', 'the worker used more memory than it may and was ended'],
    ['loop', expect.stringMatching(/^the task made no progress for \d+ s and was ended$/) as string],
  ])('%s: the number that does it is set aside with the reason, the others are added up', async (harm, reason) => {
    const ran = await harmed(harm, { stays: true })
    expect(ran).toMatchObject({ exitCode: 3, result: without7, job: { state: 'succeeded', rejects: 1 } })
    expect(await build.rejects(ran.job)).toEqual([{ source: 'params', row: null, offset: 7, reason, raw: 'number 7' }])
    expect(build.attempts(ran.job).filter(({ seq }) => seq === 1)).toHaveLength(3)
  })

  it('in a task that cannot be cut fails the job by name: task, cells and reason', async () => {
    const alone = await build.run('poison', '-p', 'way=alone')
    injected('a task that cannot be cut kills every worker')
    expect(alone).toMatchObject({ exitCode: 1, error: { code: 'crashed', task: 0 } })
    expect(alone.stderr).toContain('task 0 (alone, cells 0 to 1): the worker died (SIGKILL) (3 attempts)')

    const wrong = await build.run('poison', '-p', 'way=alone', '-p', 'harm=throw')
    injected('a task throws')
    expect(wrong).toMatchObject({ exitCode: 1, error: { code: 'bug', task: 0 }, job: { attempts: 1 } })
    expect(wrong.stderr).toContain('task 0 (alone, cells 0 to 1): a mistake of the kind')

    const file = build.at('long.txt')
    writeFileSync(file, `${'x'.repeat(300_000)}\nbad kill\n${'y'.repeat(100_000)}\n`)
    const bytes = await build.run('poison', '-p', 'way=bytes', file)
    expect(bytes).toMatchObject({ exitCode: 1, error: { code: 'crashed' } })
    expect(bytes.stderr).toContain('(add, cells 4 to 5): the worker died (SIGKILL)')
  })
})

describe('work with effects outside', () => {
  const params = (name: string) => [`file=${build.at(name)}`, 'count=6', 'dieAt=3', `once=${build.at(name)}.once`]
  const runOutside = (name: string, more: string[] = []) =>
    build.run('outside', ...[...params(name), ...more].flatMap((param) => ['-p', param]))
  const told = (name: string) => readFileSync(build.at(name), 'utf8').split('\n').slice(0, -1)

  it('is not done twice after a crash: the job fails as outcome unknown', async () => {
    const ran = await runOutside('told')
    injected('work with effects outside is cut off')
    expect(ran).toMatchObject({ exitCode: 1, error: { code: 'outcome-unknown', task: 3 } })
    expect(new Set(told('told')).size).toBe(told('told').length)
    expect(build.attempts(ran.job).filter(({ outcome }) => outcome === 'crashed')).toHaveLength(1)
  })

  it('is done again when the params allow it', async () => {
    const ran = await runOutside('again', ['rerunUnknown=true'])
    expect(ran).toMatchObject({ exitCode: 0, result: { told: 6 } })
    expect(told('again').filter((line) => line === '3')).toHaveLength(2)
    expect(existsSync(build.at('again.once'))).toBe(true)
  })
})
