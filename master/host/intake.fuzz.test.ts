import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fuzzRuns } from '../../tests/harness/fuzzRuns.ts'
import { forbiddenNameIn } from '../../contract/json.ts'
import { plans } from '../engine/plans.ts'
import { checkParams } from './intake.ts'
import { injected } from '../../tests/harness/faults.ts'

const kinds = plans.map((plan) => plan.kind)

/** Names of this kind's params and names that mean something to JavaScript, over values of every sort. */
function paramsOf(names: string[]) {
  const name = fc.oneof(
    fc.constantFrom(...names, '__proto__', 'constructor', 'toString'),
    fc.string({ unit: 'binary' }),
  )
  const deep = fc
    .integer({ min: 1, max: 5000 })
    .map((depth): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth)))
  const number = fc.oneof(fc.double(), fc.maxSafeInteger(), fc.constantFrom(1e308, -0, 2 ** 53))
  const value = fc.oneof(fc.jsonValue(), fc.anything(), deep, number, fc.string({ maxLength: 3000 }))
  return fc.oneof(fc.dictionary(name, value, { noNullPrototype: false }), value)
}

describe('params', () => {
  it.each(kinds.map((kind) => [kind.id, kind] as const))(
    'of %s that are anything are checked or refused in one line',
    { timeout: 5000 + 20 * fuzzRuns },
    (_, kind) => {
      const names = Object.keys((kind.params as { shape?: object }).shape ?? {})
      fc.assert(
        fc.property(paramsOf(names), (params) => {
          const checked = checkParams(kind, params)
          if (checked.ok) expect(forbiddenNameIn(checked.value)).toBeNull()
          else {
            expect(checked.error.message).not.toMatch(/[\n\r]/)
            expect(checked.error.message.length).toBeLessThan(10_000)
          }
          expect(Object.keys(Object.prototype)).toEqual([])
        }),
        { numRuns: fuzzRuns },
      )
      injected('params are anything')
    },
  )
})
