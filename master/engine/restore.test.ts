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

it('a job that is taken up again counts every task, also where the ledger tells of many as one', () => {
  const world = new World({ plans: [waiting], perform: () => null })
  world.submit({ kind: 'waiting' })
  for (let task = 0; task < 3; task++) world.answer()
  const ledger = world.ledger.ledger(1)
  const [first, ...others] = ledger.tasks.filter(({ state }) => state === 'succeeded')
  const last = others.at(-1)
  if (first === undefined || last === undefined) throw new Error('no tasks have succeeded')
  const left = ledger.tasks.filter(({ state }) => state !== 'succeeded')
  const next = new World({ plans: [waiting], perform: () => null })
  next.engine.restore({ ...ledger, tasks: [{ ...last, from: first.from, count: 1 + others.length }, ...left] }, 0)
  expect(next.engine.runs.get(1)).toMatchObject({ succeeded: 3, made: 3 + left.length })
})
