import { closeSync, openSync, readFileSync, rmSync, statSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { crumbBytes, decodeCrumb } from '../contract/crumb.ts'
import type { MapStage } from '../contract/run.ts'
import type { TaskOrder, Work } from '../contract/workerMessages.ts'
import { closeSession, openSession, perform, type JobSession } from './perform.ts'
import { fixtureRun } from './testing/fixtureRun.ts'
import { ForkedWorker } from './testing/forkedWorker.ts'
import { JobFixture } from './testing/jobFixture.ts'

/** Careful attempts: what a worker notes, what it leaves out, and that nothing of it is done in others. */

let fixture: JobFixture
let session: JobSession
const lines: Work = {
  type: 'map',
  stage: 'sumLines',
  source: { type: 'bytes', cells: 1 },
  partial: 'exact',
}

beforeEach(async () => {
  fixture = new JobFixture(['1\n2\nthree\n4\n'])
  const job = { ...fixture.job, crumb: fixture.at('at.1') }
  session = await openSession(job, () => Promise.resolve(fixtureRun))
})
afterEach(() => {
  closeSession(session)
  fixture.remove()
})

const order = (more: Partial<TaskOrder> = {}): TaskOrder => ({ seq: 3, attempt: 2, from: 0, to: 1, ...more })
const noted = (name = 'at.1') => decodeCrumb(readFileSync(fixture.at(name)))

test('every attempt notes its task when it begins, in a file of one size', async () => {
  await perform({ session, work: lines, order: order() })
  await perform({ session, work: lines, order: order({ seq: 9, attempt: 1 }) })
  expect(noted()).toEqual({ seq: 9, attempt: 1, at: null })
  expect(statSync(fixture.at('at.1')).size).toBe(crumbBytes)
})

function lowestFreeDescriptor(): number {
  const fd = openSync(fixture.at('input0.txt'), 'r')
  closeSync(fd)
  return fd
}

test('of many jobs only the one that is worked at has its file open, and each keeps its own', async () => {
  const before = lowestFreeDescriptor()
  const sessions: JobSession[] = []
  for (let number = 0; number < 20; number += 1) {
    const job = { ...fixture.job, crumb: fixture.at(`many.${number}`) }
    sessions.push(await openSession(job, () => Promise.resolve(fixtureRun)))
  }
  for (const [seq, each] of sessions.entries())
    await perform({ session: each, work: { type: 'task', stage: 'echo' }, order: order({ seq, args: 1 }) })
  expect(lowestFreeDescriptor() - before).toBeLessThanOrEqual(1)
  for (const seq of sessions.keys()) expect(noted(`many.${seq}`)).toEqual({ seq, attempt: 2, at: null })
  for (const each of sessions) closeSession(each)
})

test('a job without a place for it is worked at all the same', async () => {
  const bare = await openSession(fixture.job, () => Promise.resolve(fixtureRun))
  const outcome = await perform({ session: bare, work: lines, order: order({ careful: true }) })
  expect(outcome).toMatchObject({ type: 'succeeded', answer: { value: 7 } })
  closeSession(bare)
})

test('a careful attempt knows the record it is at, and none after the last', async () => {
  const seen: unknown[] = []
  const run = { ...fixtureRun, maps: { ...fixtureRun.maps } }
  run.maps['sumLines'] = (split, context, uses) => {
    const reject = context.reject.bind(context)
    context.reject = (record) => {
      seen.push(noted())
      reject(record)
    }
    return fixtureRun.maps['sumLines']!(split, context, uses)
  }
  await perform({ session: { ...session, run }, work: lines, order: order({ careful: true }) })
  expect(seen).toEqual([{ seq: 3, attempt: 2, at: { input: 0, piece: 0, record: 2, offset: 4 } }])
  expect(noted()?.at).toBeNull()
})

test('a record to be skipped is not handled but set aside, with its text and its row', async () => {
  const skip = [{ input: 0, offset: 2, reason: 'the worker died' }]
  const outcome = await perform({ session, work: lines, order: order({ careful: true, skip }) })
  expect(outcome).toMatchObject({
    type: 'succeeded',
    answer: { value: 5 },
    rows: 4,
    rejectedCount: 2,
    rejects: [
      { record: 1, offset: 2, reason: 'the worker died', raw: '2' },
      { record: 2, offset: 4, reason: 'no number', raw: 'three' },
    ],
  })
})

test('a failure told by a careful attempt names its record', async () => {
  const run = { ...fixtureRun, maps: { sumLines: failAtThree } }
  const failed = await perform({ session: { ...session, run }, work: lines, order: order({ careful: true }) })
  expect(failed).toMatchObject({ type: 'failed', at: { input: 0, record: 2, offset: 4 } })
  expect(await perform({ session: { ...session, run }, work: lines, order: order() })).not.toHaveProperty('at')
})

const failAtThree: MapStage<{ scale: number }> = (split, context, uses) => {
  context.reject = () => {
    throw new RangeError('Array buffer allocation failed')
  }
  return fixtureRun.maps['sumLines']!(split, context, uses)
}

describe('an item that is left out whole', () => {
  const items: Work = {
    type: 'map',
    stage: 'sumItems',
    source: { type: 'items', cells: 4, items: 4, perCell: 1 },
    partial: 'exact',
  }

  test.each(['exact', 'perCell'] as const)('is set aside, and the stage gets an empty split (%s)', async (partial) => {
    const leaveOut = 'the worker died'
    const outcome = await perform({
      session,
      work: { ...items, partial },
      order: order({ from: 2, to: 3, careful: true, leaveOut }),
    })
    const value = partial === 'exact' ? 0 : [{ level: 0, index: 2, value: 0 }]
    expect(outcome).toMatchObject({
      type: 'succeeded',
      answer: { value },
      rejects: [{ input: 1, offset: 2, reason: leaveOut }],
    })
  })
})

test('what is noted survives the process, however it ends', async () => {
  const worker = new ForkedWorker()
  const crumb = fixture.at('at.2')
  worker.announce({ ...fixture.job, crumb })
  worker.order(1, 'spin', { seq: 5 })
  await worker.running(5)
  await worker.kill()
  expect(decodeCrumb(readFileSync(crumb))).toEqual({ seq: 5, attempt: 1, at: null })
  rmSync(crumb)
})
