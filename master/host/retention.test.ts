import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { finalJobStates, jobStates } from '../../contract/transitions.ts'
import { jobsToRetire } from './retention.ts'
import type { MeasuredJob } from './storage.ts'

const dayMs = 86_400_000
const now = 1000 * dayMs

function someJob(number: number, fields: Partial<MeasuredJob> = {}): MeasuredJob {
  const bytes = { database: 1, scratch: 0, spool: 0, out: 0 }
  return {
    number,
    id: `j${number}`,
    name: '',
    state: 'succeeded',
    finishedAt: now - number,
    bytes,
    total: 10,
    ...fields,
  }
}
const numbers = (jobs: readonly MeasuredJob[]) => jobs.map(({ number }) => number)

test('without a policy everything stays', () => {
  const jobs = [someJob(1, { finishedAt: 0, total: 1e15 })]
  expect(jobsToRetire({ jobs, totalBytes: 1e15 }, { keepDays: null, keepBytes: null }, now)).toEqual([])
})

test('jobs that ended more than so many days ago go, to the millisecond', () => {
  const jobs = [31, 30].map((days) => someJob(days, { finishedAt: now - days * dayMs }))
  expect(numbers(jobsToRetire({ jobs, totalBytes: 0 }, { keepDays: 30, keepBytes: null }, now))).toEqual([31])
  expect(numbers(jobsToRetire({ jobs, totalBytes: 0 }, { keepDays: 30, keepBytes: null }, now + 1))).toEqual([31, 30])
})

test('above the size the oldest go, as few as will do, and those that were too old count', () => {
  const jobs = [1, 2, 3, 4].map((number) => someJob(number, { finishedAt: now - (5 - number) * dayMs }))
  const retired = (keepBytes: number, keepDays: number | null) =>
    numbers(jobsToRetire({ jobs, totalBytes: 100 }, { keepDays, keepBytes }, now))
  expect(retired(100, null)).toEqual([])
  expect(retired(99, null)).toEqual([1])
  expect(retired(80, null)).toEqual([1, 2])
  expect(retired(80, 3)).toEqual([1, 2])
  expect(retired(1, null)).toEqual([1, 2, 3, 4])
})

test('no job that has not ended ever goes, and nothing newer goes before something older', () => {
  const job = fc.record({ state: fc.constantFrom(...jobStates), age: fc.nat(100), total: fc.nat(1000) })
  const policy = fc.record({
    keepDays: fc.option(fc.integer({ min: 1, max: 90 })),
    keepBytes: fc.option(fc.nat(20_000)),
  })
  fc.assert(
    fc.property(fc.array(job, { maxLength: 30 }), policy, (described, { keepDays, keepBytes }) => {
      const jobs = described
        .map(({ state, age, total }, index) => {
          const finishedAt = finalJobStates.has(state) ? now - age * dayMs : null
          return someJob(index, { state, total, finishedAt })
        })
        .toSorted((one, other) => (one.finishedAt ?? Infinity) - (other.finishedAt ?? Infinity))
      const totalBytes = jobs.reduce((bytes, { total }) => bytes + total, 0)
      const retired = jobsToRetire(
        { jobs, totalBytes },
        { keepDays, keepBytes: keepBytes === null ? null : keepBytes + 1 },
        now,
      )
      const ended = jobs.filter(({ state }) => finalJobStates.has(state))
      expect(numbers(retired)).toEqual(numbers(ended.slice(0, retired.length)))
    }),
  )
})
