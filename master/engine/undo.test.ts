import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineKind } from '../../contract/kind.ts'
import { definePlan } from '../../contract/plan.ts'
import type { TaskOrder } from '../../contract/workerMessages.ts'
import { failure, World } from './testing/world.ts'

/** What a job that was being cancelled has lost meanwhile, when the cancelling is undone. */

const kind = defineKind({
  id: 'list',
  version: 1,
  title: 'List',
  summary: 'Lists its cells.',
  params: z.strictObject({ cells: z.int() }),
  result: z.array(z.json()),
  cost: () => ({ ms: 60_000 }),
})
const outside = defineKind({ ...kind, id: 'outside', effects: 'outside' })
const plans = [kind, outside].map((each) =>
  definePlan(each, {
    stages: ['note', 'gather'],
    *steps(job) {
      return yield* job.merge('gather', yield* job.map('note', job.items(job.params.cells, 1), { cellsPerTask: 1 }))
    },
  }),
)

function perform(_: unknown, order: TaskOrder) {
  return order.uses === undefined ? [order.from] : order.uses.flatMap(({ value }) => value as number[])
}

/** Two workers at work for a job of four cells that is being cancelled. */
function cancelling(kindId = 'list') {
  const world = new World({ plans, perform })
  world.submit({ kind: kindId, params: { cells: 4 } })
  world.engine.command(1, 'cancel', world.now)
  world.turn()
  return world
}

function undo(world: World): void {
  world.engine.command(1, 'undoCancel', world.now)
  world.turn()
}

describe('an undone cancelling', () => {
  test('brings back the tasks of a worker that was lost meanwhile', () => {
    const world = cancelling()
    world.kill(1)
    undo(world)
    world.finish()
    expect(world.job()).toMatchObject({ state: 'succeeded', result: [0, 1, 2, 3] })
  })

  test('brings back a task that failed meanwhile', () => {
    const world = cancelling()
    const [entry] = world.waiting.splice(0, 1)
    const { seq, attempt } = entry!.order
    world.engine.outcomes({ slot: entry!.slot, job: 1, now: world.now }, [{ seq, attempt, outcome: failure('bug') }])
    world.turn()
    undo(world)
    world.finish()
    expect(world.job()).toMatchObject({ state: 'succeeded', result: [0, 1, 2, 3] })
  })

  test('holds after a restart of the master', () => {
    const world = cancelling()
    world.kill(1)
    undo(world)
    world.restart()
    world.finish()
    expect(world.job()).toMatchObject({ state: 'succeeded', result: [0, 1, 2, 3] })
  })

  test('fails work with effects outside of which nobody knows how far it came', () => {
    const world = cancelling('outside')
    world.kill(1)
    undo(world)
    expect(world.job()).toMatchObject({ state: 'failed', error: { code: 'outcome-unknown' } })
  })
})

test('a job whose workers are lost while it is cancelled is cancelled, with every task', () => {
  const world = cancelling()
  world.kill(1)
  world.kill(2)
  expect(world.job().state).toBe('cancelled')
  expect(new Set(world.ledger.tasks(1).map(({ state }) => state))).toEqual(new Set(['cancelled']))
})
