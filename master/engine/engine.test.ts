import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineKind } from '../../contract/kind.ts'
import type { Json } from '../../contract/json.ts'
import { definePlan, type PlanSteps } from '../../contract/plan.ts'
import type { TaskOrder, Work } from '../../contract/workerMessages.ts'
import { failure, partLost, World } from './testing/world.ts'

const kindOf = (id: string, more: { effects?: 'none' | 'outside' } = {}) =>
  defineKind({
    id,
    version: 1,
    title: id,
    summary: id,
    params: z.strictObject({}),
    result: z.unknown(),
    cost: () => ({ ms: 60_000 }),
    ...more,
  })

/** Adds up the numbers of 40 cells. */
const sum = definePlan(kindOf('sum'), {
  stages: ['add', 'combine'],
  *steps(job) {
    return yield* job.merge('combine', yield* job.map('add', job.items(40), { cellsPerTask: 2 }))
  },
})

/** Adds up 1 to `n` by halving: every node is master of its halves. */
const halves = definePlan(kindOf('halves'), {
  stages: ['leaf'],
  *steps(job) {
    function* node(from: number, to: number): PlanSteps<Json> {
      if (to - from <= 3) return Number((yield* job.task('leaf', [from, to])).value)
      const middle = (from + to) >> 1
      const [left, right] = yield* job.all([() => node(from, middle), () => node(middle, to)])
      return Number(left) + Number(right)
    }
    return { value: yield* node(1, 33) }
  },
})

const outside = definePlan(kindOf('outside', { effects: 'outside' }), {
  stages: ['send'],
  *steps(job) {
    yield* job.map('send', job.items(4), { cellsPerTask: 1 })
    return { value: null }
  },
})

/** Adds up 20 cells, then doubles what came of it. */
const doubled = definePlan(kindOf('doubled'), {
  stages: ['add', 'combine', 'double'],
  *steps(job) {
    const merged = yield* job.merge('combine', yield* job.map('add', job.items(20), { cellsPerTask: 2 }))
    return yield* job.task('double', null, [merged])
  },
})

const nothing = definePlan(kindOf('nothing'), {
  stages: ['combine'],
  *steps(job) {
    return yield* job.merge('combine', yield* job.map('add', job.items(0)))
  },
})

function add(from: number, to: number): number {
  let total = 0
  for (let number = from; number < to; number++) total += number
  return total
}

/** What workers of these kinds compute. */
function perform(work: Work, order: TaskOrder): Json {
  if (work.type === 'map') return work.stage === 'send' ? null : add(order.from, order.to)
  if (work.type === 'merge') return (order.uses ?? []).reduce((total, { value }) => total + Number(value), 0)
  if (work.type === 'task' && work.stage === 'double') return 2 * Number(order.uses?.[0]?.value)
  const [from, to] = order.args as [number, number]
  return add(from, to)
}

const plans = [sum, halves, outside, nothing, doubled]

describe('a job', () => {
  it('is split, dispatched and merged into its result', () => {
    const world = new World({ plans, perform })
    world.submit({ kind: 'sum' })
    world.finish()
    expect(world.job()).toMatchObject({ state: 'succeeded', result: 780 })
    expect(world.ledger.tasks(1).filter((task) => task.state === 'succeeded').length).toBe(world.ledger.tasks(1).length)
  })

  it('has an answer also when there is nothing to do', () => {
    const world = new World({ plans, perform })
    world.submit({ kind: 'nothing' })
    world.finish()
    expect(world.job()).toMatchObject({ state: 'succeeded', result: 0 })
  })

  it('may plan recursively: every node waits for its halves', () => {
    const world = new World({ plans, perform, cores: 3 })
    world.submit({ kind: 'halves' })
    world.finish()
    expect(world.job().result).toBe(528)
  })

  it('shows a partial answer with its coverage before it ends', () => {
    const world = new World({ plans, perform })
    world.submit({ kind: 'sum' })
    const seen: number[] = []
    while (world.waiting.length > 0) {
      seen.push(world.engine.runs.get(1)?.partial?.coverage ?? 0)
      world.answer()
    }
    expect(seen.some((coverage) => coverage > 0 && coverage < 1)).toBe(true)
    expect(seen).toEqual(seen.toSorted((one, other) => one - other))
  })

  it('comes to the same result whatever the order of outcomes, lost workers and restarts of the master', () => {
    const happening = fc.oneof(
      { weight: 12, arbitrary: fc.record({ type: fc.constant('answer' as const), place: fc.nat(50) }) },
      { weight: 2, arbitrary: fc.record({ type: fc.constant('kill' as const), slot: fc.integer({ min: 1, max: 3 }) }) },
      { weight: 1, arbitrary: fc.constant({ type: 'restart' as const }) },
    )
    const happen = (
      world: World,
      each: { type: 'answer'; place: number } | { type: 'kill'; slot: number } | { type: 'restart' },
    ) => {
      if (each.type === 'answer') world.answer(each.place % Math.max(1, world.waiting.length))
      else if (each.type === 'kill') world.kill(each.slot, { type: 'interrupted' })
      else world.restart()
    }
    fc.assert(
      fc.property(fc.constantFrom('sum', 'halves'), fc.array(happening, { maxLength: 60 }), (kind, story) => {
        const world = new World({ plans, perform, cores: 3 })
        world.submit({ kind })
        for (const each of story) happen(world, each)
        world.finish()
        expect(world.job()).toMatchObject({ state: 'succeeded', result: kind === 'sum' ? 780 : 528 })
      }),
      { numRuns: 200 },
    )
  })

  it('keeps what was committed when the master dies: those tasks stay at attempt 1', () => {
    const world = new World({ plans, perform })
    world.submit({ kind: 'sum' })
    world.answer()
    world.answer()
    const committed = world.ledger.tasks(1).filter((task) => task.state === 'succeeded')
    expect(committed.length).toBe(2)
    expect(world.waiting.length).toBeGreaterThan(0)
    world.restart()
    world.finish()
    for (const { seq } of committed) expect(world.ledger.tasks(1)[seq]?.attempt).toBe(1)
    expect(world.job().result).toBe(780)
  })
})

describe('a lost worker', () => {
  it('costs only the task that it was at an attempt; what waited behind goes back without blame', () => {
    const world = new World({ plans, perform, cores: 1 })
    world.submit({ kind: 'sum' })
    expect(world.waiting.map(({ order }) => order.seq)).toEqual([0, 1])
    world.kill(1)
    expect(world.job().story.filter((type) => type === 'workerLost')).toEqual(['workerLost'])
    world.finish()
    expect(world.job()).toMatchObject({ state: 'succeeded', result: 780 })
  })

  it('ends a job with effects outside as outcome unknown, without running the task again', () => {
    const world = new World({ plans, perform })
    world.submit({ kind: 'outside' })
    world.kill(1)
    expect(world.job()).toMatchObject({ state: 'failed', error: { code: 'outcome-unknown' } })
  })
})

describe('a failed attempt', () => {
  it('is tried again when the cause may pass, and the job goes on', () => {
    let failures = 0
    const world = new World({
      plans,
      perform: (work, order) => (order.seq === 3 && failures++ < 2 ? failure('transient') : perform(work, order)),
    })
    world.submit({ kind: 'sum' })
    world.finish()
    expect(world.job()).toMatchObject({ state: 'succeeded', result: 780 })
    expect(world.ledger.tasks(1)[3]?.attempt).toBe(3)
  })

  it('ends the job at once when the input is refused, and cancels the rest', () => {
    const world = new World({
      plans,
      perform: (work, order) => (order.seq === 3 ? failure('refused-input') : perform(work, order)),
    })
    world.submit({ kind: 'sum' })
    world.finish()
    expect(world.job()).toMatchObject({ state: 'failed', error: { code: 'refused-input', task: 3 } })
    expect(world.ledger.tasks(1).every((task) => task.state !== 'pending' && task.state !== 'running')).toBe(true)
  })

  it('can be retried by the person: finished tasks are kept, the job succeeds', () => {
    let broken = true
    const world = new World({
      plans,
      perform: (work, order) => (order.seq === 3 && broken ? failure('refused-input') : perform(work, order)),
    })
    world.submit({ kind: 'sum' })
    world.finish()
    broken = false
    const kept = world.ledger.tasks(1).filter((task) => task.state === 'succeeded').length
    world.engine.retry(world.ledger.ledger(1), world.now)
    world.turn()
    world.finish()
    expect(world.job()).toMatchObject({ state: 'succeeded', result: 780 })
    expect(kept).toBeGreaterThan(0)
    expect(world.ledger.tasks(1)[0]?.attempt).toBe(1)
  })
})

describe('a lost part', () => {
  it('of a map is computed again by its task, without blame, and the answer is the same', () => {
    // Cells whose part the first merge over them does not find: of the first task, and of one in the middle.
    const lost = new Set([0, 10])
    const again: { seq: number; attempt: number }[] = []
    const world = new World({
      plans,
      perform: (work, order) => {
        const parts = world.ledger.tasks(1).filter((task) => task.args === undefined && task.state === 'succeeded')
        const part = parts.find((task) => lost.has(task.from) && order.from <= task.from && task.to <= order.to)
        if (work.type !== 'merge' || part === undefined || !lost.delete(part.from)) return perform(work, order)
        again.push({ seq: part.seq, attempt: part.attempt + 1 })
        return partLost(`${part.seq}.${part.attempt}.0.table`)
      },
    })
    world.submit({ kind: 'doubled' })
    world.finish()
    expect(again.length).toBe(2)
    expect(world.job()).toMatchObject({ state: 'succeeded', result: 380 })
    // What else ran while the job was taken up anew begins again too.
    for (const { seq, attempt } of again) expect(world.ledger.tasks(1)[seq]?.attempt).toBeGreaterThanOrEqual(attempt)
    expect(world.job().attemptsEnded.filter(({ outcome }) => outcome !== 'succeeded')).toEqual([])
  })

  it('of a merge whose answer the plan has had already is computed again too', () => {
    let first = true
    const world = new World({
      plans,
      perform: (work, order) => {
        if (work.type !== 'task' || !first) return perform(work, order)
        first = false
        const root = world.ledger.tasks(1).findLast((task) => task.from === 0 && task.to === 20)
        return partLost(`${root?.seq}.1.0.table`)
      },
    })
    world.submit({ kind: 'doubled' })
    world.finish()
    expect(first).toBe(false)
    expect(world.job()).toMatchObject({ state: 'succeeded', result: 380 })
  })

  it('that goes on being lost fails the job in the end', () => {
    const world = new World({
      plans,
      perform: (work, order) => (work.type === 'merge' ? partLost('0.1.0.table') : perform(work, order)),
    })
    world.submit({ kind: 'doubled' })
    world.finish()
    expect(world.job()).toMatchObject({ state: 'failed', error: { code: 'part-lost' } })
  })
})

describe('what a person asks', () => {
  it('pause lets running tasks end and starts no other; resume goes on', () => {
    const world = new World({ plans, perform })
    world.submit({ kind: 'sum' })
    expect(world.engine.command(1, 'pause', world.now).ok).toBe(true)
    world.turn()
    world.finish()
    expect(world.job().state).toBe('paused')
    world.engine.command(1, 'resume', world.now)
    world.turn()
    world.finish()
    expect(world.job()).toMatchObject({ state: 'succeeded', result: 780 })
  })

  it('cancel drains, then ends the job; undo before that lets it go on', () => {
    const world = new World({ plans, perform })
    world.submit({ kind: 'sum' })
    world.engine.command(1, 'cancel', world.now)
    world.turn()
    expect(world.job().state).toBe('cancelling')
    world.engine.command(1, 'undoCancel', world.now)
    world.turn()
    world.finish()
    expect(world.job()).toMatchObject({ state: 'succeeded', result: 780 })
  })

  it('cancel tells tasks that take too long to stop after five seconds', () => {
    const world = new World({ plans, perform })
    world.submit({ kind: 'sum' })
    world.engine.command(1, 'cancel', world.now)
    world.turn()
    world.now += 5001
    world.turn()
    expect(world.effects.some((effect) => effect.type === 'cancelTasks')).toBe(true)
    expect(world.job().state).toBe('cancelled')
    expect(world.ledger.tasks(1).every((task) => task.state === 'cancelled')).toBe(true)
  })

  it('what the state does not allow is refused as a value', () => {
    const world = new World({ plans, perform })
    world.submit({ kind: 'sum' })
    expect(world.engine.command(1, 'resume', world.now)).toMatchObject({ ok: false, error: { code: 'wrong-state' } })
    expect(world.engine.command(7, 'cancel', world.now)).toMatchObject({ ok: false, error: { code: 'wrong-state' } })
  })
})

describe('several jobs', () => {
  it('share the workers fairly at equal priority', () => {
    const world = new World({ plans, perform, cores: 4 })
    world.submit({ kind: 'sum' })
    world.submit({ kind: 'sum' })
    for (let count = 0; count < 12; count++) world.answer()
    const jobs = new Set(world.waiting.map(({ job }) => job))
    expect(jobs).toEqual(new Set([1, 2]))
  })

  it('a higher priority goes first', () => {
    const world = new World({ plans, perform, cores: 1 })
    world.submit({ kind: 'sum' })
    world.submit({ kind: 'sum', priority: 5 })
    world.answer()
    world.answer()
    expect(world.waiting.at(-1)?.job).toBe(2)
  })

  it('a job uses no more workers than it asked for', () => {
    const world = new World({ plans, perform, cores: 4 })
    world.submit({ kind: 'sum', workers: 2 })
    for (let count = 0; count < 15; count++) {
      expect(new Set(world.waiting.map(({ slot }) => slot)).size).toBeLessThanOrEqual(2)
      world.answer()
    }
  })
})

describe('replay', () => {
  it('fails the job as plan changed when the plan asks for something else than what was begun', () => {
    const world = new World({ plans, perform })
    world.submit({ kind: 'sum' })
    world.answer()
    const other = definePlan(kindOf('sum'), {
      stages: ['add'],
      *steps(job) {
        return yield* job.merge('combine', yield* job.map('add', job.items(41), { cellsPerTask: 2 }))
      },
    })
    const later = new World({ plans: [other], perform })
    later.ledger.jobs.set(1, world.job())
    later.restart()
    expect(later.job()).toMatchObject({ state: 'failed', error: { code: 'plan-changed' } })
  })
})

describe('an engine that is held back', () => {
  it('gives new tasks to as many workers as it may, and to all of them again afterwards', () => {
    const world = new World({ plans, perform, cores: 4 })
    world.engine.limitWorkers(1)
    world.submit({ kind: 'sum' })
    const busy = () => [...new Set(world.waiting.map(({ slot }) => slot))].toSorted((one, other) => one - other)
    expect(busy()).toEqual([1])
    world.engine.limitWorkers(null)
    world.turn()
    world.answer()
    expect(busy()).toEqual([1, 2, 3, 4])
    world.finish()
    expect(world.job().state).toBe('succeeded')
  })
})
