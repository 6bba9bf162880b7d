import { expect, test } from 'vitest'
import type { Transition } from '../../../contract/ledger.ts'
import { commit, emptyLedger, finished, outcome, readerOf, runningJob, started } from '../testLedger.ts'
import { applyTransitions } from './applyTransitions.ts'

function halved(seq: number, at: readonly [number, number, number], first: number): Transition {
  const [from, middle, to] = at
  const halves = [
    { seq: first, from, to: middle },
    { seq: first + 1, from: middle, to },
  ]
  return { type: 'tasksHalved', job: 1, at: 9000, tasks: [{ seq, halves }] }
}

test('a task that is cut in two is replaced by pending ones of its operation, and the counts say so', async () => {
  const db = emptyLedger()
  commit(db, [...runningJob(1, 1), started(1, [0]), halved(0, [0, 4, 8], 1)])
  const { tasks, total } = await readerOf(db).tasks(1, { limit: 10, offset: 0 })
  expect(total).toBe(3)
  expect(tasks.map(({ id, stage, cells, state, attempt }) => [id, stage, cells, state, attempt])).toEqual([
    [0, 'count', [0, 1], 'replaced', 1],
    [1, 'count', [0, 4], 'pending', 0],
    [2, 'count', [4, 8], 'pending', 0],
  ])
  const ledger = await readerOf(db).ledger(1)
  expect(ledger.tasks.map(({ operation, fence }) => [operation, fence])).toEqual([
    ['map', 1],
    ['map', 1],
    ['map', 1],
  ])
  const { document, stages } = await readerOf(db).detail(1)
  expect(document.job.tasks).toMatchObject({ total: 3, replaced: 1, unfinished: 2 })
  expect(stages).toMatchObject([{ stage: 'count', total: 3 }])
})

test('what the replaced task still tells comes too late, and its halves go on', () => {
  const db = emptyLedger()
  commit(db, [...runningJob(1, 1), started(1, [0]), halved(0, [0, 4, 8], 1)])
  expect(applyTransitions(db, [finished(1, [outcome(0)])])).toEqual([[false]])
  commit(db, [started(1, [1, 2]), finished(1, [outcome(1), outcome(2)])])
})

test('a task that has ended is not cut any more', async () => {
  const db = emptyLedger()
  commit(db, [...runningJob(1, 2), started(1, [0]), finished(1, [outcome(0)])])
  expect(applyTransitions(db, [halved(0, [0, 4, 8], 2)])).toEqual([[false]])
  expect((await readerOf(db).tasks(1, { limit: 10, offset: 0 })).total).toBe(2)
  commit(db, [halved(1, [0, 4, 8], 2)])
})

test('how attempts of unfinished tasks ended is part of the ledger, with the record that they were at', async () => {
  const db = emptyLedger()
  const place = { input: 0, piece: 0, record: 3, offset: 30 }
  const facts = { worker: 1, startedAt: null, endedAt: 1, stack: null, exitCode: null, signal: null, logTail: null }
  const ended = (seq: number, attempt: number): Transition => ({
    type: 'attemptEnded',
    job: 1,
    attempt: {
      ...facts,
      seq,
      attempt,
      outcome: 'crashed',
      message: 'died',
      peakMemoryBytes: 1,
      bytes: 5,
      rows: 2,
      place,
    },
  })
  commit(db, [...runningJob(1, 2), started(1, [0, 1]), ended(0, 1), ended(1, 1), finished(1, [outcome(0)])])
  expect((await readerOf(db).ledger(1)).ended).toEqual([{ seq: 1, outcome: 'crashed', message: 'died', place }])
  const { failures } = await readerOf(db).detail(1)
  expect(failures).toMatchObject([
    { task: 1, bytes: 5, rows: 2, place },
    { task: 0, bytes: 5, rows: 2, place },
  ])
})

test('tasks that an earlier job has done come in as succeeded, and count for what they are but took no time', async () => {
  const db = emptyLedger()
  const done = { attempt: 2, bytes: 10, rows: 3, tailRows: 3, answer: { value: 1 } }
  const tasks = [
    { ...done, seq: 4, from: 4, to: 5 },
    { ...done, seq: 9, from: 9, to: 11 },
  ]
  commit(db, [...runningJob(1, 1), { type: 'tasksAdopted', job: 1, operation: 'map', stage: 'count', tasks }])
  const ledger = await readerOf(db).ledger(1)
  expect(ledger.tasks.slice(1)).toMatchObject(tasks.map((task) => ({ ...task, state: 'succeeded', operation: 'map' })))
  const { document, stages } = await readerOf(db).detail(1)
  expect(document.job).toMatchObject({ attempts: 0, bytes: 20, rows: 6, tasks: { total: 3, succeeded: 2 } })
  expect(document.job.timing).toMatchObject({ workMs: 0, cpuMs: 0 })
  expect(stages).toMatchObject([{ stage: 'count', total: 3, succeeded: 2, busyMs: 0 }])
})
