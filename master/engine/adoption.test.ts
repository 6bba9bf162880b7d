import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineKind } from '../../contract/kind.ts'
import type { Json } from '../../contract/json.ts'
import { definePlan } from '../../contract/plan.ts'
import type { TaskOrder, Work } from '../../contract/workerMessages.ts'
import { keptOf } from './adoption.ts'
import { newJob, World } from './testing/world.ts'

/** A job over what an earlier one has done: nothing that holds is computed again, and the answer is that of a whole run. */

const kind = defineKind({
  id: 'sum',
  version: 1,
  title: 'Sum',
  summary: 'Adds up.',
  params: z.strictObject({}),
  result: z.unknown(),
  cost: () => ({ ms: 60_000 }),
})

const plan = definePlan(kind, {
  stages: ['add', 'combine', 'more'],
  *steps(job) {
    const { value } = yield* job.merge('combine', yield* job.map('add', job.items(40), { cellsPerTask: 4 }))
    const more = yield* job.map('more', job.items(Number(value) % 7), { cellsPerTask: 1 })
    return yield* job.merge('combine', more)
  },
})

function perform(work: Work, order: TaskOrder): Json {
  if (work.type === 'merge') return (order.uses ?? []).reduce((sum, { value }) => sum + Number(value), 0)
  let sum = 0
  for (let cell = order.from; cell < order.to; cell++) sum += cell
  return sum
}

function ended(): World {
  const world = new World({ plans: [plan], perform })
  world.submit({ kind: 'sum' })
  world.finish()
  return world
}

describe('what an earlier job has done', () => {
  it('is what succeeded without rejects in the maps with which the plan begins, as far as its files are there', () => {
    const ledger = ended().ledger.ledger(1)
    const maps = ledger.tasks.filter((task) => task.operation === 'root.0')
    expect(keptOf(ledger, () => true).tasks.map(({ seq }) => seq)).toEqual(maps.map(({ seq }) => seq))
    expect(keptOf(ledger, () => true).operations).toHaveLength(1)
    expect(keptOf(ledger, ({ seq }) => seq !== maps[2]?.seq).tasks).toHaveLength(maps.length - 1)
    const rejected = ledger.tasks.map((task) => (task.seq === maps[1]?.seq ? { ...task, rejects: 2 } : task))
    expect(keptOf({ ...ledger, tasks: rejected }, () => true).tasks).toHaveLength(maps.length - 1)
  })

  it('is not computed again, and the answer is the same, also when the master dies on the way', () => {
    const world = ended()
    const kept = keptOf(world.ledger.ledger(1), ({ from }) => from !== 8)
    world.engine.submit(newJob({ kind: 'sum', number: 2 }), world.now, kept)
    world.turn()
    const maps = world.waiting.filter(({ work }) => work.type === 'map')
    expect(maps.map(({ order }) => [order.from, order.to])).toEqual([[8, 12]])
    world.restart()
    world.finish()
    expect(world.job(2)).toMatchObject({ state: 'succeeded', result: world.job(1).result })
    const again = world.ledger.tasks(2).filter((task) => task?.operation === 'root.0' && task.attempt > 1)
    expect(again).toHaveLength(1)
    expect(world.job(2).story).toContain('note')
  })
})
