import { describe, expect, it } from 'vitest'
import type { Json } from '../../contract/json.ts'
import type { Recorded } from '../../contract/outcome.ts'
import type { Operation, PlanSteps } from '../../contract/plan.ts'
import { makePlanner } from './planner.ts'
import { PlanRunner } from './planRunner.ts'

const job = makePlanner({}, [])

/** What a plan has asked for, what it was told, and which operations wait for an answer. */
class Notes {
  readonly kept = new Map<string, { hash: string; answer: Recorded | undefined }>()
  readonly waiting: string[] = []
  branches = 0

  run(steps: PlanSteps<Json>): PlanRunner {
    return new PlanRunner(asAnswer(steps), 1, {
      recorded: (id) => this.kept.get(id),
      made: ({ id, type, hash }) => {
        expect(this.kept.has(id)).toBe(false)
        this.kept.set(id, { hash, answer: undefined })
        if (type === 'branch') this.branches += 1
      },
      begin: (id) => this.waiting.push(id),
      answered: (id, answer) => {
        this.kept.set(id, { hash: this.kept.get(id)?.hash ?? '', answer })
      },
      hash: (text) => text,
    })
  }
}

function* asAnswer(steps: PlanSteps<Json>): Generator<Operation, { value: Json }, unknown> {
  return { value: yield* steps }
}

describe('sub-plans side by side', () => {
  it('may be nested a million deep: depth costs memory and no stack', () => {
    const deepest = 1_000_000
    function* node(depth: number): PlanSteps<Json> {
      if (depth === deepest) return 0
      const [below] = yield* job.all([() => node(depth + 1)])
      return Number(below) + 1
    }
    let ids = 0
    let branches = 0
    const runner = new PlanRunner(asAnswer(node(0)), 1, {
      recorded: () => undefined,
      made: ({ type }) => (branches += type === 'branch' ? 1 : 0),
      begin: () => expect.unreachable('no operation is asked for'),
      answered: () => undefined,
      hash: () => (ids++).toString(36),
    })
    runner.advance()
    expect(runner.returned).toEqual({ answer: { value: deepest } })
    expect(branches).toBe(deepest)
  })

  it('come back in the order in which they were asked for, whatever the order of their answers', () => {
    const notes = new Notes()
    function* leaf(name: string): PlanSteps<Json> {
      return (yield* job.task('leaf', name)).value ?? null
    }
    const runner = notes.run(job.all(['a', 'b', 'c'].map((name) => () => leaf(name))))
    runner.advance()
    expect(notes.waiting).toEqual(['root.0 0.0', 'root.0 1.0', 'root.0 2.0'])
    for (const [index, id] of notes.waiting.toReversed().entries()) {
      runner.answer(id, { value: index })
      runner.advance()
    }
    expect(runner.returned).toEqual({ answer: { value: [2, 1, 0] } })
  })

  it('that have returned are not begun again by a replay', () => {
    const notes = new Notes()
    const begun: string[] = []
    function* leaf(name: string): PlanSteps<Json> {
      begun.push(name)
      return (yield* job.task('leaf', name)).value ?? null
    }
    const steps = () => job.all(['a', 'b'].map((name) => () => leaf(name)))
    const first = notes.run(steps())
    first.advance()
    first.answer('root.0 1.0', { value: 'from b' })
    first.advance()
    const second = notes.run(steps())
    second.advance()
    expect(begun).toEqual(['a', 'b', 'a'])
    second.answer('root.0 0.0', { value: 'from a' })
    second.advance()
    expect(second.returned).toEqual({ answer: { value: ['from a', 'from b'] } })
    expect(notes.branches).toBe(2)
  })

  it('of none is nothing', () => {
    const notes = new Notes()
    const runner = notes.run(job.all([]))
    runner.advance()
    expect(runner.returned).toEqual({ answer: { value: [] } })
  })

  it('return at most 4 KiB', () => {
    function* large(length: number): PlanSteps<Json> {
      yield* job.all([])
      return 'x'.repeat(length)
    }
    const run = (length: number) => new Notes().run(job.all([() => large(length)])).advance()
    expect(() => run(4094)).not.toThrow()
    expect(() => run(4095)).toThrow('a sub-plan returned 4097 characters of JSON, and the most is 4096')
  })

  it('go as far as they are let at a time, and come to the same', () => {
    const notes = new Notes()
    function* node(depth: number): PlanSteps<Json> {
      if (depth === 0) return 1
      const both = yield* job.all([() => node(depth - 1), () => node(depth - 1)])
      return Number(both[0]) + Number(both[1])
    }
    const runner = notes.run(node(6))
    while (runner.returned === null) expect(runner.advance(5)).toBeGreaterThan(0)
    expect(runner.returned).toEqual({ answer: { value: 64 } })
    expect(runner.advance(5)).toBe(0)
  })
})
