import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { type RunContext, TaskStopped } from '../../contract/run.ts'
import { runPlan } from '../../tests/harness/runPlan.ts'
import { kind } from './kind.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'

const split = { from: 0, to: 1, pieces: [], items: { from: 0, to: 1 } }

describe('doing nothing', () => {
  test('takes exactly as many tasks as were asked for, and no other', async () => {
    const done = await runPlan({ kind: { plan, run }, params: { tasks: 57 }, seed: 1 })
    expect(done).toMatchObject({ result: { tasks: 57 }, tasks: 57, stages: { wait: 57 }, rows: 57 })
  })

  test('is a thousand tasks that do not wait, unless something else is asked for', () => {
    expect(kind.params.parse({})).toEqual({ tasks: 1000, ms: 0 })
    expect(kind.params.safeParse({ tasks: 1_000_001 }).success).toBe(false)
    expect(kind.params.safeParse({ tasks: 0 }).success).toBe(false)
  })

  test('waits as long as it is told to', async () => {
    const startedAt = performance.now()
    await runPlan({ kind: { plan, run }, params: { tasks: 2, ms: 60 } })
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(119)
  })

  test('stops waiting when it is told to stop', () => {
    const stopped = new TaskStopped('told to stop')
    const context = {
      params: { tasks: 1, ms: 3_600_000 },
      progress: () => {
        throw stopped
      },
    } as Partial<RunContext> as RunContext<z.output<typeof kind.params>>
    const startedAt = performance.now()
    expect(() => run.maps['wait']?.(split, context, [])).toThrow(stopped)
    expect(performance.now() - startedAt).toBeLessThan(1000)
  })
})
