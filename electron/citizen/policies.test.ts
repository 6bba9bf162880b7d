import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Delta } from '../../contract/api.ts'
import type { JobBrief, JobSummary } from '../../contract/job.ts'
import { applyDelta, emptyPicture, type Picture } from './picture.ts'
import { sampleSummary } from '../testing/sampleSummary.ts'
import { noticeOf, progressBar, shallStayAwake, workerLimit } from './policies.ts'

const summary = sampleSummary
const base: JobBrief = sampleSummary().job

function delta(jobs: JobSummary[], more: Partial<Delta> = {}): Delta {
  return { sequence: 1, whole: false, jobs, removed: [], workers: [], ...more }
}

const pictureOf = (...jobs: JobSummary[]): Picture => applyDelta(emptyPicture, delta(jobs, { whole: true })).picture

describe('the picture', () => {
  it('tells of a job that has ended once, and only when it had been seen running', () => {
    const seen = pictureOf(summary({ id: 'a' }))
    const end = delta([summary({ id: 'a', state: 'succeeded' }), summary({ id: 'b', state: 'failed' })])
    const first = applyDelta(seen, end)
    expect(first.ended.map(({ id }) => id)).toEqual(['a'])
    expect(applyDelta(first.picture, end).ended).toEqual([])
  })

  it('forgets jobs that were removed, and everything when it is told the whole again', () => {
    const seen = pictureOf(summary({ id: 'a' }), summary({ id: 'b' }))
    expect([...applyDelta(seen, delta([], { removed: ['a'] })).picture.unfinished.keys()]).toEqual(['b'])
    expect(applyDelta(seen, delta([], { whole: true })).picture.unfinished.size).toBe(0)
  })
})

describe('the bar on dock and taskbar', () => {
  it('is the mean of running jobs, unknown when one of them is, and away when none runs', () => {
    expect(progressBar(pictureOf(summary({ id: 'a' }, 0.2), summary({ id: 'b' }, 0.6)))).toEqual({
      value: 0.4,
      mode: 'normal',
    })
    expect(progressBar(pictureOf(summary({ id: 'a' }, 0.2), summary({ id: 'b' })))).toEqual({
      value: 2,
      mode: 'indeterminate',
    })
    expect(progressBar(pictureOf(summary({ state: 'queued' }, 0)))).toEqual({ value: -1, mode: 'none' })
    expect(progressBar(emptyPicture)).toEqual({ value: -1, mode: 'none' })
  })

  it('shows a paused job as paused while nothing else runs', () => {
    expect(progressBar(pictureOf(summary({ state: 'paused' }, 0.5)))).toEqual({ value: 0.5, mode: 'paused' })
  })
})

describe('a notice', () => {
  const ended = { ...base, state: 'succeeded', finishedAt: 10_001 } as const

  it('comes for a job of more than ten seconds that ends while the person looks elsewhere', () => {
    expect(noticeOf(ended, false)).toEqual({ job: 'a', title: 'sample', body: 'Done after 10 s.' })
    expect(noticeOf({ ...ended, finishedAt: 600_000, rejects: 3 }, false)?.body).toBe(
      'Done after 10 min, 3 records set aside.',
    )
    expect(noticeOf({ ...ended, state: 'failed', finishedAt: 9_000_000 }, false)?.body).toBe('Failed after 3 h.')
  })

  it('does not come for short jobs, for cancelled ones, or when the window has the focus', () => {
    expect(noticeOf({ ...ended, finishedAt: 10_000 }, false)).toBeNull()
    expect(noticeOf({ ...ended, state: 'cancelled' }, false)).toBeNull()
    expect(noticeOf({ ...ended, startedAt: null }, false)).toBeNull()
    expect(noticeOf(ended, true)).toBeNull()
  })
})

describe('staying awake', () => {
  it('needs both the wish and a job that runs', () => {
    const busy = pictureOf(summary({}))
    expect(shallStayAwake(true, busy)).toBe(true)
    expect(shallStayAwake(false, busy)).toBe(false)
    expect(shallStayAwake(true, pictureOf(summary({ state: 'paused' }), summary({ id: 'q', state: 'queued' })))).toBe(
      false,
    )
  })
})

describe('fewer workers', () => {
  it('are used on battery and in heat, and the reason is said', () => {
    const battery = workerLimit({ onBattery: true, thermalState: 'unknown' }, 8)
    expect(battery).toEqual({ workers: 4, why: 'this machine runs on battery; 4 of 8 workers get work' })
    expect(workerLimit({ onBattery: false, thermalState: 'serious' }, 8)?.workers).toBe(4)
    expect(workerLimit({ onBattery: true, thermalState: 'critical' }, 8)?.workers).toBe(1)
    expect(workerLimit({ onBattery: false, thermalState: 'fair' }, 8)).toBeNull()
    expect(workerLimit({ onBattery: true, thermalState: 'nominal' }, 1)).toBeNull()
  })

  it('never means none, and never more than there are', () => {
    const states = fc.constantFrom('unknown', 'nominal', 'fair', 'serious', 'critical')
    fc.assert(
      fc.property(fc.boolean(), states, fc.integer({ min: 1, max: 64 }), (onBattery, thermalState, cores) => {
        const limit = workerLimit({ onBattery, thermalState }, cores)
        if (limit === null) return
        expect(limit.workers).toBeGreaterThanOrEqual(1)
        expect(limit.workers).toBeLessThan(cores)
      }),
    )
  })
})
