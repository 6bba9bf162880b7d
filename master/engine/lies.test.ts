import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fuzzRuns } from '../../tests/harness/fuzzRuns.ts'
import { z } from 'zod'
import { defineKind } from '../../contract/kind.ts'
import { failureCodes, type Outcome } from '../../contract/outcome.ts'
import { definePlan } from '../../contract/plan.ts'
import type { TaskOrder, Work } from '../../contract/workerMessages.ts'
import { World } from './testing/world.ts'
import { injected } from '../../tests/harness/faults.ts'

/** What workers say is looked at for its form only before it comes here: nothing of it may be believed that was not asked. */

const kind = defineKind({
  id: 'sum',
  version: 1,
  title: 'Sum',
  summary: 'Adds up the numbers of its cells.',
  params: z.strictObject({ cells: z.int(), perTask: z.int() }),
  result: z.number(),
  cost: () => ({ ms: 60_000 }),
})
const plans = [
  definePlan(kind, {
    stages: ['add', 'combine'],
    *steps(job) {
      const { cells, perTask } = job.params
      return yield* job.merge('combine', yield* job.map('add', job.items(cells, 1), { cellsPerTask: perTask }))
    },
  }),
]

const whole = fc.oneof(fc.integer({ min: -2, max: 12 }), fc.maxSafeInteger())
const spent = { bytes: 0, rows: 0, tailRows: 0, cpuMs: 0, startedAt: 0, finishedAt: 0 }
const outcomes: fc.Arbitrary<Outcome> = fc
  .oneof(
    fc.record({ type: fc.constant('succeeded' as const), answer: fc.constant({ value: 1e9 }) }),
    fc.record({
      type: fc.constant('failed' as const),
      code: fc.constantFrom(...failureCodes),
      message: fc.string(),
      lost: fc.string(),
    }),
    fc.record({ type: fc.constant('cancelled' as const) }),
  )
  .map((outcome) => ({ ...outcome, ...spent }))
const lie = fc.record({ slot: whole, job: whole, seq: whole, attempt: whole, outcome: outcomes, answered: fc.nat(3) })

test('outcomes of tasks and attempts that no worker has change nothing', { timeout: 5000 + 20 * fuzzRuns }, () => {
  fc.assert(
    fc.property(fc.array(lie, { maxLength: 30 }), (lies) => {
      const world = new World({ plans, perform })
      world.submit({ kind: 'sum', params: { cells: 12, perTask: 2 } })
      for (const { slot, job, seq, attempt, outcome, answered } of lies) {
        for (let count = 0; count < answered; count++) world.answer()
        const isRight = world.waiting.some(({ order }) => order.seq === seq && order.attempt === attempt)
        if (job === 1 && isRight) continue
        world.engine.outcomes({ slot, job, now: world.now }, [{ seq, attempt, outcome }])
        world.turn()
      }
      world.finish()
      expect(world.job()).toMatchObject({ state: 'succeeded', result: 66 })
    }),
    { numRuns: fuzzRuns },
  )
  injected('a worker tells of tasks that it does not have')
})

test.each(['', 'nonsense', '-1.1.x', '1e300.1.x', '999.1.x', '0.1.x'])(
  'a lost part that no task of the job has left fails the task that names it: %j',
  (lost) => {
    const told: Outcome = { type: 'failed', code: 'part-lost', message: 'it is gone', lost, ...spent }
    const world = new World({ plans, perform: () => told, cores: 1 })
    world.submit({ kind: 'sum', params: { cells: 4, perTask: 4 } })
    world.finish()
    expect(world.job()).toMatchObject({ state: 'failed', error: { code: 'part-lost' } })
  },
)

function perform(work: Work, order: TaskOrder) {
  if (work.type === 'merge') return (order.uses ?? []).reduce((sum, { value }) => sum + Number(value), 0)
  return Array.from({ length: order.to - order.from }, (_, index) => order.from + index).reduce(
    (sum, cell) => sum + cell,
    0,
  )
}
