import { expect, test } from 'vitest'
import type { TaskState } from '../../../contract/transitions.ts'
import { commit, emptyLedger, finished, mergeOperation, outcome, readerOf, runningJob, started } from '../testLedger.ts'

test('tasks are told in their order by page, by state and by stage, with the total of all that fit', async () => {
  const db = emptyLedger()
  commit(db, [
    ...runningJob(1, 6),
    ...runningJob(2, 1),
    { type: 'operationMade', job: 1, operation: mergeOperation },
    { type: 'tasksMade', job: 1, operation: 'merge', stage: 'combine', tasks: [{ seq: 6, from: 0, to: 6 }] },
    started(1, [1, 2, 4]),
    finished(1, [outcome(1), outcome(4, { state: 'failed' })]),
  ])
  const page = async (filter: { state?: TaskState; stage?: string; limit?: number; offset?: number }) => {
    const { tasks, total } = await readerOf(db).tasks(1, { limit: 10, offset: 0, ...filter })
    return [tasks.map(({ id }) => id), total]
  }
  expect(await page({ limit: 3, offset: 2 })).toEqual([[2, 3, 4], 7])
  expect(await page({ state: 'pending' })).toEqual([[0, 3, 5, 6], 4])
  expect(await page({ state: 'pending', stage: 'combine' })).toEqual([[6], 1])
  expect(await page({ state: 'running' })).toEqual([[2], 1])
  expect(await page({ state: 'failed', limit: 1, offset: 1 })).toEqual([[], 1])
  const { tasks } = await readerOf(db).tasks(1, { limit: 1, offset: 1 })
  expect(tasks).toEqual([
    {
      id: 1,
      stage: 'count',
      cells: [1, 2],
      state: 'succeeded',
      attempt: 1,
      worker: 1,
      startedAt: 3000,
      finishedAt: 3010,
      bytes: 100,
      rows: 5,
    },
  ])
})
