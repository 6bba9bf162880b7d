import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineKind } from '../../contract/kind.ts'
import { plans } from '../engine/plans.ts'
import { judge } from '../fleet/watchdog.ts'
import { memoryPerWorker, workerLimits } from './workerLimits.ts'

const gib = 1024 ** 3

describe('the memory that one worker may have', () => {
  it.each([
    ['a fair share of three quarters', 64, 8, 6],
    ['at most half of all', 16, 1, 8],
    ['at least 1 GiB', 16, 64, 1],
    ['half of a machine that has less than twice that', 1, 4, 0.5],
  ])('is %s: %i GiB, %i cores', (_, memory, cores, share) => {
    expect(memoryPerWorker({ memoryBytes: memory * gib, cores, env: {} })).toBe(share * gib)
  })

  it.each([
    ['300', 300 * 1024 ** 2],
    ['0', 8 * gib],
    ['much', 8 * gib],
  ])('can be set, to a number above 0: %s', (wish, bytes) => {
    const env = { GRISTMILL_WORKER_MEMORY_MB: wish }
    expect(memoryPerWorker({ memoryBytes: 16 * gib, cores: 1, env })).toBe(bytes)
  })
})

describe('the limits of all workers', () => {
  const machine = { memoryBytes: 16 * gib, cores: 4, env: {} }
  const strict = { id: 'strict', version: 1, title: '', summary: '', params: z.strictObject({}), result: z.null() }

  it('are those of a kind where it has its own', () => {
    const limits = workerLimits([defineKind({ ...strict, limits: { noProgressMs: 10, memoryBytes: 20 } })], machine)
    expect(limits).toMatchObject({ noProgressMsByKind: { strict: 10 }, memoryBytesByKind: { strict: 20 } })
  })

  it('let a task that does nothing do so for the hour that it may', () => {
    const limits = workerLimits(
      plans.map((plan) => plan.kind),
      machine,
    )
    const worker = { ready: true, heardAt: 3_600_000, progressAt: 0, rssBytes: 0, promisedBytes: 0 }
    expect(judge({ ...worker, kind: 'no-op' }, 3_600_000, limits)).toBeNull()
    expect(judge({ ...worker, kind: 'word-count' }, 3_600_000, limits)).toMatchObject({ type: 'noProgress' })
  })
})
