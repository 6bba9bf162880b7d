import { expect, it } from 'vitest'
import { z } from 'zod'
import { defineKind } from '../../contract/kind.ts'
import { definePlan } from '../../contract/plan.ts'
import { partLost, World } from './testing/world.ts'

const waiting = definePlan(
  defineKind({
    id: 'waiting',
    version: 1,
    title: 'Wait',
    summary: 'Waits.',
    params: z.strictObject({}),
    result: z.null(),
    cost: () => ({ ms: 60_000 }),
  }),
  {
    stages: ['wait'],
    *steps(job) {
      yield* job.map('wait', job.items(6), { cellsPerTask: 1 })
      return { value: null }
    },
  },
)

it('a job that is taken up again counts every task, also where the ledger tells of many as one', () => {
  const world = new World({ plans: [waiting], perform: () => null })
  world.submit({ kind: 'waiting' })
  for (let task = 0; task < 3; task++) world.answer()
  const ledger = world.ledger.ledger(1)
  const [first, ...others] = ledger.tasks.filter(({ state }) => state === 'succeeded')
  const last = others.at(-1)
  if (first === undefined || last === undefined) throw new Error('no tasks have succeeded')
  const left = ledger.tasks.filter(({ state }) => state !== 'succeeded')
  const next = new World({ plans: [waiting], perform: () => null })
  next.engine.restore({ ...ledger, tasks: [{ ...last, from: first.from, count: 1 + others.length }, ...left] }, 0)
  expect(next.engine.runs.get(1)).toMatchObject({ succeeded: 3, made: 3 + left.length })
})

it('a copy of an artifact that waits for a part made again, behind a merge made again, is no copy too many', () => {
  const copying = definePlan(
    defineKind({
      id: 'copying',
      version: 1,
      title: 'Copy',
      summary: 'Copies.',
      params: z.strictObject({}),
      result: z.null(),
      cost: () => ({ ms: 60_000 }),
      artifacts: () => ['all.txt'],
    }),
    {
      stages: ['part', 'count', 'write'],
      *steps(job) {
        const parts = yield* job.map('part', job.items(1, 1), { cellsPerTask: 1 })
        yield* job.merge('count', parts)
        yield* job.write({ name: 'all.txt', mediaType: 'text/plain' }, parts, 'text')
        return { value: null }
      },
    },
  )
  const spent = { bytes: 0, rows: 0, tailRows: 0, cpuMs: 0, startedAt: 0, finishedAt: 1 }
  let lost = true
  const world = new World({
    plans: [copying],
    cores: 1,
    perform(work, { seq, attempt }) {
      if (work.type === 'merge') return 1
      if (work.type === 'write' && lost) {
        lost = false
        return partLost('0.1.text')
      }
      const text = { file: `${seq}.${attempt}.text`, bytes: 1, crc32: 0 }
      return { type: 'succeeded', answer: work.type === 'map' ? { value: 1, files: { text } } : {}, ...spent }
    },
  })
  world.submit({ kind: 'copying', outDir: '/out' })
  world.finish()
  expect(world.job().state).toBe('succeeded')
  expect(new Set(world.ledger.tasks(1).map(({ state }) => state))).toEqual(new Set(['succeeded']))
})
