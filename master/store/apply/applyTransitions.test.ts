import { expect, test } from 'vitest'
import { Bug } from '../../../contract/invariant.ts'
import type { EndedAttempt, Transition } from '../../../contract/ledger.ts'
import { isAllowed, jobStates, jobTransitions } from '../../../contract/transitions.ts'
import { jobStateCodes } from '../states.ts'
import {
  commit,
  emptyLedger,
  finished,
  madeTasks,
  mapOperation,
  mergeOperation,
  outcome,
  readerOf,
  returned,
  runningJob,
  someJob,
  started,
} from '../testLedger.ts'
import { applyTransitions } from './applyTransitions.ts'

const input = {
  path: '/data/Trip Reports/may.csv',
  name: 'may.csv',
  bytes: 10,
  format: 'text' as const,
  cellBytes: 65_536,
  fingerprint: { bytes: 10, modifiedAt: 5.5, inode: '7', headTail: 'ab' },
  spooled: false,
}
const ended: EndedAttempt = {
  seq: 0,
  attempt: 1,
  worker: 3,
  startedAt: 2500,
  endedAt: 2600,
  outcome: 'crashed',
  message: 'the worker was killed',
  stack: null,
  exitCode: null,
  signal: 'SIGKILL',
  peakMemoryBytes: 77,
  logTail: 'last words',
  bytes: 4096,
  rows: 12,
  place: { input: 0, piece: 0, record: 12, offset: 99 },
}

test('a job comes back from the ledger as it was made', async () => {
  const db = emptyLedger()
  const job = someJob(7, {
    inputs: [input],
    params: { top: 10, nested: { deep: [null, 'x'] } },
    outDir: '/out',
    force: true,
    priority: -3,
    workers: 4,
    split: 9,
    tags: ['a', 'b'],
    note: 'a note',
    parentId: 'jobaaaaaaaa1',
  })
  commit(db, [{ type: 'jobMade', job }])
  const ledger = await readerOf(db).ledger(7)
  expect(ledger).toEqual({
    job,
    state: 'queued',
    startedAt: null,
    operations: [],
    tasks: [],
    ended: [],
    artifacts: [],
    rejects: 0,
    attempts: 0,
    partial: null,
    planMs: 0,
  })
  const { number, ...asked } = job
  const { document } = await readerOf(db).detail(number)
  expect(document).toMatchObject({
    job: { ...asked, state: 'queued', startedAt: null, finishedAt: null },
    result: null,
    artifacts: [],
  })
  expect(document.job.timing).toEqual({
    planMs: null,
    workMs: null,
    mergeMs: null,
    wallMs: null,
    cpuMs: null,
    overheadMsPerTask: null,
  })
})

test('a job moves along every arrow of the table and no other, from the state that it has', () => {
  for (const from of jobStates)
    for (const to of jobStates) {
      const db = emptyLedger()
      applyTransitions(db, [{ type: 'jobMade', job: someJob(1) }])
      const place = db.prepare('UPDATE jobs SET state = ?')
      const move = (): unknown => applyTransitions(db, [{ type: 'jobMoved', job: 1, from, to, at: 5 }])
      if (isAllowed(jobTransitions, from, to)) {
        place.run(jobStateCodes[from])
        expect(move()).toEqual([[true]])
        expect(move()).toEqual([[false]])
      } else expect(move).toThrow(Bug)
    }
})

test('a job keeps when it first started, and loses its end and its error when it is retried', async () => {
  const db = emptyLedger()
  const error = { code: 'bug', message: 'it broke', task: 0 }
  commit(db, runningJob(1, 1))
  commit(db, [{ type: 'jobMoved', job: 1, from: 'running', to: 'failed', at: 2500, fields: { error, planMs: 4 } }])
  const failed = await readerOf(db).detail(1)
  expect(failed.document).toMatchObject({ error, job: { startedAt: 2000, finishedAt: 2500, timing: { planMs: 4 } } })
  commit(db, [{ type: 'jobMoved', job: 1, from: 'failed', to: 'queued', at: 2600 }])
  commit(db, [{ type: 'jobMoved', job: 1, from: 'queued', to: 'running', at: 2700 }])
  const retried = await readerOf(db).detail(1)
  expect(retried.document).not.toHaveProperty('error')
  expect(retried.document.job).toMatchObject({ startedAt: 2000, finishedAt: null, timing: { planMs: 4 } })
})

test('name, note, tags, priority and workers can be changed one by one', async () => {
  const db = emptyLedger()
  commit(db, [{ type: 'jobMade', job: someJob(1, { name: 'old', note: 'kept', workers: 2 }) }])
  commit(db, [{ type: 'jobChanged', job: 1, fields: { name: 'new', tags: ['t'] } }])
  commit(db, [{ type: 'jobChanged', job: 1, fields: { priority: 9, workers: null } }])
  const { document } = await readerOf(db).detail(1)
  expect(document.job).toMatchObject({ name: 'new', note: 'kept', tags: ['t'], priority: 9, workers: null })
})

test('operations keep their order, their answers tell null from none', async () => {
  const db = emptyLedger()
  commit(db, [
    { type: 'jobMade', job: someJob(1) },
    { type: 'operationMade', job: 1, operation: mergeOperation },
    { type: 'operationMade', job: 1, operation: mapOperation },
    { type: 'operationAnswered', job: 1, operation: 'map', answer: null },
  ])
  const { operations } = await readerOf(db).ledger(1)
  expect(operations).toEqual([
    { ...mapOperation, answer: null },
    { ...mergeOperation, answer: undefined },
  ])
  expect(applyTransitions(db, [{ type: 'operationAnswered', job: 1, operation: 'other', answer: 1 }])).toEqual([
    [false],
  ])
})

test('a task comes back as it was made, with its arguments and its answer', async () => {
  const db = emptyLedger()
  commit(db, [
    ...runningJob(1, 0),
    {
      type: 'tasksMade',
      job: 1,
      operation: 'map',
      stage: 'count',
      tasks: [
        { seq: 0, from: 3, to: 9, args: { quote: `it's "x"`, none: null } },
        { seq: 1, from: 9, to: 10, args: null },
        { seq: 2, from: 10, to: 11 },
      ],
    },
    started(1, [0]),
    finished(1, [outcome(0, { answer: { value: { words: ['ä', '"'] } } })]),
  ])
  const { tasks } = await readerOf(db).ledger(1)
  expect(tasks[0]).toEqual({
    count: 1,
    seq: 0,
    operation: 'map',
    from: 3,
    to: 9,
    args: { quote: `it's "x"`, none: null },
    state: 'succeeded',
    attempt: 1,
    fence: 1,
    answer: { value: { words: ['ä', '"'] } },
    bytes: 100,
    rows: 5,
    tailRows: 5,
    rejects: 0,
    startedAt: 3000,
    finishedAt: 3010,
    cpuMs: 8,
  })
  expect(tasks.slice(1).map(({ args, state, attempt, fence }) => ({ args, state, attempt, fence }))).toEqual([
    { args: null, state: 'pending', attempt: 0, fence: 1 },
    { args: undefined, state: 'pending', attempt: 0, fence: 1 },
  ])
})

test('tasks of one list that belong to several stages are counted under their own', async () => {
  const db = emptyLedger()
  commit(db, [
    ...runningJob(1, 3),
    { type: 'operationMade', job: 1, operation: mergeOperation },
    { type: 'tasksMade', job: 1, operation: 'merge', stage: 'combine', tasks: [{ seq: 3, from: 0, to: 3 }] },
    started(1, [0, 1, 2, 3]),
    finished(1, [outcome(0), outcome(1), outcome(2), outcome(3, { finishedAt: 3100 })], 2),
  ])
  const { document, stages, shares } = await readerOf(db).detail(1)
  expect(stages).toEqual([
    { stage: 'count', total: 3, succeeded: 3, busyMs: 30 },
    { stage: 'combine', total: 1, succeeded: 1, busyMs: 100 },
  ])
  expect(document.job.timing).toMatchObject({ workMs: 30, mergeMs: 100, cpuMs: 32 })
  expect(shares).toEqual([{ worker: 2, tasks: 4, bytes: 400, rows: 20, busyMs: 130 }])
})

test('what splitting cost is the worker time in no task, by task, and unknown until the job has ended', async () => {
  const db = emptyLedger()
  commit(db, [...runningJob(1, 2), started(1, [0, 1]), finished(1, [outcome(0)], 1), finished(1, [outcome(1)], 2)])
  const running = await readerOf(db).detail(1)
  expect(running.document.job.timing).toMatchObject({ workMs: 20, wallMs: null, overheadMsPerTask: null })
  commit(db, [{ type: 'jobMoved', job: 1, from: 'running', to: 'succeeded', at: 2100, fields: { result: { n: 1 } } }])
  const done = await readerOf(db).detail(1)
  expect(done.document).toMatchObject({ result: { n: 1 }, job: { timing: { wallMs: 100, overheadMsPerTask: 90 } } })
})

test('a job that ends before any task has ended cannot say what splitting cost', async () => {
  const db = emptyLedger()
  commit(db, [...runningJob(1, 1), { type: 'tasksCancelled', job: 1, at: 2050 }])
  commit(db, [{ type: 'jobMoved', job: 1, from: 'running', to: 'cancelling', at: 2050 }])
  commit(db, [{ type: 'jobMoved', job: 1, from: 'cancelling', to: 'cancelled', at: 2100 }])
  const { document } = await readerOf(db).detail(1)
  expect(document.job).toMatchObject({ tasks: { cancelled: 1 }, timing: { wallMs: 100, overheadMsPerTask: null } })
})

test('cancelling takes every unfinished task of the job and none of another', async () => {
  const db = emptyLedger()
  commit(db, [...runningJob(1, 3), ...runningJob(2, 2), started(1, [0, 1]), finished(1, [outcome(0)])])
  commit(db, [{ type: 'tasksCancelled', job: 1, at: 4000 }])
  const first = await readerOf(db).ledger(1)
  expect(first.tasks.map(({ state }) => state)).toEqual(['succeeded', 'cancelled', 'cancelled'])
  const second = await readerOf(db).ledger(2)
  expect(second.tasks.map(({ state }) => state)).toEqual(['pending', 'pending'])
})

test('a success whose scratch result is missing is taken back with its figures and its rejects', async () => {
  const db = emptyLedger()
  const record = { input: 0, piece: 0, record: 0, offset: 4, reason: 'no number', raw: 'x' }
  commit(db, [
    ...runningJob(1, 2, { inputs: [input] }),
    started(1, [0, 1]),
    finished(1, [outcome(0, { rejects: 1 }), outcome(1, { rejects: 1 })]),
    { type: 'rejected', job: 1, seq: 0, records: [record] },
    { type: 'rejected', job: 1, seq: 1, records: [{ ...record, offset: 5 }] },
    returned(1, [0], 2),
  ])
  const { document } = await readerOf(db).detail(1)
  expect(document.job).toMatchObject({ rejects: 1, bytes: 100, rows: 5, tasks: { succeeded: 1, unfinished: 1 } })
  const kept = await readerOf(db).rejects(1, { limit: 10, offset: 0 })
  expect(kept.rejects.map(({ offset }) => offset)).toEqual([5])
  expect(kept.total).toBe(1)
})

test('a record that two attempts set aside is kept once', async () => {
  const db = emptyLedger()
  const records = [{ input: 0, piece: 0, record: 3, offset: 40, reason: 'no number', raw: 'x' }]
  commit(db, [...runningJob(1, 1, { inputs: [input] }), { type: 'rejected', job: 1, seq: 0, records }])
  commit(db, [{ type: 'rejected', job: 1, seq: 0, records }])
  const { total } = await readerOf(db).rejects(1, { limit: 10, offset: 0 })
  expect(total).toBe(1)
})

test('the first account of an attempt holds, and failures come newest first', async () => {
  const db = emptyLedger()
  commit(db, [...runningJob(1, 2), { type: 'attemptEnded', job: 1, attempt: ended }])
  commit(db, [{ type: 'attemptEnded', job: 1, attempt: { ...ended, attempt: 2, outcome: 'succeeded', message: null } }])
  commit(db, [{ type: 'attemptEnded', job: 1, attempt: { ...ended, seq: 1, endedAt: 2700 } }])
  const again: Transition = { type: 'attemptEnded', job: 1, attempt: { ...ended, message: 'another story' } }
  const unknown: Transition = { type: 'attemptEnded', job: 1, attempt: { ...ended, seq: 9 } }
  expect(applyTransitions(db, [again, unknown])).toEqual([[false], [false]])
  const { seq, ...facts } = ended
  const attempts = await readerOf(db).attempts(1, 0)
  expect(attempts).toEqual([
    { task: seq, ...facts },
    { task: seq, ...facts, attempt: 2, outcome: 'succeeded', message: null },
  ])
  const { failures } = await readerOf(db).detail(1)
  expect(failures.map(({ task, attempt }) => [task, attempt])).toEqual([
    [1, 1],
    [0, 1],
  ])
})

test('artifacts, events and the partial answer are told as they were kept', async () => {
  const db = emptyLedger()
  const artifact = { name: 'words.csv', path: '/out/words.csv', bytes: 9, mediaType: 'text/csv', sha256: 'f', rows: 2 }
  const event = { at: 2500, type: 'note' as const, text: 'half-way' }
  commit(db, [
    ...runningJob(1, 1),
    { type: 'artifactMade', job: 1, artifact: { ...artifact, bytes: 1 } },
    { type: 'artifactMade', job: 1, artifact },
    { type: 'told', job: 1, event },
    { type: 'partialAnswered', job: 1, partial: { result: { words: 3 }, coverage: 0.5 } },
  ])
  const detail = await readerOf(db).detail(1)
  expect(detail.document.artifacts).toEqual([artifact])
  expect(detail.events).toEqual([event])
  expect(detail.partial).toEqual({ result: { words: 3 }, coverage: 0.5 })
})

test('samples of a long job are thinned evenly to 600', async () => {
  const db = emptyLedger()
  commit(db, runningJob(1, 1))
  for (let second = 0; second < 5000; second += 10)
    commit(db, [
      {
        type: 'sampled',
        job: 1,
        samples: Array.from({ length: 20 }, (_, index) => ({
          at: (second + Math.floor(index / 2)) * 1000 + 3,
          worker: index % 2,
          memoryBytes: 5,
          cpuFraction: 0.5,
          bytesPerSecond: 1.5,
        })),
      },
    ])
  const { samples } = await readerOf(db).detail(1)
  const seconds = samples.filter(({ worker }) => worker === 1).map(({ at }) => Math.floor(at / 1000))
  expect(samples.length).toBeLessThanOrEqual(600)
  expect(seconds).toEqual(Array.from({ length: 157 }, (_, index) => index * 32))
})

test('a removed job leaves no row in any table, its number is not given again, and late transitions of it are refused', async () => {
  const db = emptyLedger()
  const record = { input: 0, piece: 0, record: 0, offset: 4, reason: 'no number', raw: 'x' }
  const sample = { at: 1, worker: 1, memoryBytes: 1, cpuFraction: 1, bytesPerSecond: 1 }
  commit(db, [
    ...runningJob(5, 3),
    started(5, [0]),
    finished(5, [outcome(0)]),
    { type: 'attemptEnded', job: 5, attempt: ended },
    { type: 'rejected', job: 5, seq: 0, records: [record] },
    { type: 'sampled', job: 5, samples: [sample] },
    { type: 'told', job: 5, event: { at: 1, type: 'note', text: 'x' } },
    {
      type: 'artifactMade',
      job: 5,
      artifact: { name: 'a', path: '/a', bytes: 1, mediaType: 'x', sha256: 'y', rows: null },
    },
    { type: 'jobRemoved', job: 5 },
  ])
  const tables = db
    .prepare(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'search%'`,
    )
    .pluck()
    .all() as string[]
  expect(tables.length).toBeGreaterThan(10)
  for (const table of tables) expect(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get(), table).toBe(0)
  const found = await readerOf(db).jobs({ search: 'Job', limit: 5, offset: 0 })
  expect(found.total).toBe(0)
  expect(await readerOf(db).lastNumber()).toBe(5)
  const late = [
    finished(5, [outcome(0), outcome(1)]),
    { type: 'told', job: 5, event: { at: 1, type: 'note', text: 'x' } },
  ]
  expect(applyTransitions(db, late as Transition[])).toEqual([[false, false], [false]])
  await expect(readerOf(db).detail(5)).rejects.toMatchObject({ code: 'missing' })
})

test('a commit with one impossible transition writes nothing of itself', async () => {
  const db = emptyLedger()
  commit(db, runningJob(1, 1))
  const impossible = [started(1, [0]), madeTasks(1, 1), finished(1, [outcome(0)])]
  expect(() => applyTransitions(db, impossible)).toThrow(/UNIQUE/)
  expect(applyTransitions(db, [finished(1, [outcome(8)])])).toEqual([[false]])
  const { tasks, attempts } = await readerOf(db).ledger(1)
  expect(tasks).toMatchObject([{ state: 'pending', attempt: 0 }])
  expect(attempts).toBe(0)
})
