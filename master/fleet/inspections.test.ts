import { expect, test } from 'vitest'
import type { ToWorker } from '../../contract/workerMessages.ts'
import { ManualClock } from './fixtures/manualClock.ts'
import { Inspections } from './inspections.ts'

/** Samples of output; how inspections go is told by fleet.test.ts. */
const asked = { kind: 'filter', params: { where: 'a > 1' }, inputs: [] }

function open() {
  const clock = new ManualClock()
  const sent: [number, ToWorker][] = []
  const inspections: Inspections = new Inspections({
    leastLoaded: () => [1, 2].toSorted((one, other) => inspections.load(one) - inspections.load(other))[0] ?? null,
    send: (slot, message) => sent.push([slot, message]) > 0,
    clock,
  })
  return { clock, sent, inspections }
}

test('a sample goes the way of inspections, to the worker with the least to do', async () => {
  const { inspections, sent, clock } = open()
  void inspections.inspect('/a')
  const sample = inspections.sample(asked)
  expect(sent[1]).toEqual([2, { type: 'sample', request: 2, ...asked }])
  const reply = { type: 'refused', message: 'it is no table' } as const
  inspections.answered({ type: 'sampled', request: 2, reply })
  expect(await sample).toEqual(reply)
  inspections.close()
  expect(clock.timers).toBe(0)
})

test('a sample that ends a worker is given to no other', async () => {
  const { inspections, sent } = open()
  const sample = inspections.sample(asked)
  inspections.workerLost(1)
  expect(await sample).toEqual({ type: 'none', why: 'a worker ended while it read it' })
  expect(sent).toHaveLength(1)
})

test('a sample is not waited for longer than 10 s, nor by a host that closes', async () => {
  const { inspections, clock } = open()
  const late = inspections.sample(asked)
  clock.pass(10_000)
  expect(await late).toEqual({ type: 'none', why: 'no worker answered within 10 s' })
  const cut = inspections.sample(asked)
  inspections.close()
  expect(await cut).toEqual({ type: 'none', why: 'the host is closing' })
})
