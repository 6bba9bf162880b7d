import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../contract/json.ts'
import { nearestDouble, scaledDouble } from '../../tests/harness/doubles.ts'
import { runPlan } from '../../tests/harness/runPlan.ts'
import { kind } from './kind.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'

/** Property tests touch many small files, which takes long where cores are shared. */
const slowMs = 30_000

const numbers = { plan, run }
const input = { path: '', name: '', bytes: 1, format: 'text', cellBytes: 1, spooled: false } as const
const aFile = { ...input, fingerprint: { bytes: 1, modifiedAt: 0, inode: '', headTail: '' } }

function text(artifacts: Map<string, Buffer>): string {
  return artifacts.get('numbers.txt')?.toString() ?? 'missing'
}

function complaint(params: Record<string, Json>, files = 0): string | null {
  return kind.check(
    kind.params.parse(params),
    Array.from({ length: files }, () => aFile),
  )
}

describe('numbers', () => {
  test('x * 2 over 0…9, one item to a task', async () => {
    const params = { formula: 'x * 2', from: 0, to: 9 }
    const done = await runPlan({ kind: numbers, params, seed: 3, mostCells: 1 })
    const outputs = [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]
    expect(done.result).toEqual({ count: 10, sum: 90, min: 0, max: 18, first: outputs, last: outputs })
    expect(text(done.artifacts)).toBe('0\n2\n4\n6\n8\n10\n12\n14\n16\n18\n')
    expect(done.stages['compute']).toBe(10)
  })

  test('x ** 2 over 1…10', async () => {
    const done = await runPlan({ kind: numbers, params: { formula: 'x ** 2', from: 1, to: 10 }, seed: 4 })
    expect(done.result).toMatchObject({ count: 10, sum: 385, min: 1, max: 100 })
    expect(text(done.artifacts)).toBe('1\n4\n9\n16\n25\n36\n49\n64\n81\n100\n')
    expect(done.tasks).toBeGreaterThanOrEqual(4)
  })

  test('lines of every sort: what is no number is set aside with its row and place', async () => {
    const content = '\ufeff1\r\n -2.5e1 \n\nabc\n0x10\n+.5\n1e999\n7.\n1 2\nInfinity\n1,5\n12345678901234567890\n3'
    const done = await runPlan({ kind: numbers, files: [content], cellBytes: 4, seed: 5, mostCells: 2 })
    expect(text(done.artifacts)).toBe('1\n-25\n0.5\n7\n12345678901234567000\n3\n')
    expect(done.result).toMatchObject({ count: 6, sum: 12345678901234567000, min: -25, max: 12345678901234567000 })
    expect(done.rejects).toEqual([
      { input: 0, row: 3, offset: 15, reason: 'blank line', raw: '' },
      { input: 0, row: 4, offset: 16, reason: 'not a number', raw: 'abc' },
      { input: 0, row: 5, offset: 20, reason: 'not a number', raw: '0x10' },
      { input: 0, row: 7, offset: 29, reason: 'a number too large for a double', raw: '1e999' },
      { input: 0, row: 9, offset: 38, reason: 'not a number', raw: '1 2' },
      { input: 0, row: 10, offset: 42, reason: 'not a number', raw: 'Infinity' },
      { input: 0, row: 11, offset: 51, reason: 'not a number', raw: '1,5' },
    ])
    expect(done.tasks).toBeGreaterThanOrEqual(4)
    expect(done.bytes).toBe(Buffer.byteLength(content))
    expect(done.rows).toBe(13)
  })

  test('an output that is no finite number is set aside, from files and from lists', async () => {
    const params = { formula: '1 / x' }
    const fromFile = await runPlan({ kind: numbers, params, files: ['1\n0\n', '4\n0'], cellBytes: 1, seed: 6 })
    expect(fromFile.rejects).toMatchObject([
      { input: 0, row: 2, offset: 2, raw: '0' },
      { input: 1, row: 2, offset: 2, raw: '0' },
    ])
    const fromList = await runPlan({ kind: numbers, params: { ...params, values: [1, 2, 0, 4, 0] }, seed: 7 })
    expect(fromList.result).toMatchObject({ count: 3, sum: 1.75 })
    expect(fromList.rejects).toMatchObject([
      { row: 3, offset: 2, reason: 'the formula gives no finite number for 0', raw: '0' },
      { row: 5, offset: 4, reason: 'the formula gives no finite number for 0', raw: '0' },
    ])
  })

  test('of nothing there is no least and no greatest', async () => {
    const nothing = { count: 0, sum: 0, min: null, max: null, first: [], last: [] }
    const empty = await runPlan({ kind: numbers, files: [''], seed: 1 })
    expect(empty.result).toEqual(nothing)
    expect(empty.artifacts.get('numbers.txt')).toEqual(Buffer.alloc(0))
    expect((await runPlan({ kind: numbers, files: ['a\n'], seed: 1 })).result).toEqual(nothing)
    expect((await runPlan({ kind: numbers, params: { values: [] }, seed: 1 })).result).toEqual(nothing)
  })

  test('the sum goes beyond every double on its way and comes back; one that stays there is null', async () => {
    const values = [1e308, 1e308, 1, -1e308, -1e308]
    const back = await runPlan({ kind: numbers, params: { values }, seed: 8, mostCells: 1 })
    expect(back.result).toMatchObject({ sum: 1 })
    const beyond = await runPlan({ kind: numbers, params: { values: [1e308, 1e308] }, seed: 8 })
    expect(beyond.result).toMatchObject({ sum: null, max: 1e308 })
  })

  test(
    'any cells, cuts and orders give the bytes of one task, and the sum of the rationals',
    async () => {
      const decimal = fc.oneof(
        fc.integer({ min: -1_000_000, max: 1_000_000 }).map((value) => value / 1000),
        fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }),
      )
      const line = fc.oneof({ weight: 9, arbitrary: decimal.map(String) }, fc.constantFrom('', 'x', ' 5 ', '1e400'))
      const ending = fc.constantFrom('\n', '\r\n')
      const lines = fc.array(fc.tuple(line, ending), { minLength: 30, maxLength: 80 })
      const luck = fc.record({ seed: fc.integer(), cellBytes: fc.integer({ min: 1, max: 16 }), isCut: fc.boolean() })
      await fc.assert(
        fc.asyncProperty(lines, luck, async (pairs, { seed, cellBytes, isCut }) => {
          const content = pairs
            .flat()
            .join('')
            .slice(0, isCut ? -1 : undefined)
          const request = { kind: numbers, params: { formula: 'x / 3' }, files: [content, content], cellBytes }
          const whole = await runPlan(request)
          const parted = await runPlan({ ...request, seed })
          expect(parted.tasks).toBeGreaterThanOrEqual(4)
          expect(parted.result).toEqual(whole.result)
          expect(parted.artifacts).toEqual(whole.artifacts)
          expect(parted.rejects).toEqual(whole.rejects)
          const outputs = text(parted.artifacts).split('\n').slice(0, -1).map(Number)
          expect(parted.result).toMatchObject({
            count: outputs.length,
            sum: nearestDouble(outputs.reduce((total, output) => total + scaledDouble(output), 0n)),
            first: outputs.slice(0, 20),
            last: outputs.slice(-20),
          })
        }),
        { numRuns: 20 },
      )
    },
    slowMs,
  )
})

describe('the params of numbers', () => {
  test('name one source of numbers', () => {
    expect(complaint({})).toContain('there are no numbers')
    expect(complaint({ values: [1] }, 1)).toContain('give the numbers once')
    expect(complaint({ values: [1], from: 1, to: 2 })).toContain('give the numbers once')
    expect(complaint({ from: 1 })).toContain('to is missing')
    expect(complaint({ to: 1 })).toContain('from is missing')
    expect(complaint({ from: 1, to: 2, step: 0 })).toContain('step is 0')
    expect(complaint({ from: 2, to: 1 })).toContain('leads from 2 away from 1')
    expect(complaint({ from: 0, to: 1e9 })).toContain('1000000001 numbers')
    expect(complaint({ from: 1, to: 1e9 })).toBeNull()
    expect(complaint({ values: [] })).toBeNull()
    expect(complaint({}, 2)).toBeNull()
  })

  test('refuse a formula with its place and unknown names', () => {
    const refused = kind.params.safeParse({ formula: 'x +* 2' })
    expect(refused.error?.issues[0]?.message).toContain('at character 4: x +→* 2')
    expect(kind.params.safeParse({ formla: 'x' }).success).toBe(false)
    expect(kind.params.parse({})).toEqual({ formula: 'x', step: 1 })
  })
})
