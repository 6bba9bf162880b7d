import { expect, it } from 'vitest'
import { z } from 'zod'
import { defineKind } from '../../contract/kind.ts'
import { definePlan } from '../../contract/plan.ts'
import { World } from '../engine/testing/world.ts'
import { Promises } from './promises.ts'

const writing = definePlan(
  defineKind({
    id: 'writing',
    version: 1,
    title: 'Write',
    summary: 'Writes.',
    params: z.strictObject({}),
    result: z.null(),
    artifacts: () => ['a.txt', 'b.txt'],
  }),
  {
    stages: ['write'],
    *steps(job) {
      yield* job.map('write', job.items(2), { cellsPerTask: 1 })
      return { value: null }
    },
  },
)

it('what an unfinished job is going to write is taken from those that have ended, until it has ended too', () => {
  const world = new World({ plans: [writing], perform: () => null })
  const promises = new Promises(world.engine, [writing])
  const ended = { kind: 'writing', params: {}, outDir: '/out' }
  expect(promises.taken(ended)).toBeNull()
  world.submit({ kind: 'writing', outDir: '/out' })
  expect([promises.has('/out'), promises.has('/out/b.txt'), promises.has('/out/c.txt')]).toEqual([true, true, false])
  expect(promises.taken(ended)).toBe('/out/a.txt')
  expect(promises.taken({ ...ended, outDir: '/elsewhere' })).toBeNull()
  expect(promises.taken({ ...ended, outDir: null })).toBeNull()
  world.finish()
  expect(promises.taken(ended)).toBeNull()
})
