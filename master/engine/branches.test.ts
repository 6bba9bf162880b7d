import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineKind } from '../../contract/kind.ts'
import type { Json } from '../../contract/json.ts'
import { type Answer, answerSchema, type Outcome } from '../../contract/outcome.ts'
import { definePlan, type Planner, type PlanSteps } from '../../contract/plan.ts'
import type { TaskOrder } from '../../contract/workerMessages.ts'
import { partLost, type Perform, success, World } from './testing/world.ts'

const kindOf = (id: string) =>
  defineKind({ id, version: 1, title: id, summary: id, params: z.strictObject({}), result: z.unknown() })

const deepest = 1000

/** Sub-plans nested a thousand deep; at every two hundredth level a task of its own. */
const chain = definePlan(kindOf('chain'), {
  stages: ['step'],
  *steps(job) {
    function* node(depth: number): PlanSteps<Json> {
      const own = depth % 200 === 0 ? Number((yield* job.task('step', depth)).value) : 0
      if (depth === deepest) return own
      const [below] = yield* job.all([() => node(depth + 1)])
      return Number(below) + own
    }
    return { value: yield* node(0) }
  },
})

const wide = 3000

/** So many sub-plans of one task each, side by side. */
const broad = definePlan(kindOf('broad'), {
  stages: ['step'],
  *steps(job) {
    function* leaf(number: number): PlanSteps<Json> {
      return (yield* job.task('step', number)).value ?? null
    }
    const values = yield* job.all(Array.from({ length: wide }, (_, number) => () => leaf(number)))
    return { value: values.reduce<number>((sum, value) => sum + Number(value), 0) }
  },
})

/** Each leaf leaves a file, each node one that is made of its halves'. */
const tree = definePlan(kindOf('tree'), {
  stages: ['leaf', 'join'],
  *steps(job) {
    return { value: (yield* branch(job, 3)).value ?? null }
  },
})

function* branch(job: Planner<unknown>, depth: number): PlanSteps<Answer> {
  if (depth === 0) return yield* job.task('leaf', null)
  const half = function* (): PlanSteps<Json> {
    return JSON.parse(JSON.stringify(yield* branch(job, depth - 1))) as Json
  }
  const halves = yield* job.all([half, half])
  return yield* job.task(
    'join',
    null,
    halves.map((each) => answerSchema.parse(each)),
  )
}

describe('sub-plans', () => {
  const perform: Perform = (_work, { args }) => args ?? 0
  const plans = [chain, broad]

  it('nested deeply go on where they were, whenever the master dies', () => {
    for (const dies of [0, 1, 3, 5]) {
      const world = new World({ plans, perform })
      world.submit({ kind: 'chain' })
      for (let answered = 0; answered < dies; answered++) world.answer()
      world.restart()
      world.finish()
      expect(world.job()).toMatchObject({ state: 'succeeded', result: 3000 })
      expect(world.ledger.tasks(1).map(({ attempt }) => attempt)).toEqual(
        [0, 1, 2, 3, 4, 5].map((task) => (task === dies ? 2 : 1)),
      )
    }
  })

  it('by the thousand have tasks made a few ahead of the workers, and are all done once', () => {
    const world = new World({ plans, perform })
    world.submit({ kind: 'broad' })
    for (let answered = 0; answered < 100; answered++) {
      expect(world.ledger.tasks(1).length).toBeLessThan(answered + 40)
      world.answer()
    }
    world.restart()
    world.finish()
    expect(world.job()).toMatchObject({ state: 'succeeded', result: (wide * (wide - 1)) / 2 })
    expect(world.ledger.tasks(1)).toHaveLength(wide)
  })

  it('that have returned are run again when a file of theirs is lost, and only what needs it is done again', () => {
    fc.assert(
      fc.property(fc.nat(7), fc.nat(13), (which, after) => {
        const lost = new Set<string>()
        const world = new World({ plans: [tree], perform: (_work, order) => performTree(order, lost) })
        world.submit({ kind: 'tree' })
        for (let answered = 0; answered < after; answered++) world.answer()
        const made = world.ledger.tasks(1).filter(({ state }) => state === 'succeeded')
        const chosen = made[which % Math.max(1, made.length)]
        if (chosen !== undefined) lost.add(fileOf(chosen.answer))
        world.finish()
        expect(world.job()).toMatchObject({ state: 'succeeded', result: 8 })
        const again = world.job().attemptsEnded.filter(({ outcome }) => outcome !== 'succeeded')
        expect(again).toEqual([])
      }),
      { numRuns: 60 },
    )
  })
})

function fileOf(answer: Answer | null): string {
  return answer?.files?.['file']?.file ?? ''
}

/** Reads the files of what it uses, and leaves one. */
function performTree(order: TaskOrder, lost: ReadonlySet<string>): Outcome {
  const uses = order.uses ?? []
  const gone = uses.map(fileOf).find((file) => lost.has(file))
  if (gone !== undefined) return partLost(gone)
  const value = uses.reduce((sum, used) => sum + Number(used.value), 0) || 1
  const file = { file: `${order.seq}.${order.attempt}.0.file`, bytes: 1, crc32: 0 }
  return { ...(success(null, 0) as Extract<Outcome, { type: 'succeeded' }>), answer: { value, files: { file } } }
}
