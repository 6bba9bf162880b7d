import { expect, test } from 'vitest'
import { commit, emptyLedger, finished, outcome, readerOf, runningJob, started } from '../testLedger.ts'

/** The job's tasks as the engine is given them, after these have succeeded. */
async function taskedAfter(tasks: number, succeeded: readonly number[], answer: (seq: number) => object) {
  const db = emptyLedger()
  commit(db, [
    ...runningJob(1, tasks),
    started(1, succeeded),
    finished(
      1,
      succeeded.map((seq) => outcome(seq, { answer: answer(seq), startedAt: 3000, finishedAt: 3010 + seq })),
    ),
  ])
  return (await readerOf(db).ledger(1)).tasks
}

test('tasks side by side that have succeeded and left nothing are one row, with their figures added up', async () => {
  const tasks = await taskedAfter(10, [0, 1, 2, 4, 5, 9], () => ({}))
  expect(tasks.map(({ count, seq, from, to, state }) => [count, seq, from, to, state])).toEqual([
    [3, 2, 0, 3, 'succeeded'],
    [1, 3, 3, 4, 'pending'],
    [2, 5, 4, 6, 'succeeded'],
    [1, 6, 6, 7, 'pending'],
    [1, 7, 7, 8, 'pending'],
    [1, 8, 8, 9, 'pending'],
    [1, 9, 9, 10, 'succeeded'],
  ])
  const [{ bytes, rows, cpuMs, startedAt, finishedAt } = expect.fail('no task')] = tasks
  expect({ bytes, rows, cpuMs }).toEqual({ bytes: 300, rows: 15, cpuMs: 24 })
  expect((finishedAt ?? 0) - (startedAt ?? 0)).toBe(10 + 11 + 12)
})

test('what a task has left keeps it apart', async () => {
  const tasks = await taskedAfter(4, [0, 1, 2, 3], (seq) => (seq === 2 ? { value: 7 } : {}))
  expect(tasks.map(({ count, answer }) => [count, answer])).toEqual([
    [2, {}],
    [1, { value: 7 }],
    [1, {}],
  ])
})
