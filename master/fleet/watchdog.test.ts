import { describe, expect, test } from 'vitest'
import {
  defaultLimits,
  judge,
  lossOf,
  progressMark,
  sleptThrough,
  type Limits,
  type WatchedWorker,
} from './watchdog.ts'

const limits: Limits = { ...defaultLimits, memoryBytes: 1000, noProgressMsByKind: { slow: 600_000 }, heapBytes: 100 }
const healthy: WatchedWorker = {
  ready: true,
  heardAt: 0,
  progressAt: null,
  kind: null,
  rssBytes: 500,
  promisedBytes: 0,
}

/** Heard at `now`, but at the same figures since 0. */
function stuck(now: number, kind: string | null = null): Partial<WatchedWorker> {
  return { heardAt: now, progressAt: 0, kind }
}

describe('judge', () => {
  test.each<{ story: string; worker: Partial<WatchedWorker>; now: number; verdict: string | null }>([
    { story: 'a ready worker heard 5 s ago is fine', worker: {}, now: 5000, verdict: null },
    { story: 'a ready worker unheard for longer is silent', worker: {}, now: 5001, verdict: 'silent' },
    { story: 'a starting worker has 30 s', worker: { ready: false }, now: 30_000, verdict: null },
    { story: 'one that starts for longer is silent', worker: { ready: false }, now: 30_001, verdict: 'silent' },
    { story: 'memory at the limit is fine', worker: { rssBytes: 1000 }, now: 1, verdict: null },
    { story: 'memory over the limit is not', worker: { rssBytes: 1001 }, now: 1, verdict: 'overMemory' },
    { story: 'two minutes at the same figures are fine', worker: stuck(120_000), now: 120_000, verdict: null },
    { story: 'longer is no progress', worker: stuck(120_001), now: 120_001, verdict: 'noProgress' },
    { story: 'an idle worker is fine', worker: { heardAt: 500_000 }, now: 500_000, verdict: null },
    { story: 'a kind may have a limit of its own', worker: stuck(300_000, 'slow'), now: 300_000, verdict: null },
    { story: 'and is held to it', worker: stuck(600_001, 'slow'), now: 600_001, verdict: 'noProgress' },
    { story: 'no limit is inherited', worker: stuck(120_001, 'constructor'), now: 120_001, verdict: 'noProgress' },
  ])('$story', ({ worker, now, verdict }) => {
    expect(judge({ ...healthy, ...worker }, now, limits)?.type ?? null).toBe(verdict)
  })

  test('tells for how long', () => {
    expect(judge(healthy, 7000, limits)).toEqual({ type: 'silent', afterMs: 7000 })
  })
})

test('a tick more than 2 s late, or a clock set back, is an amnesty', () => {
  expect(sleptThrough(1000, 3500, 500)).toBe(false)
  expect(sleptThrough(1000, 3501, 500)).toBe(true)
  expect(sleptThrough(1000, 999, 500)).toBe(true)
})

test('another attempt, more bytes or more rows are progress', () => {
  const running = { job: 1, seq: 2, attempt: 1, bytes: 5, rows: 6 }
  const marks = [running, { ...running, attempt: 2 }, { ...running, bytes: 6 }, { ...running, rows: 7 }, null].map(
    progressMark,
  )
  expect(new Set(marks).size).toBe(5)
  expect(progressMark({ ...running })).toBe(marks[0])
})

test('a kind may have limits of its own', () => {
  const own = { ...limits, memoryBytes: 100, memoryBytesByKind: { heavy: 1000 } }
  const worker = { ...healthy, rssBytes: 500 }
  expect(judge({ ...worker, kind: 'heavy' }, 1, own)).toBeNull()
  expect(judge({ ...worker, kind: 'light' }, 1, own)?.type).toBe('overMemory')
})

describe('lossOf', () => {
  const exit = { exitCode: null, signal: 'SIGKILL', expected: false, logTail: 'tail' }
  const running = { job: 1, seq: 2, attempt: 1, bytes: 5, rows: 6 }
  const ended = { exit, verdict: null, interrupted: false, peakMemoryBytes: 9, running, heapBytes: 0 }

  test('an end that nobody asked for is a crash with all that is known', () => {
    expect(lossOf(ended, limits)).toEqual({
      type: 'crashed',
      exitCode: null,
      signal: 'SIGKILL',
      logTail: 'tail',
      peakMemoryBytes: 9,
      progress: running,
    })
  })

  test('an end that the fleet asked for is an interruption', () => {
    expect(lossOf({ ...ended, interrupted: true }, limits)).toEqual({ type: 'interrupted' })
  })

  test('a verdict outweighs the signal that carried it out', () => {
    const verdict = { type: 'noProgress', afterMs: 120_500 } as const
    expect(lossOf({ ...ended, verdict, interrupted: true }, limits)).toEqual({
      ...verdict,
      logTail: 'tail',
      peakMemoryBytes: 9,
      progress: running,
    })
  })

  test.each([
    ['its own exit code', { exit: { ...exit, exitCode: 71, signal: null } }],
    ['an abort with the heap near its limit', { exit: { ...exit, signal: 'SIGABRT' }, heapBytes: 81 }],
    [
      'an abort that V8 explains',
      { exit: { ...exit, exitCode: 134, signal: null, logTail: 'JavaScript heap out of memory' } },
    ],
  ])('%s is out of memory', (_, change) => {
    expect(lossOf({ ...ended, ...change }, limits).type).toBe('outOfMemory')
  })

  test('an abort with an empty heap is a crash', () => {
    expect(lossOf({ ...ended, exit: { ...exit, signal: 'SIGABRT' }, heapBytes: 10 }, limits).type).toBe('crashed')
  })
})
