import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineKind } from '../../contract/kind.ts'
import type { Json } from '../../contract/json.ts'
import type { Loss } from '../../contract/outcome.ts'
import { definePlan } from '../../contract/plan.ts'
import type { TaskOrder, Work } from '../../contract/workerMessages.ts'
import { failure, World } from './testing/world.ts'

/** Kinds whose workers die at one number of a list: what the engine does until that number is left out. */

const poison = 21

const kindOf = (id: string, effects: 'none' | 'outside' = 'none') =>
  defineKind({
    id,
    version: 1,
    title: id,
    summary: id,
    effects,
    params: z.strictObject({
      cells: z.int().default(64),
      perTask: z.int().default(64),
      rerunUnknown: z.boolean().optional(),
    }),
    result: z.unknown(),
    cost: () => ({ ms: 60_000 }),
  })

const planOf = (id: string, options: { effects?: 'none' | 'outside'; perCell?: number } = {}) =>
  definePlan(kindOf(id, options.effects), {
    stages: ['add', 'combine'],
    *steps(job) {
      const { cells, perTask } = job.params
      const source = job.items(cells * (options.perCell ?? 1), options.perCell ?? 1)
      return yield* job.merge('combine', yield* job.map('add', source, { cellsPerTask: perTask }))
    },
  })

const task = definePlan(kindOf('single'), {
  stages: ['think'],
  *steps(job) {
    return yield* job.task('think', 1)
  },
})

const plans = [planOf('sum'), planOf('blocks', { perCell: 10 }), planOf('outside', { effects: 'outside' }), task]

function total(from: number, to: number, without: (number: number) => boolean): number {
  let sum = 0
  for (let number = from; number < to; number++) if (!without(number)) sum += number
  return sum
}

/** What a healthy worker computes: the sum of the task's cells but for those left out, which it sets aside. */
function perform(work: Work, order: TaskOrder): Json {
  if (work.type === 'merge') return (order.uses ?? []).reduce((sum, { value }) => sum + Number(value), 0)
  if (order.leaveOut !== undefined) return 0
  const out = new Set((order.skip ?? []).map(({ offset }) => offset))
  return total(order.from, order.to, (number) => out.has(number))
}

const killed: Loss = { type: 'crashed', exitCode: null, signal: 'SIGKILL', logTail: '', peakMemoryBytes: 7 }

/**
 * Workers that die whenever they are given the poison and not told to leave it out. With `crumbs` a careful one has noted the number
 * that it was at.
 */
class Mine extends World {
  deaths = 0
  attempts = 0
  readonly #crumbs: boolean
  readonly #poisons: ReadonlySet<number>

  constructor(options: { crumbs: boolean; poisons?: readonly number[]; cores?: number }) {
    super({ plans, perform, ...(options.cores === undefined ? {} : { cores: options.cores }) })
    this.#crumbs = options.crumbs
    this.#poisons = new Set(options.poisons ?? [poison])
  }

  /** Works until nothing is left to do. */
  work(andThen: () => void = () => undefined): void {
    for (let idle = 0; idle < 5; idle++) {
      while (this.waiting.length > 0) {
        this.#next()
        andThen()
        idle = 0
      }
      this.now += 20_000
      this.turn()
    }
  }

  #next(): void {
    const [entry] = this.waiting
    if (entry === undefined) return
    const { order, work, slot, job } = entry
    const deadly = work.type === 'map' ? this.#deadlyOf(order) : undefined
    if (work.type === 'map' && order.from <= poison && poison < order.to) this.attempts += 1
    if (deadly === undefined) return this.answer()
    this.deaths += 1
    const at = order.careful === true && this.#crumbs ? { input: 0, piece: 0, record: 0, offset: deadly } : null
    this.crumbs.set(`${job} ${slot}`, { seq: order.seq, attempt: order.attempt, at })
    this.kill(slot, killed)
  }

  #deadlyOf(order: TaskOrder): number | undefined {
    const out = new Set((order.skip ?? []).map(({ offset }) => offset))
    if (order.leaveOut !== undefined) return undefined
    return [...this.#poisons].find((number) => order.from <= number && number < order.to && !out.has(number))
  }
}

const whole = (cells: number) => (cells * (cells - 1)) / 2

describe('a record that costs every worker its life', () => {
  it('is left out by the third attempt when the second one noted where it was', () => {
    const mine = new Mine({ crumbs: true })
    mine.submit({ kind: 'sum' })
    mine.work()
    expect(mine.job()).toMatchObject({ state: 'succeeded', result: whole(64) - poison })
    expect(mine.attempts).toBe(3)
    expect(mine.job().story.filter((type) => type === 'setAside' || type === 'halved')).toEqual(['setAside'])
  })

  it.each([1, 2, 3, 8, 22, 64, 100, 1000])('costs at most 4 attempts in a split of %i with a breadcrumb', (cells) => {
    const mine = new Mine({ crumbs: true, poisons: [Math.min(poison, cells - 1)] })
    mine.submit({ kind: 'sum', params: { cells, perTask: cells } })
    mine.work()
    expect(mine.job().state).toBe('succeeded')
    expect(mine.job().attempts - mergesOf(mine)).toBeLessThanOrEqual(4)
  })

  it.each([1, 2, 3, 8, 22, 64, 100, 1000])('costs at most 2⌈log2 n⌉ + 4 in a split of %i without one', (cells) => {
    for (const at of new Set([0, Math.min(poison, cells - 1), cells - 1])) {
      const mine = new Mine({ crumbs: false, poisons: [at] })
      mine.submit({ kind: 'sum', params: { cells, perTask: cells } })
      mine.work()
      expect(mine.job()).toMatchObject({ state: 'succeeded', result: whole(cells) - at })
      expect(mine.job().attempts - mergesOf(mine)).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(cells)) + 4)
    }
  })

  it('costs one failure per level while it is halved, and the halves stay within the cells of the whole', () => {
    const mine = new Mine({ crumbs: false })
    mine.submit({ kind: 'sum' })
    mine.work()
    const replaced = mine.ledger.tasks(1).filter((each) => each.state === 'replaced')
    expect(replaced.map(({ from, to }) => to - from)).toEqual([64, 32, 16, 8, 4, 2])
    expect(mine.deaths).toBe(2 + 5 + 2)
    const covered = mine.ledger.tasks(1).filter((each) => each.state === 'succeeded' && each.operation.endsWith('.0'))
    const cells = covered.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index))
    expect(cells.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 64 }, (_, cell) => cell))
  })

  it('is found also when the master dies in between: what is on record of the attempts goes on counting', () => {
    for (const crumbs of [true, false]) {
      const mine = new Mine({ crumbs })
      mine.submit({ kind: 'sum' })
      let steps = 0
      mine.work(() => {
        if (++steps % 3 === 0 && steps < 60) mine.restart()
      })
      expect(mine.job()).toMatchObject({ state: 'succeeded', result: whole(64) - poison })
      expect(mine.deaths).toBeLessThanOrEqual(crumbs ? 4 : 12)
    }
  })

  it('does not hold up the others: a few of them in several tasks are each left out', () => {
    const poisons = [0, 5, 21, 22, 63]
    for (const crumbs of [true, false]) {
      const mine = new Mine({ crumbs, poisons, cores: 3 })
      mine.submit({ kind: 'sum', params: { cells: 64, perTask: 8 } })
      mine.work()
      expect(mine.job()).toMatchObject({ state: 'succeeded', result: whole(64) - 111 })
    }
  })

  it('with more than three blamed in one task the task is cut, so that what piles up in memory gets through', () => {
    const poisons = Array.from({ length: 8 }, (_, index) => index * 8)
    const mine = new Mine({ crumbs: true, poisons })
    mine.submit({ kind: 'sum' })
    mine.work()
    expect(mine.job()).toMatchObject({ state: 'succeeded', result: whole(64) - 224 })
    expect(mine.job().story).toContain('halved')
  })

  it('fails the job by name where nothing can be cut: task, cells and reason', () => {
    const blocks = new Mine({ crumbs: false })
    blocks.submit({ kind: 'blocks', params: { cells: 32, perTask: 8 } })
    blocks.work()
    expect(blocks.job()).toMatchObject({ state: 'failed', error: { code: 'crashed' } })
    expect(JSON.stringify(blocks.job().error)).toMatch(/task \d+ \(add, cells 21 to 22\): the worker died \(SIGKILL\)/)

    const single = new World({ plans, perform: () => failure('out-of-memory') })
    single.submit({ kind: 'single' })
    single.finish()
    expect(single.job()).toMatchObject({ state: 'failed', error: { code: 'out-of-memory', task: 0 } })
  })

  it('ends the job early when more is set aside than it may', () => {
    const poisons = [1, 9, 17, 25, 33]
    const mine = new Mine({ crumbs: true, poisons })
    mine.submit({ kind: 'sum', maxRejects: 0, params: { cells: 64, perTask: 8 } })
    mine.work()
    expect(mine.job()).toMatchObject({ state: 'failed', error: { code: 'too-many-rejects' } })
    expect(mine.deaths).toBeLessThan(2 * poisons.length)
  })
})

describe('whatever dies whenever', () => {
  const happening = fc.oneof(
    { weight: 10, arbitrary: fc.record({ type: fc.constant('answer' as const), place: fc.nat(9) }) },
    {
      weight: 4,
      arbitrary: fc.record({ type: fc.constant('die' as const), slot: fc.integer({ min: 1, max: 3 }), at: fc.nat(19) }),
    },
    { weight: 1, arbitrary: fc.constant({ type: 'restart' as const }) },
  )

  it('each number is counted or set aside, once, and what was not blamed is counted', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 80 }), (story) => {
        const world = new World({ plans, perform: account, cores: 3 })
        world.submit({ kind: 'sum', params: { cells: 20, perTask: 7 } })
        for (const each of story) {
          if (each.type === 'answer') world.answer(each.place % Math.max(1, world.waiting.length))
          else if (each.type === 'restart') world.restart()
          else die(world, each)
        }
        world.finish()
        const numbers = Array.from({ length: 20 }, (_, number) => number)
        const { counted, out } = world.job().result as { counted: number[]; out: number[] }
        expect(world.job().state).toBe('succeeded')
        expect([...counted, ...out].toSorted((one, other) => one - other)).toEqual(numbers)
        if (!story.some(({ type }) => type === 'die')) expect(out).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  /** The worker dies at what it is at: at the number told, when that is one of its task's and it notes such things. */
  function die(world: World, { slot, at }: { slot: number; at: number }): void {
    const order = world.waiting.find((entry) => entry.slot === slot && entry.work.type === 'map')?.order
    if (order === undefined) return
    const isIn = order.careful === true && order.from <= at && at < order.to
    const skipped = order.skip?.some(({ offset }) => offset === at) === true
    const place = isIn && !skipped ? { input: 0, piece: 0, record: 0, offset: at } : null
    world.crumbs.set(`1 ${slot}`, { seq: order.seq, attempt: order.attempt, at: place })
    world.kill(slot, killed)
  }

  /** Lists instead of a sum: which numbers a task counted and which it left out. */
  function account(work: Work, order: TaskOrder): Json {
    if (work.type === 'merge') {
      const parts = (order.uses ?? []).map(({ value }) => value as { counted: number[]; out: number[] })
      return { counted: parts.flatMap(({ counted }) => counted), out: parts.flatMap(({ out }) => out) }
    }
    const cells = Array.from({ length: order.to - order.from }, (_, index) => order.from + index)
    const isOut = (cell: number) =>
      order.leaveOut !== undefined || order.skip?.some(({ offset }) => offset === cell) === true
    return { counted: cells.filter((cell) => !isOut(cell)), out: cells.filter(isOut) }
  }
})

describe('a careful task', () => {
  it('has a worker to itself: nothing waits behind it, and it waits behind nothing', () => {
    const world = new World({ plans, perform, cores: 2 })
    world.submit({ kind: 'sum', params: { cells: 64, perTask: 1 } })
    world.crumbs.set('1 1', { seq: 0, attempt: 1, at: null })
    world.kill(1, killed)
    world.now += 20_000
    world.turn()
    const isCareful = () => world.waiting.find(({ order }) => order.careful === true)
    for (let count = 0; count < 10 && isCareful() === undefined; count++) world.answer()
    const slot = isCareful()?.slot
    expect(slot).toBeDefined()
    for (let count = 0; count < 5; count++) {
      expect(world.waiting.filter((entry) => entry.slot === slot).map(({ order }) => order.seq)).toEqual([0])
      world.answer(world.waiting.findIndex((entry) => entry.slot !== slot))
    }
    world.finish()
    expect(world.job()).toMatchObject({ state: 'succeeded', result: whole(64) })
  })

  it('that waits for its next attempt keeps no worker from the other tasks', () => {
    const world = new World({ plans, perform, cores: 1 })
    world.submit({ kind: 'sum', params: { cells: 16, perTask: 1 } })
    world.crumbs.set('1 1', { seq: 0, attempt: 1, at: null })
    world.kill(1, killed)
    while (world.waiting.length > 0) world.answer()
    const left = world.ledger
      .tasks(1)
      .filter(({ state, operation }) => state !== 'succeeded' && operation.endsWith('.0'))
    expect(left.map(({ seq }) => seq)).toEqual([0])
    world.finish()
    expect(world.job()).toMatchObject({ state: 'succeeded', result: whole(16) })
  })
})

describe('the blame', () => {
  it('is on the task that the worker noted last, not on one that it had finished without a word', () => {
    const world = new World({ plans, perform, cores: 1 })
    world.submit({ kind: 'sum', params: { cells: 64, perTask: 1 } })
    const [first, second] = world.waiting.map(({ order }) => order)
    expect([first?.seq, second?.seq]).toEqual([0, 1])
    world.crumbs.set('1 1', { seq: 1, attempt: 1, at: null })
    world.kill(1, killed)
    world.now += 20_000
    world.turn()
    world.finish()
    const ended = world.job().attemptsEnded.filter(({ outcome }) => outcome === 'crashed')
    expect(ended.map(({ seq, attempt, signal, peakMemoryBytes }) => [seq, attempt, signal, peakMemoryBytes])).toEqual([
      [1, 1, 'SIGKILL', 7],
    ])
  })

  it('an interruption is on record and held against nobody', () => {
    const world = new World({ plans, perform, cores: 1 })
    world.submit({ kind: 'sum', params: { cells: 4, perTask: 1 } })
    for (let time = 0; time < 6; time++) {
      const [entry] = world.waiting
      world.crumbs.set('1 1', { seq: entry?.order.seq ?? 0, attempt: entry?.order.attempt ?? 0, at: null })
      world.kill(1, { type: 'interrupted' })
    }
    world.finish()
    expect(world.job()).toMatchObject({ state: 'succeeded', result: 6 })
    expect(world.job().attemptsEnded.filter(({ outcome }) => outcome === 'interrupted')).toHaveLength(6)
    expect(world.waiting.every(({ order }) => order.careful === undefined)).toBe(true)
  })

  it('keeps how far the attempt had come and the record that it was at', () => {
    const world = new World({ plans, perform, cores: 1 })
    world.submit({ kind: 'sum', params: { cells: 8, perTask: 8 } })
    const at = { input: 0, piece: 0, record: 3, offset: 3 }
    world.crumbs.set('1 1', { seq: 0, attempt: 1, at })
    world.kill(1, { ...killed, progress: { job: 1, seq: 0, attempt: 1, bytes: 30, rows: 3 } })
    expect(world.job().attemptsEnded).toMatchObject([{ outcome: 'crashed', bytes: 30, rows: 3, place: at }])
  })
})

describe('work with effects outside', () => {
  it('is not run again after a crash or an interruption while it ran, and says that nobody knows', () => {
    for (const loss of [killed, { type: 'interrupted' as const }]) {
      const world = new World({ plans, perform, cores: 1 })
      world.submit({ kind: 'outside', params: { cells: 4, perTask: 1 } })
      world.crumbs.set('1 1', { seq: 0, attempt: 1, at: null })
      world.kill(1, loss)
      expect(world.job()).toMatchObject({ state: 'failed', error: { code: 'outcome-unknown', task: 0 } })
    }
  })

  it('is given back when its worker went before it had begun', () => {
    const world = new World({ plans, perform, cores: 1 })
    world.submit({ kind: 'outside', params: { cells: 4, perTask: 1 } })
    world.kill(1, { type: 'interrupted' })
    world.finish()
    expect(world.job()).toMatchObject({ state: 'succeeded', result: 6 })
  })

  it('is not run again when its master died while it ran', () => {
    const world = new World({ plans, perform, cores: 1 })
    world.submit({ kind: 'outside', params: { cells: 4, perTask: 1 } })
    world.restart()
    expect(world.job()).toMatchObject({ state: 'failed', error: { code: 'outcome-unknown', task: 0 } })
  })

  it('is run again when its params allow it', () => {
    const world = new World({ plans, perform, cores: 1 })
    world.submit({ kind: 'outside', params: { cells: 4, perTask: 1, rerunUnknown: true } })
    world.kill(1, killed)
    world.finish()
    expect(world.job()).toMatchObject({ state: 'succeeded', result: 6 })
  })
})

/** Attempts of merge tasks. */
function mergesOf(world: World): number {
  return world.ledger
    .tasks(1)
    .filter((each) => each.operation.endsWith('.1'))
    .reduce((sum, each) => sum + each.attempt, 0)
}
