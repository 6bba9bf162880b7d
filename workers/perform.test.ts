import { readFileSync, writeFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { invariant } from '../contract/invariant.ts'
import type { Json } from '../contract/json.ts'
import type { Answer, Outcome } from '../contract/outcome.ts'
import { type TaskOrder, type Work, fromWorkerSchema } from '../contract/workerMessages.ts'
import { bytesSource } from '../datasets/bytes/grid.ts'
import { itemsSource } from '../datasets/items/grid.ts'
import { PlainCounters } from './counters.ts'
import { type JobSession, openSession, perform } from './perform.ts'
import { fixtureRun } from './testing/fixtureRun.ts'
import { JobFixture } from './testing/jobFixture.ts'

const open: { fixture: JobFixture; session: JobSession }[] = []
afterEach(() => {
  for (const { fixture, session } of open.splice(0)) {
    session.files.close()
    fixture.remove()
  }
})

async function makeSession(...args: ConstructorParameters<typeof JobFixture>): Promise<JobSession> {
  const fixture = new JobFixture(...args)
  const session = await openSession(fixture.job, () => Promise.resolve(fixtureRun))
  open.push({ fixture, session })
  return session
}

async function run(session: JobSession, work: Work, order: Partial<TaskOrder> = {}): Promise<Outcome> {
  const outcome = await perform({ session, work, order: { seq: 0, attempt: 1, from: 0, to: 1, ...order } })
  const sent = { type: 'outcomes', job: 1, outcomes: [{ seq: 0, attempt: 1, outcome }] }
  expect(fromWorkerSchema.parse(JSON.parse(JSON.stringify(sent)))).toEqual(sent)
  return outcome
}

async function answer(...args: Parameters<typeof run>): Promise<Answer> {
  const outcome = await run(...args)
  invariant(outcome.type === 'succeeded', JSON.stringify(outcome))
  return outcome.answer
}

const echo: Work = { type: 'task', stage: 'echo' }

/** The value of a job's map and merge when it is split and merged as told. */
async function total(session: JobSession, source: ReturnType<typeof itemsSource>, cuts: number[]): Promise<Json> {
  const { cells } = source
  const points = [...new Set([0, ...cuts.map((cut) => Math.floor(cut * cells)), cells])].toSorted((a, b) => a - b)
  const stage = source.type === 'items' ? 'sumItems' : 'sumLines'
  const map: Work = { type: 'map', stage, source, partial: 'perCell' }
  const merge: Work = { type: 'merge', stage: 'add', partial: 'perCell', cells }
  const parts: Answer[] = []
  for (const [index, to] of points.slice(1).entries())
    parts.push(await answer(session, map, { seq: index, from: points[index] ?? 0, to }))
  const half = Math.ceil(parts.length / 2)
  const halves = [parts.slice(0, half), parts.slice(half)].filter((uses) => uses.length > 0)
  const merged: Answer[] = []
  for (const [index, uses] of halves.entries()) merged.push(await answer(session, merge, { seq: 1000 + index, uses }))
  const root = merged.length === 1 ? merged[0] : await answer(session, merge, { seq: 2000, uses: merged })
  return root?.value ?? null
}

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 })

test('a floating sum comes out the same to the last bit, however its cells are grouped', async () => {
  const session = await makeSession([], { params: { scale: 0.1 } })
  const source = itemsSource(1000, 3)
  const expected = await total(session, source, [])
  expect(expected).toBeCloseTo(0.748, 2)
  await fc.assert(
    fc.asyncProperty(cuts, async (points) => {
      expect(Object.is(await total(session, source, points), expected)).toBe(true)
    }),
    { numRuns: 40 },
  )
})

test('the grouping of plain floating additions does matter, so the test above can fail', () => {
  const values = Array.from({ length: 1000 }, (_, index) => 0.1 / (index + 1))
  const add = (numbers: number[]) => numbers.reduce((sum, value) => sum + value, 0)
  const groupings = [1, 7, 100, 333].map((cut) => add(values.slice(0, cut)) + add(values.slice(cut)))
  expect(new Set(groupings).size).toBeGreaterThan(1)
})

test('lines summed cell by cell over several inputs give the same sum under any split', async () => {
  const lines = Array.from({ length: 300 }, (_, index) => `${(index * 7919) / 1000}\n`).join('')
  const session = await makeSession([lines, '0.1\n0.2\n0.3', lines.slice(0, 900)], { cellBytes: 64 })
  const source = bytesSource(session.job.inputs)
  const expected = await total(session, source, [])
  await fc.assert(
    fc.asyncProperty(cuts, async (points) => {
      expect(Object.is(await total(session, source, points), expected)).toBe(true)
    }),
    { numRuns: 25 },
  )
})

test('a record set aside cell by cell has its place in the whole piece, as if the piece were read at once', async () => {
  const text = Array.from({ length: 50 }, (_, index) => (index % 7 === 3 ? `bad ${index}` : `${index}`)).join('\n')
  const session = await makeSession([text, text], { cellBytes: 16 })
  const source = bytesSource(session.job.inputs)
  const place = { from: 1, to: source.cells - 2 }
  const outcomes = await Promise.all(
    (['exact', 'perCell'] as const).map((partial) =>
      run(session, { type: 'map', stage: 'sumLines', source, partial }, place),
    ),
  )
  const [atOnce, byCell] = outcomes.map((outcome) => {
    invariant(outcome.type === 'succeeded', JSON.stringify(outcome))
    const { rejects, rejectedCount, bytes, rows, tailRows } = outcome
    return { rejects, rejectedCount, bytes, rows, tailRows }
  })
  expect(atOnce?.rejectedCount).toBeGreaterThan(8)
  expect(new Set(atOnce?.rejects?.map((record) => record.piece))).toEqual(new Set([0, 1]))
  expect(byCell).toEqual(atOnce)
})

test("a merge of nothing and a merge of exact parts are the stage's own", async () => {
  const session = await makeSession()
  const uses = [{ value: 1 }, { value: 2 }, { value: 3 }]
  expect(await answer(session, { type: 'merge', stage: 'add', partial: 'exact', cells: 9 }, { uses })).toEqual({
    value: 6,
  })
  expect(await answer(session, { type: 'merge', stage: 'add', partial: 'perCell', cells: 0 }, { uses: [] })).toEqual({
    value: 0,
  })
})

test('a value over 4 KiB travels in a file, and is read back for whoever uses it', async () => {
  const session = await makeSession()
  const task: Work = { type: 'task', stage: 'large' }
  expect(await answer(session, task, { args: 4094 })).toEqual({ value: 'x'.repeat(4094) })
  const large = await answer(session, task, { args: 4095 })
  expect(large).toMatchObject({ ref: { file: '0.1.0.value.json', bytes: 4097 } })
  expect(large.value).toBeUndefined()
  const joined = await answer(session, { type: 'task', stage: 'join' }, { seq: 1, uses: [{ value: 1 }, {}, large] })
  invariant(joined.ref !== undefined, 'the joined value is large too')
  const written = JSON.parse(readFileSync(`${session.job.scratch}/${joined.ref.file}`, 'utf8')) as Json
  expect(written).toEqual([1, null, 'x'.repeat(4095)])
})

test('a map is given the answers that it uses, its values read back, for a split and for each cell alike', async () => {
  const session = await makeSession()
  const source = itemsSource(5)
  const large = await answer(session, { type: 'task', stage: 'large' }, { args: 4095 })
  const map: Omit<Extract<Work, { type: 'map' }>, 'partial'> = {
    type: 'map',
    stage: 'multiply',
    source,
    uses: [{ value: 3 }, { value: 4 }],
  }
  expect(await answer(session, { ...map, partial: 'exact' }, { to: 5 })).toEqual({ value: [15, 20] })
  const cells = await answer(session, { ...map, partial: 'perCell' }, { from: 3, to: 5 })
  expect(cells.value).toEqual([3, 4].map((index) => ({ level: 0, index, value: [3, 4] })))
  const lost = await run(session, { ...map, partial: 'exact', uses: [{ ref: { ...large.ref!, bytes: 1 } }] })
  expect(lost).toMatchObject({ type: 'failed', code: 'part-lost', lost: large.ref?.file })
})

test('what a task did is told with its outcome', async () => {
  const session = await makeSession(['one\r\ntwo\nthree'])
  const source = bytesSource(session.job.inputs)
  const outcome = await run(session, { type: 'map', stage: 'copyLines', source, partial: 'exact' })
  expect(outcome).toMatchObject({ type: 'succeeded', bytes: 14, rows: 3, tailRows: 3 })
  expect(outcome.finishedAt).toBeGreaterThanOrEqual(outcome.startedAt)
  invariant(outcome.type === 'succeeded', '')
  expect(outcome.answer.files?.['lines']).toMatchObject({ bytes: 14, rows: 3 })
})

test('the processor time of a task is its own, and lies within its time', async () => {
  const session = await makeSession()
  const outcome = await run(session, { type: 'task', stage: 'spinMs' }, { args: 80 })
  expect(outcome.cpuMs).toBeGreaterThan(0)
  expect(outcome.finishedAt - outcome.startedAt).toBeGreaterThanOrEqual(79)
})

test('a stage that throws, that is missing or that is told to stop ends as a value', async () => {
  const session = await makeSession()
  expect(await run(session, { type: 'task', stage: 'throwUp' })).toMatchObject({ type: 'failed', code: 'bug' })
  expect(await run(session, { type: 'task', stage: 'toString' })).toMatchObject({ message: /no stage toString/ })
  const counters = new PlainCounters()
  counters.stopped = true
  const order = { seq: 0, attempt: 1, from: 0, to: 1 }
  const stopped = await perform({ session, work: { type: 'task', stage: 'step' }, order, counters })
  expect(stopped).toMatchObject({ type: 'cancelled', bytes: 10, rows: 1 })
})

test('an input that changed under the job fails its tasks by name', async () => {
  const session = await makeSession(['1\n2\n'])
  writeFileSync(session.job.inputs[0]?.path ?? '', '1\n2\n3\n')
  const source = bytesSource(session.job.inputs)
  const outcome = await run(session, { type: 'map', stage: 'sumLines', source, partial: 'exact' })
  expect(outcome).toMatchObject({ type: 'failed', code: 'input-changed', message: /input0\.txt: it has changed/ })
})

test("params are what the kind's schema makes of them, and a wrong one opens no session", async () => {
  const session = await makeSession()
  expect(session.params).toEqual({ scale: 1 })
  expect(await answer(session, echo, { args: { nested: [1] } })).toEqual({ value: { nested: [1] } })
  await expect(makeSession([], { params: { scale: 'much' } })).rejects.toThrow()
})
