import { expect, it } from 'vitest'
import { z } from 'zod'
import { defineKind } from '../../contract/kind.ts'
import { definePlan } from '../../contract/plan.ts'
import { World } from './testing/world.ts'

const waiting = definePlan(
  defineKind({
    id: 'waiting',
    version: 1,
    title: 'Wait',
    summary: 'Waits.',
    params: z.strictObject({}),
    result: z.null(),
    cost: () => ({ ms: 60_000 }),
  }),
  {
    stages: ['wait'],
    *steps(job) {
      yield* job.map('wait', job.items(6), { cellsPerTask: 1 })
      return { value: null }
    },
  },
)

it.each(['running', 'paused', 'cancelling'] as const)('a %s job of a kind that is gone ends, and says why', (state) => {
  const world = new World({ plans: [waiting], perform: () => null })
  world.submit({ kind: 'waiting' })
  if (state !== 'running') world.engine.command(1, state === 'paused' ? 'pause' : 'cancel', world.now)
  world.turn()
  const later = new World({ plans: [], perform: () => null })
  later.ledger.jobs.set(1, world.job())
  const ledger = later.ledger.ledger(1)
  expect(ledger.state).toBe(state)
  const obstacle = later.engine.obstacleTo(ledger.job)
  expect(obstacle).toContain('waiting')
  later.engine.abandon(ledger, obstacle ?? '', later.now)
  later.turn()
  expect(later.job().state).toBe(state === 'cancelling' ? 'cancelled' : 'failed')
  expect(later.ledger.tasks(1).every((task) => task.state === 'cancelled')).toBe(true)
})
