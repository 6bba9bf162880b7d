import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { runPlan } from '../../tests/harness/runPlan.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'

const measures = ['count', 'sum(n)', 'min(n)', 'max(t)', 'first(t)', 'last(n)', 'median(n)', 'countDistinct(t)']

/** Rows whose keys are texts, empty or not, nulls, small numbers and such as have more digits than a double. */
function tableOf(rows: number, seed: number): string {
  let state = seed
  const next = (below: number) => (state = Math.imul(state, 48271) >>> 0) % below
  const numbers = [() => next(500), () => next(50) / 4, () => `12345678901234567${next(9)}`, () => '']
  const line = () => `k${next(400)},${numbers[next(numbers.length)]!()},"t""${next(20)}",${next(1000)}`
  return `key,number,t,n\n${Array.from({ length: rows }, line).join('\n')}\n`
}

async function grouped(
  text: string,
  params: { by: string[]; memoryBytes: number },
  cutBy: { cellBytes: number; seed: number },
) {
  const { result, artifacts, stages } = await runPlan({
    kind: { plan, run },
    files: [text],
    params: { ...params, measures, header: true },
    ...cutBy,
  })
  return { result, text: [...artifacts.values()].toString(), ranges: stages['finishRange'] ?? 0 }
}

test('groups that are many are merged range by range, and come out as from one merge, whatever the splits', async () => {
  const by = fc.constantFrom<string[]>(['key'], ['number'], ['key', 'number'], ['number', 't'])
  const cutBy = fc.record({ cellBytes: fc.constantFrom(2000, 30_000), seed: fc.nat() })
  await fc.assert(
    fc.asyncProperty(by, cutBy, fc.nat(), async (keys, cuts, seed) => {
      const text = tableOf(2500, seed + 1)
      const whole = await grouped(text, { by: keys, memoryBytes: 2 ** 26 }, cuts)
      expect(whole.ranges).toBe(0)
      const apart = await grouped(text, { by: keys, memoryBytes: 2 ** 16 }, cuts)
      expect(apart).toMatchObject({ result: whole.result, text: whole.text })
      if (keys[0] === 'key' && keys.length === 2) expect(apart.ranges).toBeGreaterThan(1)
    }),
    { numRuns: 12 },
  )
})

test('ranges are begun in the middle of files', async () => {
  const text = tableOf(6000, 7)
  const few = { cellBytes: 60_000, seed: 1 }
  const whole = await grouped(text, { by: ['key', 'number'], memoryBytes: 2 ** 26 }, few)
  const apart = await grouped(text, { by: ['key', 'number'], memoryBytes: 2 ** 17 }, few)
  expect(apart.ranges).toBeGreaterThan(4)
  expect(apart.text).toBe(whole.text)
})
