import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { jobRequestSchema } from '../contract/api.ts'
import { plans } from '../master/engine/plans.ts'
import { fuzzRuns } from '../tests/harness/fuzzRuns.ts'
import { Refusal } from './exitCodes.ts'
import { makeRunRequest, sourcesOf, type RunOptions } from './runRequest.ts'

/** Words of a command line that may be anything: a request that a host can take, or a refusal, and nothing else. */
const kinds = plans.map((plan) => plan.kind)
const text = fc.string({ unit: 'binary', maxLength: 80 })
const number = fc.oneof(fc.double(), fc.maxSafeInteger(), fc.constantFrom('0', '-1', '1e309', '1K', '1.5G')).map(String)
const word = fc.oneof(text, number, fc.constantFrom('-', '', '.', '/', '\0', 'x'.repeat(300)))
const key = fc.oneof(word, fc.constantFrom('tasks', 'values', 'formula', '__proto__', 'constructor', 'mode', 'top'))
const param = fc.oneof(
  word,
  fc.tuple(key, fc.oneof(word, fc.json())).map(([name, value]) => `${name}=${value}`),
)
const options: fc.Arbitrary<RunOptions> = fc.record(
  {
    param: fc.array(param, { maxLength: 4 }),
    params: word.map((name) => `/nowhere/${name}`),
    name: word,
    out: word,
    workers: word,
    split: word,
    maxRejects: word,
    force: fc.boolean(),
  },
  { requiredKeys: ['param'] },
)

it('any words at all are a request or are refused', { timeout: 5000 + 20 * fuzzRuns }, async () => {
  const words = fc.tuple(fc.constantFrom(...kinds), fc.array(word, { maxLength: 3 }), options)
  await fc.assert(
    fc.asyncProperty(words, async ([kind, inputs, chosen]) => {
      const made = await makeRunRequest({ kind, params: {}, inputs, options: chosen }).catch((error: unknown) => error)
      if (made instanceof Refusal) expect([made.exitCode, made.message]).toEqual([2, expect.stringMatching(/./)])
      else expect(jobRequestSchema.safeParse({ ...(made as object), sources: [] })).toMatchObject({ success: true })
      expect(
        sourcesOf(
          inputs.map((word) => ({ word })),
          undefined,
        ),
      ).toHaveLength(inputs.length)
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    }),
    { numRuns: fuzzRuns },
  )
})
