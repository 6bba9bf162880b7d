import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineKind } from '../../contract/kind.ts'
import type { Json } from '../../contract/json.ts'
import type { Outcome } from '../../contract/outcome.ts'
import { definePlan } from '../../contract/plan.ts'
import type { TaskOrder, Work } from '../../contract/workerMessages.ts'
import { partLost, World } from './testing/world.ts'

/** Counts cells, one to a task. */
const counting = (cells: number) =>
  definePlan(
    defineKind({
      id: 'counting',
      version: 1,
      title: 'counting',
      summary: 'counting',
      params: z.strictObject({}),
      result: z.unknown(),
      cost: () => ({ ms: 60_000 }),
    }),
    {
      stages: ['count', 'combine'],
      *steps(job) {
        return yield* job.merge('combine', yield* job.map('count', job.items(cells), { cellsPerTask: 1 }))
      },
    },
  )

interface Told {
  /** Different coverages of the partial answer before the end. */
  coverages: number[]
  /** Cells under the parts of all merges. */
  cellsRead: number
  merges: number
  result: unknown
}

/** Runs the job with workers that each answer in the order in which they got their tasks; `choose` says whose turn it is. */
function run(job: { cells: number; cores: number; restarts?: number; losses?: number }, choose: () => number): Told {
  let losses = job.losses ?? 0
  let cellsRead = 0
  let merges = 0
  /** Something under the merge's cells that has been done before it, at random. */
  const lose = ({ seq, from, to }: TaskOrder): Outcome | null => {
    const done = world.ledger.tasks(1).filter((task) => task.state === 'succeeded' && task.seq !== seq)
    const under = done.filter((task) => from <= task.from && task.to <= to)
    const part = under[choose() % Math.max(1, under.length)]
    return part === undefined ? null : partLost(`${part.seq}.${part.attempt}.0.part`)
  }
  const perform = (work: Work, order: TaskOrder): Json | Outcome => {
    if (work.type === 'map') return order.to - order.from
    if (losses > 0 && choose() % 2 === 0) {
      losses -= 1
      const lost = lose(order)
      if (lost !== null) return lost
    }
    const read = (order.uses ?? []).reduce((sum, { value }) => sum + Number(value), 0)
    cellsRead += read
    merges += 1
    return read
  }
  const world = new World({ plans: [counting(job.cells)], perform, cores: job.cores })
  const coverages = new Set<number>()
  world.submit({ kind: 'counting' })
  for (let turn = 1; world.waiting.length > 0; turn++) {
    const slots = [...new Set(world.waiting.map(({ slot }) => slot))]
    const slot = slots[choose() % slots.length]
    world.answer(world.waiting.findIndex((entry) => entry.slot === slot))
    if (job.restarts !== undefined && turn % job.restarts === 0) world.restart()
    const coverage = world.engine.runs.get(1)?.partial?.coverage
    if (coverage !== undefined && coverage < 1) coverages.add(coverage)
  }
  return { coverages: [...coverages], cellsRead, merges, result: world.job().result }
}

/** From the seed of a property, numbers without end. */
function chooser(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 8
  }
}

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const cores = fc.integer({ min: 1, max: 8 })

describe('the answer so far', () => {
  it('grows in at least three steps before the end of a job of 30 tasks, whichever worker is faster', () => {
    fc.assert(
      fc.property(cores, seeds, (count, seed) => {
        const { coverages, result } = run({ cells: 30, cores: count }, chooser(seed))
        expect(result).toBe(30)
        expect(coverages.length).toBeGreaterThanOrEqual(3)
      }),
      { numRuns: 300 },
    )
  })

  it('reads no more than 2·n·(log2 n + 1) cells in all merges of n', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1500 }), cores, seeds, (cells, count, seed) => {
        const { cellsRead, result } = run({ cells, cores: count }, chooser(seed))
        expect(result).toBe(cells)
        expect(cellsRead).toBeLessThanOrEqual(2 * cells * (Math.log2(cells) + 1))
      }),
      { numRuns: 40 },
    )
  })

  it('takes few merges of many tasks', () => {
    const { merges, coverages } = run({ cells: 4000, cores: 4 }, chooser(1))
    expect(merges).toBeLessThan(4000 / 4)
    expect(coverages.length).toBeGreaterThan(5)
  })

  it('counts each cell once though parts, and what was merged of them, are lost and computed again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 80 }), fc.integer({ min: 1, max: 12 }), seeds, (cells, losses, seed) => {
        expect(run({ cells, cores: 3, losses }, chooser(seed)).result).toBe(cells)
      }),
      { numRuns: 100 },
    )
  })

  it('never counts a cell twice when the master dies between merges of merges', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 80 }), fc.integer({ min: 2, max: 40 }), seeds, (cells, restarts, seed) => {
        expect(run({ cells, cores: 3, restarts }, chooser(seed)).result).toBe(cells)
      }),
      { numRuns: 100 },
    )
  })
})
