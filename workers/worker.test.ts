import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { mostTogether } from '../contract/needs.ts'
import { outOfMemoryExitCode } from '../contract/workerMessages.ts'
import { ForkedWorker } from './testing/forkedWorker.ts'

// Each test starts a process, on machines that may be busy with others.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

let scratch: string
let started: ForkedWorker[]

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'gristmill-worker-'))
  started = []
})

afterEach(async () => {
  await Promise.all(started.map((worker) => worker.kill()))
  rmSync(scratch, { recursive: true })
})

function start(options?: ConstructorParameters<typeof ForkedWorker>[0]): ForkedWorker {
  const worker = new ForkedWorker(options)
  started.push(worker)
  worker.announce({ number: 1, scratch })
  return worker
}

describe.each(['json', 'advanced'] as const)('over a channel of %s', (serialization) => {
  test('a batch of tasks comes back as few messages, one outcome each', async () => {
    const worker = start({ serialization })
    const tasks = Array.from({ length: 256 }, (_, seq) => ({ seq, attempt: 1, from: seq, to: seq + 1 }))
    const source = { type: 'items', cells: 256, items: 256, perCell: 1 } as const
    worker.post({ type: 'tasks', job: 1, work: { type: 'map', stage: 'nothing', source, partial: 'exact' }, tasks })
    expect(await worker.outcome(255)).toMatchObject({ type: 'succeeded', answer: {} })
    const batches = worker.heard.flatMap((message) => (message.type === 'outcomes' ? [message.outcomes] : []))
    expect(batches.flat().map(({ seq }) => seq)).toEqual(tasks.map(({ seq }) => seq))
    expect(batches.length).toBeLessThan(20)
  })
})

test('it says that it is ready before anything else', async () => {
  const worker = start()
  await worker.until((message) => (message.type === 'ready' ? message : undefined))
  expect(worker.heard[0]).toEqual({ type: 'ready', pid: worker.child.pid, node: process.version })
})

test('the heart beats, with what has been done, while compute does nothing but step', async () => {
  const worker = start()
  worker.order(1, 'step', { seq: 7 })
  const beat = await worker.running(7)
  expect(beat.running).toMatchObject({ job: 1, seq: 7, attempt: 1 })
  expect(beat.running?.bytes).toBeGreaterThan(0)
  expect(beat.rssBytes).toBeGreaterThan(10_000_000)
})

test('the heart beats while compute never looks up', async () => {
  const worker = start()
  worker.order(1, 'spin', { seq: 0 })
  const first = await worker.running(0)
  const later = await worker.until((message) =>
    message.type === 'heartbeat' && message.cpuMs > first.cpuMs && message.running?.seq === 0 ? message : undefined,
  )
  expect(later.cpuMs).toBeGreaterThan(first.cpuMs)
})

test('cancelling stops the running task and answers the waiting ones at once', async () => {
  const worker = start()
  worker.order(1, 'step', { seq: 0 })
  worker.order(1, 'echo', { seq: 1, args: 'never' })
  await worker.running(0)
  worker.post({ type: 'cancel', job: 1 })
  expect(await worker.outcome(1)).toMatchObject({ type: 'cancelled', bytes: 0 })
  expect(await worker.outcome(0)).toMatchObject({ type: 'cancelled' })
  worker.order(1, 'echo', { seq: 2, args: 'after' })
  expect(await worker.outcome(2)).toMatchObject({ type: 'succeeded', answer: { value: 'after' } })
})

test('a waiting task can be cancelled behind one that never looks up, and the others stay', async () => {
  const worker = start()
  worker.order(1, 'spin', { seq: 0 })
  worker.order(1, 'echo', { seq: 1 })
  worker.order(1, 'echo', { seq: 2 })
  await worker.running(0)
  worker.post({ type: 'cancel', job: 1, seqs: [2] })
  expect(await worker.outcome(2)).toMatchObject({ type: 'cancelled' })
  const answered = worker.heard.flatMap((message) => (message.type === 'outcomes' ? message.outcomes : []))
  expect(answered.map(({ seq }) => seq)).toEqual([2])
})

test('cancelling one job leaves the running task of another alone', async () => {
  const worker = start()
  worker.announce({ number: 2, scratch })
  worker.order(1, 'spinUntilFile', { seq: 0, args: join(scratch, 'go') })
  worker.order(2, 'echo', { seq: 1 })
  await worker.running(0)
  worker.post({ type: 'cancel', job: 2 })
  expect(await worker.outcome(1)).toMatchObject({ type: 'cancelled' })
  writeFileSync(join(scratch, 'go'), '')
  expect(await worker.outcome(0)).toMatchObject({ type: 'succeeded' })
})

test('quit finishes the running task, drops the waiting ones and exits with 0', async () => {
  const worker = start()
  worker.order(1, 'spinUntilFile', { seq: 0, args: join(scratch, 'go') })
  worker.order(1, 'echo', { seq: 1 })
  await worker.running(0)
  worker.post({ type: 'quit' })
  worker.post({ type: 'inspect', request: 1, path: scratch })
  await worker.until((message) => (message.type === 'inspected' ? message : undefined))
  writeFileSync(join(scratch, 'go'), '')
  expect(await worker.outcome(0)).toMatchObject({ type: 'succeeded' })
  expect(await worker.ended).toMatchObject({ exitCode: 0, signal: null })
  const answered = worker.heard.flatMap((message) => (message.type === 'outcomes' ? message.outcomes : []))
  expect(answered.map(({ seq }) => seq)).toEqual([0])
})

test('an idle worker whose host lets go exits by itself', async () => {
  const worker = start()
  worker.order(1, 'echo', { seq: 0 })
  await worker.outcome(0)
  worker.child.disconnect()
  expect(await worker.ended).toMatchObject({ exitCode: 0 })
})

test('a worker that computes is gone as soon as its host is', async () => {
  const worker = start()
  worker.order(1, 'spin', { seq: 0 })
  await worker.running(0)
  worker.child.disconnect()
  expect(await worker.ended).toMatchObject({ signal: 'SIGKILL' })
})

test('Ctrl-C, which reaches the whole process group, is left to the host', async () => {
  const worker = start()
  worker.order(1, 'echo', { seq: 0 })
  await worker.outcome(0)
  worker.child.kill('SIGINT')
  worker.order(1, 'echo', { seq: 1, args: 'still here' })
  expect(await worker.outcome(1)).toMatchObject({ type: 'succeeded' })
  worker.order(1, 'spin', { seq: 2 })
  await worker.running(2)
})

test('an error outside of any task ends the worker with 70 and its stack on stderr', async () => {
  const worker = start()
  worker.order(1, 'crash', { seq: 0 })
  const end = await worker.ended
  expect(end.exitCode).toBe(70)
  expect(end.stderr).toContain('thrown outside of any task')
})

test('a stage that ends its thread ends the worker with 70', async () => {
  const worker = start()
  worker.order(1, 'leave', { seq: 0 })
  const end = await worker.ended
  expect(end.exitCode).toBe(70)
  expect(end.stderr).toContain('ended by itself with code 3')
})

test('running out of heap has an exit code of its own', async () => {
  const worker = start({ heapMb: 40 })
  worker.order(1, 'exhaust', { seq: 0 })
  expect(await worker.ended).toMatchObject({ exitCode: outOfMemoryExitCode })
})

test('an error of a stage is an outcome, and the worker goes on', async () => {
  const worker = start()
  worker.order(1, 'throwUp', { seq: 0 })
  worker.order(1, 'echo', { seq: 1, args: 'still here' })
  expect(await worker.outcome(0)).toMatchObject({ type: 'failed', code: 'bug', message: 'a mistake in a stage' })
  expect(await worker.outcome(1)).toMatchObject({ type: 'succeeded', answer: { value: 'still here' } })
})

test('tasks of a job that was forgotten, or of an unknown kind, fail with the reason', async () => {
  const worker = start()
  worker.post({ type: 'forget', job: 1 })
  worker.order(1, 'echo', { seq: 0 })
  worker.announce({ number: 2, scratch, kind: 'unheard-of' })
  worker.order(2, 'echo', { seq: 1 })
  expect(await worker.outcome(0)).toMatchObject({ type: 'failed', code: 'bug', message: /never announced/ })
  expect(await worker.outcome(1)).toMatchObject({ type: 'failed', code: 'bug', message: /no kind unheard-of/ })
})

test('an input is inspected while compute is busy', async () => {
  const path = join(scratch, 'words.txt')
  writeFileSync(path, 'one\ntwo\n')
  const worker = start()
  worker.order(1, 'spin', { seq: 0 })
  await worker.running(0)
  worker.post({ type: 'inspect', request: 5, path })
  const answer = await worker.until((message) => (message.type === 'inspected' ? message : undefined))
  expect(answer).toMatchObject({ request: 5, reply: { ok: true, inspection: { preview: ['one', 'two'] } } })
})

test('a message that is not of the protocol is dropped with a line about it', async () => {
  const worker = start()
  worker.postRaw('nonsense')
  const log = await worker.until((message) => (message.type === 'log' ? message : undefined))
  expect(log).toMatchObject({ level: 'error', line: /not of the protocol/ })
  worker.order(1, 'echo', { seq: 0, args: 1 })
  expect(await worker.outcome(0)).toMatchObject({ type: 'succeeded' })
})

describe('tasks that wait for others', () => {
  const wait = (worker: ForkedWorker, names: readonly string[]) => {
    const tasks = names.map((name, seq) => ({ seq, attempt: 1, from: 0, to: 1, args: join(scratch, name) }))
    worker.post({ type: 'tasks', job: 1, work: { type: 'task', stage: 'waitForFile' }, tasks, together: true })
  }
  const underWay = (worker: ForkedWorker, count: number) =>
    worker.until((message) =>
      message.type === 'heartbeat' && (message.beside?.length ?? 0) === count - 1 ? message : undefined,
    )

  test('are under way together, end in any order, and each answers for itself', async () => {
    const worker = start()
    wait(worker, ['a', 'b', 'c'])
    const beat = await underWay(worker, 3)
    expect([beat.running, ...(beat.beside ?? [])].map((task) => task?.seq)).toEqual([0, 1, 2])
    for (const [name, seq] of [
      ['c', 2],
      ['a', 0],
      ['b', 1],
    ] as const) {
      writeFileSync(join(scratch, name), '')
      expect(await worker.outcome(seq)).toMatchObject({
        type: 'succeeded',
        answer: { value: join(scratch, name) },
        rows: 1,
      })
    }
  })

  test('are stopped one by one, at their next wait; one that got nowhere fails for that', async () => {
    const worker = start()
    wait(worker, ['a', 'b', 'c'])
    await underWay(worker, 3)
    worker.post({ type: 'cancel', job: 1, seqs: [1] })
    expect(await worker.outcome(1)).toMatchObject({ type: 'cancelled' })
    worker.post({ type: 'cancel', job: 1, seqs: [2], because: 'no-progress' })
    expect(await worker.outcome(2)).toMatchObject({ type: 'failed', code: 'no-progress' })
    writeFileSync(join(scratch, 'a'), '')
    expect(await worker.outcome(0)).toMatchObject({ type: 'succeeded' })
  })

  test('more than there are lanes for wait for one, and those that wait can be withdrawn', async () => {
    const worker = start()
    wait(
      worker,
      Array.from({ length: mostTogether + 2 }, (_, index) => `${index}`),
    )
    await underWay(worker, mostTogether)
    worker.post({ type: 'cancel', job: 1, seqs: [mostTogether] })
    expect(await worker.outcome(mostTogether)).toMatchObject({ type: 'cancelled', rows: 0 })
    writeFileSync(join(scratch, `${mostTogether + 1}`), '')
    writeFileSync(join(scratch, '5'), '')
    expect(await worker.outcome(5)).toMatchObject({ type: 'succeeded' })
    expect(await worker.outcome(mostTogether + 1)).toMatchObject({ type: 'succeeded' })
  })
})
