import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fuzzRuns } from '../tests/harness/fuzzRuns.ts'
import { isNestedDeeper, mostNesting, parseMessage } from './parseMessage.ts'
import { fromWorkerSchema, toWorkerSchema } from './workerMessages.ts'

const timeout = 5000 + 20 * fuzzRuns
const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth))
const spent = { bytes: 0, rows: 0, tailRows: 0, cpuMs: 0, startedAt: 0, finishedAt: 0 }
const answering = (value: unknown) => ({
  type: 'outcomes',
  job: 1,
  outcomes: [{ seq: 0, attempt: 1, outcome: { type: 'succeeded', answer: { value }, ...spent } }],
})

describe('a message of a worker or of its host', () => {
  test.each([
    [1, true],
    [400, true],
    [600, false],
    [2000, false],
    [200_000, false],
  ])('with an answer nested %i deep is looked at without harm', (depth, isOk) => {
    expect(parseMessage(fromWorkerSchema, answering(nested(depth))).ok).toBe(isOk)
  })

  test('that is anything at all is a message or is not, and nothing is thrown', { timeout }, () => {
    const types = fc.constantFrom(
      'ready',
      'outcomes',
      'heartbeat',
      'inspected',
      'log',
      'job',
      'tasks',
      'cancel',
      'quit',
    )
    const fields = fc.dictionary(fc.constantFrom('job', 'outcomes', 'running', 'reply', 'tasks', 'work'), fc.anything())
    const typed = fc.tuple(types, fields).map(([type, rest]) => ({ ...rest, type }))
    const nearly = fc.anything({ withNullPrototype: true, withBigInt: true }).map(answering)
    fc.assert(
      fc.property(fc.oneof(fc.anything(), typed, nearly), (raw) => {
        for (const schema of [fromWorkerSchema, toWorkerSchema]) {
          const parsed = parseMessage(schema, raw)
          expect(parsed.ok ? parsed.message.type : parsed.why).toBeTruthy()
        }
        expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
      }),
      { numRuns: fuzzRuns },
    )
  })
})

describe('how deep a value is nested', () => {
  test('is known without recursion', () => {
    expect(isNestedDeeper(nested(mostNesting), mostNesting)).toBe(false)
    expect(isNestedDeeper(nested(mostNesting + 1), mostNesting)).toBe(true)
    expect(isNestedDeeper('text', 0)).toBe(false)
  })

  test('is more than any limit for one that contains itself', () => {
    const endless: { self?: unknown; again?: unknown } = {}
    endless.self = endless.again = endless
    expect(isNestedDeeper(endless, 10_000)).toBe(true)
  })
})
