import { describe, expect, it } from 'vitest'
import type { Attempt } from '../../../contract/job.ts'
import { groupFailures } from './failureGroups.ts'

const attempt = (task: number, outcome: string, message: string | null): Attempt => ({
  task,
  attempt: 1,
  worker: 0,
  startedAt: null,
  endedAt: 0,
  outcome,
  message,
  stack: null,
  exitCode: null,
  signal: null,
  peakMemoryBytes: null,
  logTail: null,
  bytes: null,
  rows: null,
  place: null,
})

describe('failed attempts', () => {
  it('are grouped by how they ended, the most frequent first', () => {
    const groups = groupFailures([
      attempt(1, 'crashed', null),
      attempt(2, 'failed', 'disk full'),
      attempt(3, 'failed', 'disk full'),
    ])
    expect(groups.map(({ cause, attempts }) => [cause, attempts.map(({ task }) => task)])).toEqual([
      ['failed: disk full', [2, 3]],
      ['crashed', [1]],
    ])
  })
})
