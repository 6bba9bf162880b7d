import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { assertNever } from '../../../contract/invariant.ts'
import type { Transition } from '../../../contract/ledger.ts'
import type { TaskState } from '../../../contract/transitions.ts'
import { emptyLedger, finished, outcome, readerOf, returned, runningJob, started } from '../testLedger.ts'
import { applyTransitions } from './applyTransitions.ts'

test('a late attempt cannot finish a task that was reassigned', async () => {
  const db = emptyLedger()
  applyTransitions(db, [...runningJob(1, 1), started(1, [0])])
  applyTransitions(db, [returned(1, [0], 2), started(1, [0], 2)])
  expect(applyTransitions(db, [finished(1, [outcome(0, { attempt: 1, bytes: 1 })])])).toEqual([[false]])
  expect(applyTransitions(db, [finished(1, [outcome(0, { attempt: 2, bytes: 2 })])])).toEqual([[true]])
  const { tasks } = await readerOf(db).ledger(1)
  expect(tasks[0]).toMatchObject({ state: 'succeeded', attempt: 2, fence: 2, bytes: 2 })
})

test('of two accounts of one task in one list, the first acceptable one wins', async () => {
  const db = emptyLedger()
  applyTransitions(db, [...runningJob(1, 1), started(1, [0]), returned(1, [0], 2), started(1, [0], 3)])
  const told = [
    outcome(0, { attempt: 1, bytes: 1 }),
    outcome(0, { attempt: 2, bytes: 2 }),
    outcome(0, { attempt: 3, bytes: 3 }),
  ]
  expect(applyTransitions(db, [finished(1, told)])).toEqual([[false, true, false]])
  const { tasks } = await readerOf(db).ledger(1)
  expect(tasks[0]?.bytes).toBe(2)
})

test('a task that was returned and not started again takes no outcome', () => {
  const db = emptyLedger()
  applyTransitions(db, [...runningJob(1, 1), started(1, [0]), returned(1, [0], 2)])
  expect(applyTransitions(db, [finished(1, [outcome(0)])])).toEqual([[false]])
})

test('an attempt below the fence is not started', () => {
  const db = emptyLedger()
  applyTransitions(db, [...runningJob(1, 1), started(1, [0]), returned(1, [0], 2)])
  expect(applyTransitions(db, [started(1, [0], 1)])).toEqual([[false]])
  expect(applyTransitions(db, [started(1, [0], 2)])).toEqual([[true]])
})

/** The rules once more, for one task, in plain words. */
class ModelTask {
  state: TaskState = 'pending'
  attempt = 0
  fence = 1
  bytes = 0
  starts = 0

  start(attempt: number): boolean {
    if (this.state !== 'pending' || attempt < this.fence || attempt < this.attempt) return false
    Object.assign(this, { state: 'running', attempt })
    this.starts += 1
    return true
  }
  finish(attempt: number, state: TaskState, bytes: number): boolean {
    if (this.state !== 'running' || attempt < this.fence || attempt > this.attempt) return false
    Object.assign(this, { state, bytes })
    return true
  }
  giveBack(fence: number): boolean {
    if (this.state === 'pending' || this.state === 'replaced') return false
    Object.assign(this, { state: 'pending', fence: Math.max(fence, this.fence), bytes: 0 })
    return true
  }
  cancel(): void {
    if (this.state === 'pending' || this.state === 'running') this.state = 'cancelled'
  }
  revive(): void {
    if (this.state === 'failed' || this.state === 'cancelled') this.giveBack(this.attempt + 1)
  }
}

const taskCount = 5
const seqs = fc.subarray([0, 1, 2, 3, 4], { minLength: 1 })
const attempt = fc.integer({ min: 1, max: 4 })
const endState = fc.constantFrom('succeeded' as const, 'failed' as const, 'cancelled' as const)
const step = fc.oneof(
  fc.record({ do: fc.constant('start' as const), seqs, attempt }),
  fc.record({ do: fc.constant('start' as const), seqs, attempt }),
  fc.record({
    do: fc.constant('finish' as const),
    told: fc.array(fc.record({ seq: fc.nat(4), attempt, state: endState, bytes: fc.nat(9) }), { maxLength: 6 }),
  }),
  fc.record({ do: fc.constant('return' as const), seqs, attempt }),
  fc.record({ do: fc.constant('cancel' as const) }),
  fc.record({ do: fc.constant('revive' as const) }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

function transitionOf(step: Step): Transition {
  switch (step.do) {
    case 'start':
      return started(1, step.seqs, step.attempt)
    case 'finish':
      return finished(
        1,
        step.told.map(({ seq, ...fields }) => outcome(seq, fields)),
      )
    case 'return':
      return returned(1, step.seqs, step.attempt)
    case 'cancel':
      return { type: 'tasksCancelled', job: 1, at: 4000 }
    case 'revive':
      return { type: 'tasksRevived', job: 1 }
    default:
      return assertNever(step, 'transitionOf')
  }
}

function expectedOf(step: Step, model: ModelTask[]): boolean[] {
  const of = (seq: number): ModelTask => model[seq] ?? new ModelTask()
  switch (step.do) {
    case 'start':
      return [step.seqs.map((seq) => of(seq).start(step.attempt)).every(Boolean)]
    case 'finish':
      return step.told.map(({ seq, attempt, state, bytes }) => of(seq).finish(attempt, state, bytes))
    case 'return':
      return [step.seqs.map((seq) => of(seq).giveBack(step.attempt)).every(Boolean)]
    case 'cancel':
      for (const task of model) task.cancel()
      return [true]
    case 'revive':
      for (const task of model) task.revive()
      return [true]
    default:
      return assertNever(step, 'expectedOf')
  }
}

test('whatever starts, ends, is returned, cancelled and revived in whatever order, rows and totals are those of the rules', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const db = emptyLedger()
      applyTransitions(db, runningJob(1, taskCount))
      const model = Array.from({ length: taskCount }, () => new ModelTask())
      for (const step of steps) expect(applyTransitions(db, [transitionOf(step)])).toEqual([expectedOf(step, model)])
      const ledger = await readerOf(db).ledger(1)
      expect(ledger.tasks.map(({ state, attempt, fence }) => ({ state, attempt, fence }))).toEqual(
        model.map(({ state, attempt, fence }) => ({ state, attempt, fence })),
      )
      const { document, stages } = await readerOf(db).detail(1)
      const count = (...states: TaskState[]): number => model.filter(({ state }) => states.includes(state)).length
      const succeeded = model.filter(({ state }) => state === 'succeeded')
      expect(document.job).toMatchObject({
        tasks: {
          total: taskCount,
          succeeded: count('succeeded'),
          failed: count('failed'),
          cancelled: count('cancelled'),
          replaced: 0,
          unfinished: count('pending', 'running'),
        },
        attempts: model.reduce((sum, { starts }) => sum + starts, 0),
        bytes: succeeded.reduce((sum, { bytes }) => sum + bytes, 0),
        rows: succeeded.length * 5,
      })
      expect(stages).toMatchObject([{ total: taskCount, succeeded: succeeded.length }])
      db.close()
    }),
    { numRuns: 150 },
  )
})
