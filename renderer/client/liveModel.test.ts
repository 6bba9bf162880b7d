import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Delta, WorkerInfo } from '../../contract/api.ts'
import type { JobSummary } from '../../contract/job.ts'
import type { JobState } from '../../contract/transitions.ts'
import { applyDelta, emptyModel, type Applied, type LiveModel } from './liveModel.ts'
import { aDelta, aProgress, aSummary } from './testData.ts'

const worker = (slot: number, state: WorkerInfo['state']): WorkerInfo => ({
  slot,
  offers: 'cpu',
  pid: 1,
  state,
  memoryBytes: 0,
  cpuMs: 0,
  tasksDone: 0,
  restarts: 0,
  jobId: null,
})

function applied(model: LiveModel, delta: Delta, place: 'first' | 'later' = 'later'): Applied {
  const result = applyDelta(model, delta, place)
  if (result === null) throw new Error('the delta was not taken')
  return result
}

const withJob = (state: JobState, fraction: number | null = null) =>
  applied(emptyModel, aDelta(1, { whole: true, jobs: [aSummary('a', { state, fraction })] })).model

describe('the live picture', () => {
  it('is replaced by a whole delta', () => {
    const { model, touched } = applied(withJob('running'), aDelta(9, { whole: true, jobs: [aSummary('b', {})] }))
    expect([...model.jobs.keys()]).toEqual(['b'])
    expect(model.sequence).toBe(9)
    expect(touched).toEqual(['a', 'b'])
  })

  it('takes what changed and drops what was removed', () => {
    const { model, touched } = applied(withJob('running'), aDelta(2, { jobs: [aSummary('b', {})], removed: ['a'] }))
    expect([...model.jobs.keys()]).toEqual(['b'])
    expect(touched).toEqual(['b', 'a'])
  })

  it('refuses a delta when one is missing before it', () => {
    expect(applyDelta(withJob('running'), aDelta(3, {}), 'later')).toBeNull()
    expect(applyDelta(emptyModel, aDelta(1, {}), 'first')).toBeNull()
  })

  it('takes the first answer to a resumed watch whatever its number', () => {
    expect(applied(withJob('running'), aDelta(7, {}), 'first').model.sequence).toBe(7)
  })

  it('ignores a version older than the one it has', () => {
    const model = applied(
      withJob('running'),
      aDelta(2, { jobs: [aSummary('a', { state: 'succeeded', version: 5 })] }),
    ).model
    const late = applied(model, aDelta(3, { jobs: [aSummary('a', { state: 'running', version: 4 })] }))
    expect(late.model.jobs.get('a')?.job.state).toBe('succeeded')
    expect(late.touched).toEqual([])
  })

  it('says that the list changed when a job comes, goes or changes its state, not when it merely goes on', () => {
    const model = withJob('running', 0.1)
    const change = (delta: Partial<Delta>) => applied(model, aDelta(2, delta)).listChanged
    expect(change({ jobs: [aSummary('a', { state: 'running', fraction: 0.2 })] })).toBe(false)
    expect(change({ jobs: [aSummary('a', { state: 'paused' })] })).toBe(true)
    expect(change({ jobs: [aSummary('b', {})] })).toBe(true)
    expect(change({ removed: ['a'] })).toBe(true)
  })

  it('says that the list changed when a job is found by other words from now on', () => {
    const running = aSummary('a', { state: 'running', fraction: 0.1 })
    const said = (fields: Partial<JobSummary['job']>) => [{ ...running, job: { ...running.job, ...fields } }]
    const model = applied(emptyModel, aDelta(1, { whole: true, jobs: [running] })).model
    for (const fields of [{ name: 'Tides' }, { tags: ['spring'] }, { note: 'by the keeper' }])
      expect(applied(model, aDelta(2, { jobs: said(fields) })).listChanged).toBe(true)
    expect(applied(model, aDelta(2, { jobs: said({}) })).listChanged).toBe(false)
  })

  it('has the workers that the newest delta tells of, by slot', () => {
    const first = applied(emptyModel, aDelta(1, { whole: true, workers: [worker(1, 'idle'), worker(0, 'idle')] })).model
    expect(first.workers.map(({ slot }) => slot)).toEqual([0, 1])
    const next = applied(first, aDelta(2, { workers: [worker(1, 'busy')] })).model
    expect(next.workers.map(({ slot, state }) => [slot, state])).toEqual([[1, 'busy']])
  })
})

describe('progress in the live picture', () => {
  it('never runs backwards while a job goes on', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (fractions) => {
        let model = withJob('running', 0)
        let shown = 0
        fractions.forEach((fraction, index) => {
          const summary = aSummary('a', { state: 'running', fraction, version: index + 2 })
          model = applied(model, aDelta(index + 2, { jobs: [summary] })).model
          const now = model.jobs.get('a')?.progress?.fraction ?? 0
          expect(now).toBeGreaterThanOrEqual(shown)
          shown = now
        })
        expect(shown).toBe(Math.max(...fractions))
      }),
    )
  })

  it('begins anew when a failed job is tried again', () => {
    const failed = applied(
      withJob('running', 0.9),
      aDelta(2, { jobs: [aSummary('a', { state: 'failed', fraction: 0.9 })] }),
    )
    const again = applied(failed.model, aDelta(3, { jobs: [aSummary('a', { state: 'running', fraction: 0.1 })] }))
    expect(again.model.jobs.get('a')?.progress).toEqual(aProgress(0.1))
  })

  it('stays unknown while the whole is not known', () => {
    const model = applied(withJob('running', 0.5), aDelta(2, { jobs: [aSummary('a', { state: 'running' })] })).model
    expect(model.jobs.get('a')?.progress?.fraction ?? null).toBeNull()
  })
})
