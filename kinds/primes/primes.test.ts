import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../contract/json.ts'
import type { RunContext } from '../../contract/run.ts'
import { runPlan } from '../../tests/harness/runPlan.ts'
import { type PrimesParams, kind } from './kind.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'
import { segmentsOf } from './segments.ts'
import { smallPrimes } from './sieve.ts'

/** Property tests touch many small files, which takes long where cores are shared. */
const slowMs = 30_000

const primes = { plan, run }
const fingerprint = { bytes: 1, modifiedAt: 0, inode: '', headTail: '' }
const aFile = { path: '', name: '', bytes: 1, format: 'text', cellBytes: 1, spooled: false, fingerprint } as const

/** Whatever a sieve does not ask for is not there. */
function contextOf(asked: Pick<RunContext<PrimesParams>, 'params' | 'progress'>): RunContext<PrimesParams> {
  const unasked = (): never => {
    throw new Error('a sieve does not ask for this')
  }
  const rest = { path: unasked, scratch: unasked, open: unasked, mended: unasked, record: unasked }
  return {
    ...rest,
    reject: unasked,
    endPiece: unasked,
    log: unasked,
    tell: unasked,
    inputs: [],
    indexes: null,
    careful: false,
    signal: new AbortController().signal,
    ...asked,
  }
}

function complaint(params: Record<string, Json>, files = 0): string | null {
  return kind.check(
    kind.params.parse(params),
    Array.from({ length: files }, () => aFile),
  )
}

describe('checking candidates', () => {
  const candidates = [112582705942171, 4, 112272535095293, 15, 115280095190773]
  const three = [112272535095293, 112582705942171, 115280095190773]

  test('gives the primes of a list, ascending', async () => {
    const done = await runPlan({ kind: primes, params: { candidates }, seed: 1, mostCells: 1 })
    expect(done.result).toEqual({ primes: three, checked: 5 })
    expect(done.stages['check']).toBe(5)
    expect(done.artifacts.size).toBe(0)
  })

  test('gives the primes of a file, and sets aside what is no candidate', async () => {
    const content = `\ufeff${candidates.join('\r\n')}\r\n-7\n\n7.0\nseven\n18446744073709551616\n007\n+11\n 13 \n2`
    const done = await runPlan({ kind: primes, files: [content], cellBytes: 8, seed: 2, mostCells: 2 })
    expect(done.result).toEqual({ primes: [2, 7, 11, 13, ...three], checked: 9 })
    expect(done.rejects.map(({ row, reason, raw }) => [row, reason, raw])).toEqual([
      [6, 'not an integer of 0 or more', '-7'],
      [7, 'blank line', ''],
      [8, 'not an integer of 0 or more', '7.0'],
      [9, 'not an integer of 0 or more', 'seven'],
      [10, 'larger than 2^64 - 1', '18446744073709551616'],
    ])
    expect(done.tasks).toBeGreaterThanOrEqual(4)
  })

  test('goes to 2^64: beyond 2^53 primes are strings, sorted by size', async () => {
    const large = ['18446744073709551557', '9007199254740997', '18446744073709551615', '9007199254740881', '17']
    const done = await runPlan({ kind: primes, params: { candidates: large }, seed: 3, mostCells: 1 })
    const expected = [17, 9007199254740881, '9007199254740997', '18446744073709551557']
    expect(done.result).toEqual({ primes: expected, checked: 5 })
    expect(kind.params.safeParse({ candidates: ['18446744073709551616'] }).success).toBe(false)
    expect(kind.params.safeParse({ candidates: [2 ** 53] }).success).toBe(false)
    expect(kind.params.safeParse({ candidates: [-1] }).success).toBe(false)
  })

  test(
    'any cells, cuts and orders give what division gives',
    async () => {
      const small = smallPrimes(100_000)
      const lines = fc.array(fc.nat(100_000), { minLength: 30, maxLength: 100 })
      await fc.assert(
        fc.asyncProperty(lines, fc.integer(), fc.integer({ min: 1, max: 16 }), async (candidates, seed, cellBytes) => {
          const done = await runPlan({ kind: primes, files: [candidates.join('\n')], cellBytes, seed })
          const expected = candidates.filter((candidate) => small.includes(candidate)).sort((one, other) => one - other)
          expect(done.result).toEqual({ primes: expected, checked: candidates.length })
          expect(done.tasks).toBeGreaterThanOrEqual(4)
        }),
        { numRuns: 20 },
      )
    },
    slowMs,
  )

  test('an answer too large to stand inline arrives whole', async () => {
    const content = Array.from({ length: 20_000 }, (_, number) => number).join('\n')
    const done = await runPlan({ kind: primes, files: [content], cellBytes: 1024, seed: 9 })
    expect(done.result).toEqual({ primes: smallPrimes(19_999), checked: 20_000 })
  })
})

describe('a range', () => {
  test('counts 5,761,455 primes below 10^8, however it is cut', async () => {
    const done = await runPlan({ kind: primes, params: { mode: 'range', to: 1e8 }, seed: 1 })
    expect(done.result).toEqual({ count: 5_761_455 })
    expect(done.tasks).toBeGreaterThanOrEqual(4)
    expect(done.artifacts.size).toBe(0)
  })

  test('lists its primes in order when asked', async () => {
    const params = { mode: 'range', from: 1_000_000, to: 2_000_000, list: true }
    const expected = smallPrimes(2_000_000).filter((prime) => prime >= 1_000_000)
    const whole = await runPlan({ kind: primes, params })
    const parted = await runPlan({ kind: primes, params, seed: 2 })
    expect(parted.result).toEqual({ count: expected.length })
    expect(parted.artifacts.get('primes.txt')?.toString()).toBe(expected.map((prime) => `${prime}\n`).join(''))
    expect(parted.artifacts).toEqual(whole.artifacts)
    expect(parted.tasks).toBeGreaterThanOrEqual(4)
    expect(whole.stages['sieve']).toBe(1)
  })

  test('however many segments one task has, it is seen to get on with each few of them', async () => {
    const params = kind.params.parse({ mode: 'range', to: 1e9 })
    const { count, span } = segmentsOf(params)
    const told: number[] = []
    const context = { params, progress: (_bytes: number, rows: number) => void told.push(rows) }
    await run.maps['sieve']!({ from: 0, to: count, pieces: [], items: { from: 0, to: count } }, contextOf(context), [])
    expect(told.reduce((sum, rows) => sum + rows, 0)).toBe(count)
    const blockNumbers = 128 * 1024 * 30
    expect(Math.max(...told)).toBeLessThanOrEqual(Math.ceil(blockNumbers / span) + 1)
    expect(Math.min(...told)).toBeGreaterThanOrEqual(0)
  })

  test('includes both ends', async () => {
    const count = async (from: number, to: number) =>
      (await runPlan({ kind: primes, params: { mode: 'range', from, to } })).result
    expect(await count(2, 2)).toEqual({ count: 1 })
    expect(await count(7, 31)).toEqual({ count: 8 })
    expect(await count(0, 1)).toEqual({ count: 0 })
    expect(await count(999_999_000_000, 999_999_000_100)).toEqual({ count: 6 })
  })
})

describe('the params of primes', () => {
  test('fit together', () => {
    expect(complaint({})).toContain('there are no candidates')
    expect(complaint({ candidates: [1] }, 1)).toContain('give the candidates once')
    expect(complaint({ to: 5 })).toContain('set mode to range')
    expect(complaint({ candidates: [1], list: true })).toContain('set mode to range')
    expect(complaint({ mode: 'range' })).toContain('to is missing')
    expect(complaint({ mode: 'range', from: 6, to: 5 })).toContain('is empty')
    expect(complaint({ mode: 'range', to: 5 }, 1)).toContain('no files')
    expect(complaint({ mode: 'range', to: 5, candidates: [1] })).toContain('no candidates')
    expect(complaint({ mode: 'range', to: 5 })).toBeNull()
    expect(complaint({}, 1)).toBeNull()
    expect(kind.params.safeParse({ mode: 'range', to: 1e12 + 1 }).success).toBe(false)
  })

  test('say which files will be written', () => {
    expect(kind.artifacts(kind.params.parse({ mode: 'range', to: 9, list: true }))).toEqual(['primes.txt'])
    expect(kind.artifacts(kind.params.parse({ mode: 'range', to: 9 }))).toEqual([])
  })
})
