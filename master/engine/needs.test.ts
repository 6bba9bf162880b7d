import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineKind } from '../../contract/kind.ts'
import { mostTogether, type TaskNeeds } from '../../contract/needs.ts'
import { definePlan } from '../../contract/plan.ts'
import { failure, World } from './testing/world.ts'

/** What tasks need and what holds them up: one kind whose params say it. */

const gigabyte = 1e9

const needs = z.strictObject({
  use: z.enum(['cpu', 'io', 'exclusive']).default('cpu'),
  memoryBytes: z.number().default(0),
  atOnce: z.int().nullable().default(null),
})

const kindOf = (id: string, effects: 'none' | 'outside') =>
  defineKind({
    id,
    version: 1,
    title: id,
    summary: id,
    effects,
    params: z.strictObject({ tasks: z.int().default(8), needs: needs.prefault({}), also: z.int().default(0) }),
    result: z.unknown(),
    cost: () => ({ ms: 60_000 }),
  })

const planOf = (id: string, effects: 'none' | 'outside' = 'none') =>
  definePlan(kindOf(id, effects), {
    stages: ['work', 'plain'],
    needs: (stage, { params }) => (stage === 'work' ? params.needs : {}),
    *steps(job) {
      yield* job.map('plain', job.items(job.params.also, 1), { cellsPerTask: 1 })
      yield* job.map('work', job.items(job.params.tasks, 1), { cellsPerTask: 1 })
      return { value: job.params.tasks }
    },
  })

const plans = [planOf('needy'), planOf('outside', 'outside')]
const firstIoSlot = 65

function makeWorld(options: { cores?: number; io?: number; memoryBytes?: number } = {}): World {
  const world = new World({ plans, perform: () => null, ...options })
  for (let index = 0; index < (options.io ?? 0); index++) world.ioReady(firstIoSlot + index)
  return world
}

const submit = (world: World, params: { tasks?: number; needs?: Partial<TaskNeeds>; also?: number }, kind = 'needy') =>
  world.submit({ kind, params })

const slotsOf = (world: World, job: number) =>
  world.waiting.filter((entry) => entry.job === job).map(({ slot }) => slot)

function waits(world: World, job: number): string | null {
  const run = world.engine.runs.get(job)
  if (run === undefined) throw new Error(`job ${job} has ended`)
  return world.engine.waitingFor(run, world.now)
}

describe('tasks that wait for others', () => {
  it('take no worker from those that compute, and many are under way in one', () => {
    const world = makeWorld({ io: 1 })
    submit(world, { tasks: 100, needs: { use: 'io' } })
    submit(world, { tasks: 10 })
    expect(slotsOf(world, 1)).toEqual(Array.from({ length: mostTogether }, () => firstIoSlot))
    expect(slotsOf(world, 2)).toEqual([1, 2, 1, 2])
    const together = world.effects.filter((effect) => effect.type === 'dispatch').map((effect) => effect.together)
    expect(together.filter(Boolean)).toHaveLength(mostTogether)
    world.finish()
    expect([world.job(1).state, world.job(2).state]).toEqual(['succeeded', 'succeeded'])
  })

  it('have a worker asked for that is there as long as they are', () => {
    const world = makeWorld()
    submit(world, { tasks: 2, needs: { use: 'io' } })
    const asked = () => world.effects.flatMap((effect) => (effect.type === 'wantIo' ? [effect.wanted] : []))
    expect(asked()).toEqual([true])
    expect(world.waiting).toEqual([])
    expect(waits(world, 1)).toBe('a worker to start')
    world.ioReady(firstIoSlot)
    world.finish()
    world.turn()
    expect(asked()).toEqual([true, false])
  })

  it('are shared between jobs: who has fewer under way is next', () => {
    const world = makeWorld({ io: 1 })
    submit(world, { tasks: 100, needs: { use: 'io' } })
    submit(world, { tasks: 100, needs: { use: 'io' } })
    expect(slotsOf(world, 2)).toEqual([])
    for (let ended = 0; ended < mostTogether / 2; ended++) world.answer()
    expect([slotsOf(world, 1).length, slotsOf(world, 2).length]).toEqual([16, 16])
  })

  it('are no more at once than their kind says', () => {
    const world = makeWorld({ io: 2 })
    submit(world, { tasks: 10, needs: { use: 'io', atOnce: 3 } })
    expect(world.waiting).toHaveLength(3)
    expect(waits(world, 1)).toBe('work: no more than 3 may be under way at once')
    world.answer()
    expect(world.waiting).toHaveLength(3)
    world.finish()
    expect(world.job().state).toBe('succeeded')
  })

  it('are each tried again alone when their worker dies, since nobody knows which one it died of', () => {
    const world = makeWorld({ io: 1 })
    submit(world, { tasks: 4, needs: { use: 'io' } })
    world.kill(firstIoSlot)
    const orders = world.waiting.map(({ order }) => order)
    expect(orders).toMatchObject([{ seq: 0, attempt: 2, careful: true }])
    world.answer()
    expect(world.waiting.map(({ order }) => order)).toMatchObject([{ seq: 1, careful: true }])
    // Alone, it is known to be the one.
    world.kill(firstIoSlot)
    world.finish()
    expect(world.job().state).toBe('succeeded')
    expect(world.job().story.filter((type) => type === 'workerLost')).toHaveLength(2)
    expect(world.job().attemptsEnded.filter(({ outcome }) => outcome === 'interrupted')).toHaveLength(4)
    expect(world.job().attemptsEnded.filter(({ outcome }) => outcome === 'crashed')).toMatchObject([{ seq: 1 }])
  })

  it('that may not be run again fail their job when their worker dies, and the job says that nobody knows', () => {
    const world = makeWorld({ io: 1 })
    submit(world, { tasks: 4, needs: { use: 'io' } }, 'outside')
    world.kill(firstIoSlot)
    expect(world.job()).toMatchObject({ state: 'failed', error: { code: 'outcome-unknown' } })
  })

  it('go on after the master has died', () => {
    const world = makeWorld({ io: 1 })
    submit(world, { tasks: 40, needs: { use: 'io' } })
    for (let ended = 0; ended < 5; ended++) world.answer(3)
    world.restart()
    expect(new Set(slotsOf(world, 1))).toEqual(new Set([firstIoSlot]))
    world.finish()
    expect(world.job().state).toBe('succeeded')
  })

  it('that got nowhere are tried again by themselves, and given up as one item that costs too much', () => {
    const world = new World({
      plans,
      perform: (_, order) => (order.from === 2 && order.leaveOut === undefined ? failure('no-progress') : null),
    })
    world.ioReady(firstIoSlot)
    submit(world, { tasks: 4, needs: { use: 'io' } })
    world.finish()
    expect(world.job()).toMatchObject({ state: 'succeeded' })
    expect(world.job().story).toContain('setAside')
  })
})

describe('tasks that take memory', () => {
  it('wait until so much is free, and say so', () => {
    const world = makeWorld({ cores: 4, memoryBytes: 8 * gigabyte })
    submit(world, { tasks: 8, needs: { memoryBytes: 3 * gigabyte } })
    expect(new Set(slotsOf(world, 1))).toEqual(new Set([1, 2]))
    expect(waits(world, 1)).toBe('memory: a task of work takes 3.0 GB, and 2.0 GB are free for tasks')
    world.finish()
    expect(world.job().state).toBe('succeeded')
  })

  it('that take more than there is run when no other takes any', () => {
    const world = makeWorld({ cores: 4, memoryBytes: 8 * gigabyte })
    submit(world, { tasks: 2, needs: { memoryBytes: 20 * gigabyte } })
    expect(new Set(slotsOf(world, 1)).size).toBe(1)
    world.finish()
    expect(world.job().state).toBe('succeeded')
  })

  it('are not passed for ever by smaller ones, while tasks that take none go by', () => {
    const world = makeWorld({ cores: 4, memoryBytes: 8 * gigabyte })
    submit(world, { tasks: 40, needs: { memoryBytes: 3 * gigabyte } })
    submit(world, { tasks: 1, needs: { memoryBytes: 7 * gigabyte } })
    submit(world, { tasks: 4 })
    expect(slotsOf(world, 2)).toEqual([])
    expect(slotsOf(world, 3).length).toBeGreaterThan(0)
    for (let answered = 0; answered < 12 && slotsOf(world, 2).length === 0; answered++) world.answer()
    expect(slotsOf(world, 2)).toHaveLength(1)
  })

  it('start as soon as the machine has the room, and no sooner', () => {
    const world = makeWorld({ memoryBytes: 8 * gigabyte })
    world.engine.limitMemory(gigabyte)
    submit(world, { tasks: 1, needs: { memoryBytes: 2 * gigabyte } })
    expect(world.waiting).toEqual([])
    world.engine.limitMemory(3 * gigabyte)
    world.turn()
    expect(world.waiting).toHaveLength(1)
  })
})

describe('tasks that run alone', () => {
  it('wait for all others to end, keep others from beginning, and then others have their turn', () => {
    const world = makeWorld({ io: 1 })
    submit(world, { tasks: 30 })
    submit(world, { tasks: 2, needs: { use: 'exclusive' } })
    submit(world, { tasks: 3, needs: { use: 'io' } })
    const before = world.waiting.length
    expect(slotsOf(world, 2)).toEqual([])
    expect(waits(world, 2)).toBe('all other tasks to end: work runs alone')
    for (let answered = 0; answered < before; answered++) world.answer()
    expect(world.waiting.map(({ job }) => job)).toEqual([2])
    expect(waits(world, 1)).toBe('a task that runs alone')
    world.answer()
    expect(world.waiting.some(({ job }) => job === 1)).toBe(true)
    world.finish()
    expect([1, 2, 3].map((job) => world.job(job).state)).toEqual(['succeeded', 'succeeded', 'succeeded'])
  })

  it('keep nobody waiting once their job is paused', () => {
    const world = makeWorld()
    submit(world, { tasks: 30 })
    submit(world, { tasks: 2, needs: { use: 'exclusive' } })
    world.engine.command(2, 'pause', world.now)
    world.turn()
    world.answer()
    expect(slotsOf(world, 1).length).toBeGreaterThan(3)
  })
})

/** Every law at every moment, whatever is asked for, whatever ends, dies or restarts. */
it('what a machine has is never given twice, and every job ends', () => {
  const wish = fc.record({
    use: fc.constantFrom('cpu', 'io', 'exclusive'),
    memoryBytes: fc.constantFrom(0, 0, gigabyte, 3 * gigabyte, 9 * gigabyte),
    atOnce: fc.constantFrom(null, null, 1, 5),
  })
  const job = fc.record({ tasks: fc.integer({ min: 1, max: 12 }), also: fc.integer({ min: 0, max: 6 }), needs: wish })
  const move = fc.record({ what: fc.constantFrom('answer', 'answer', 'answer', 'kill', 'restart'), which: fc.nat(99) })
  fc.assert(
    fc.property(fc.array(job, { minLength: 1, maxLength: 4 }), fc.array(move, { maxLength: 40 }), (jobs, moves) => {
      const world = makeWorld({ cores: 3, io: 2, memoryBytes: 8 * gigabyte })
      for (const params of jobs) world.submit({ kind: 'needy', params })
      let kills = 0
      for (const { what, which } of moves) {
        if (what === 'answer' && world.waiting.length > 0) world.answer(which % world.waiting.length)
        // The third death of a task may end its job.
        if (what === 'kill' && ++kills <= 2) world.kill([1, 2, 3, firstIoSlot, firstIoSlot + 1][which % 5] ?? 1)
        if (what === 'restart') world.restart()
        obeysLaws(world, jobs)
      }
      world.finish()
      for (const number of jobs.keys()) expect(world.job(number + 1).state).toBe('succeeded')
    }),
  )
})

function obeysLaws(world: World, jobs: readonly { needs: TaskNeeds }[]): void {
  const needsOf = ({ job, work }: World['waiting'][number]): TaskNeeds => {
    const plain: TaskNeeds = { use: 'cpu', memoryBytes: 0, atOnce: null }
    return 'stage' in work && work.stage === 'work' ? (jobs[job - 1]?.needs ?? plain) : plain
  }
  const all = world.waiting.map((entry) => ({ entry, needs: needsOf(entry) }))
  for (const { entry, needs } of all) expect(entry.slot >= firstIoSlot).toBe(needs.use === 'io')
  if (all.some(({ needs }) => needs.use === 'exclusive')) expect(all).toHaveLength(1)
  for (const [number, { needs }] of jobs.entries()) {
    const underWay = all.filter(({ entry }) => entry.job === number + 1 && needsOf(entry) === needs).length
    if (needs.atOnce !== null) expect(underWay).toBeLessThanOrEqual(needs.atOnce)
  }
  const bySlot = Map.groupBy(all, ({ entry }) => entry.slot)
  const takes = Array.from(bySlot, ([slot, each]) => {
    const bytes = each.map(({ needs }) => needs.memoryBytes)
    return slot >= firstIoSlot ? bytes.reduce((sum, one) => sum + one, 0) : Math.max(...bytes)
  }).filter((bytes) => bytes > 0)
  const total = takes.reduce((sum, bytes) => sum + bytes, 0)
  if (takes.length > 1 || (takes[0] ?? 0) <= 8 * gigabyte) expect(total).toBeLessThanOrEqual(8 * gigabyte)
}
