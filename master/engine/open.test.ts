import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Input } from '../../contract/dataset.ts'
import { defineKind } from '../../contract/kind.ts'
import type { Json } from '../../contract/json.ts'
import { itemRangeSchema } from '../../contract/open.ts'
import { definePlan } from '../../contract/plan.ts'
import type { TaskOrder, Work } from '../../contract/workerMessages.ts'
import { World } from './testing/world.ts'

/** Jobs whose items come while they run: what the engine makes of arrivals, one by one or many at once, until the list has ended. */

const kindOf = (id: string) =>
  defineKind({
    id,
    version: 1,
    title: id,
    summary: id,
    accepts: ['text'],
    open: true,
    params: z.strictObject({}),
    result: z.unknown(),
  })

/** One that counts them, and one that looks at all of them again once they are there. */
const plans = [
  definePlan(kindOf('counted'), {
    stages: ['never'],
    closed: (items) => ({ value: items }),
    *steps(job) {
      return yield* job.task('never', 0)
    },
  }),
  definePlan(kindOf('looked-at'), {
    stages: ['look'],
    *steps(job) {
      return yield* job.task('look', job.inputs[0]?.bytes ?? -1)
    },
  }),
]

const list: Input = {
  path: '/spool/list',
  name: 'stdin',
  bytes: 0,
  format: 'text',
  cellBytes: 65_536,
  fingerprint: { bytes: 0, modifiedAt: 0, inode: '', headTail: '' },
  spooled: true,
  open: 'leased',
}
const itemBytes = 10

/** What a healthy worker makes of items, all of the same length; of the whole list, its size. */
function perform(work: Work, order: TaskOrder): Json {
  if (work.type === 'task') return order.args ?? null
  const { at, end, first } = itemRangeSchema.parse(order.args)
  expect([at, end]).toEqual([first * itemBytes, at + (end - at)])
  expect(end).toBeGreaterThanOrEqual(order.to * itemBytes)
  return Array.from({ length: order.to - order.from }, (_, index) => order.from + index)
}

class OpenWorld extends World {
  #items = 0

  constructor(kind = 'counted', cores = 2) {
    super({ plans, perform, cores })
    this.submit({ kind, inputs: [list] })
  }

  give(count: number): void {
    const ends = Array.from({ length: count }, (_, index) => (this.#items + index + 1) * itemBytes)
    this.#items += count
    this.engine.arrived(1, { ends }, this.now)
    this.turn()
  }

  end(early: string | null = null): void {
    const input: Input = { ...list, bytes: this.#items * itemBytes, open: early === null ? 'ended' : 'endedEarly' }
    this.engine.endList(1, { input, early }, this.now)
    this.turn()
  }

  /** A new master, which is told of what no task has yet. */
  restartAndResume(): void {
    this.restart()
    const taken = Math.max(0, ...this.job().tasks.map(({ to }) => to))
    const rest = Array.from({ length: this.#items - taken }, (_, index) => (taken + index + 1) * itemBytes)
    this.engine.arrived(1, { ends: rest, anew: true }, this.now)
    this.turn()
  }

  get answered(): number[] {
    return this.effects.flatMap((effect) => (effect.type === 'answered' ? (effect.answer.value as number[]) : []))
  }
}

describe('an open list', () => {
  it('gives an idle worker an item as soon as it is there', () => {
    const world = new OpenWorld()
    expect(world.waiting).toEqual([])
    world.give(1)
    expect(world.waiting.map(({ order }) => [order.from, order.to])).toEqual([[0, 1]])
    world.answer()
    expect(world.answered).toEqual([0])
    expect(world.job().state).toBe('running')
    world.give(1)
    expect(world.waiting.map(({ order }) => [order.from, order.to])).toEqual([[1, 2]])
  })

  it('makes tasks of many items when more come than workers take', () => {
    const world = new OpenWorld()
    world.give(1)
    world.answer()
    world.give(1000)
    for (let answers = 0; world.answered.length < 1001; answers++) {
      expect(answers).toBeLessThan(300)
      world.answer()
    }
    expect(world.job().state).toBe('running')
  })

  it('succeeds when it has ended and everything is answered, with what the kind says of so many', () => {
    const world = new OpenWorld()
    world.give(5)
    world.end()
    expect(world.job().state).toBe('running')
    world.finish()
    expect(world.job()).toMatchObject({ state: 'succeeded', result: 5 })
  })

  it('that is empty succeeds too', () => {
    const world = new OpenWorld()
    world.end()
    world.finish()
    expect(world.job()).toMatchObject({ state: 'succeeded', result: 0 })
  })

  it('is looked at whole by the plan of a kind that has one, as the text that it has become', () => {
    const world = new OpenWorld('looked-at')
    world.give(3)
    world.finish()
    world.end()
    world.finish()
    expect(world.job()).toMatchObject({ state: 'succeeded', result: 30 })
    expect(world.effects.filter(({ type }) => type === 'listSettled')).toHaveLength(1)
    expect(world.job().job.inputs).toMatchObject([{ bytes: 30, open: 'ended' }])
  })

  it('fails its job when whoever gave the items went away, once what had come is answered', () => {
    const world = new OpenWorld()
    world.give(7)
    world.end('whoever gave the items went away')
    world.finish()
    expect(world.job()).toMatchObject({ state: 'failed', error: { code: 'input-ended-early' } })
    expect(world.answered.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  it('waits for more items, and says so', () => {
    const world = new OpenWorld()
    const run = world.engine.runs.get(1)
    expect(run === undefined ? null : world.engine.waitingFor(run, world.now)).toBe('more items')
  })

  it('sets aside the one item that costs workers their lives, as the answer to it', () => {
    const world = new OpenWorld('counted', 1)
    world.give(1)
    world.kill(1)
    world.now += 10_000
    world.turn()
    world.kill(1)
    world.now += 10_000
    world.turn()
    expect(world.waiting.map(({ order }) => order.leaveOut)).toEqual([expect.stringMatching(/worker died/)])
    world.end()
    world.finish()
    expect(world.job().state).toBe('succeeded')
  })
})

it('every item is answered, whatever the order of arrivals, outcomes, deaths and restarts', () => {
  const move = fc.record({
    what: fc.constantFrom('give', 'give', 'answer', 'answer', 'answer', 'restart', 'late'),
    which: fc.nat(50),
  })
  fc.assert(
    fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
      const world = new OpenWorld('looked-at')
      let given = 0
      for (const { what, which } of moves) {
        if (what === 'give') world.give(which)
        if (what === 'give') given += which
        if (what === 'answer' && world.waiting.length > 0) world.answer(which % world.waiting.length)
        if (what === 'restart') world.restartAndResume()
        if (what === 'late') world.now += 100
      }
      world.end()
      world.finish()
      expect(world.job()).toMatchObject({ state: 'succeeded', result: given * itemBytes })
      expect([...new Set(world.answered)].toSorted((a, b) => a - b)).toEqual(Array.from({ length: given }, (_, i) => i))
    }),
  )
})
