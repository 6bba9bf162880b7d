import { execFileSync } from 'node:child_process'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../contract/json.ts'
import { runPlan } from '../../tests/harness/runPlan.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'

const kind = { plan, run }

/** The oracle: what GNU sort writes for the same files, each of whose last lines has its line feed. */
function gnuSort(files: readonly Buffer[], ...options: string[]): Buffer {
  const input = Buffer.concat(
    files.map((file) => (file.length === 0 || file.at(-1) === 10 ? file : Buffer.concat([file, Buffer.from('\n')]))),
  )
  return execFileSync('sort', ['-s', ...options], { input, env: { ...process.env, LC_ALL: 'C' }, maxBuffer: 2 ** 30 })
}

async function sorted(files: readonly Buffer[], params: Record<string, Json>, seed?: number): Promise<Buffer> {
  const done = await runPlan({ kind, params, files, cellBytes: 512, ...(seed === undefined ? {} : { seed }) })
  return done.artifacts.get('sorted.txt')!
}

function expectSame(actual: Buffer, expected: Buffer, what: unknown): void {
  if (!actual.equals(expected))
    expect({ what, text: actual.toString('latin1') }).toEqual({ what, text: expected.toString('latin1') })
}

const small = { bucketBytes: 1024 }
const line = fc.oneof(
  fc.string({ maxLength: 12 }).map((text) => text.replaceAll('\n', '')),
  fc.constantFrom('', '\r', 'same', 'the same beginning of several lines', 'ÿ', '\u{1f600}'),
)
const ending = fc.constantFrom('\n', '\n', '\r\n')
const text = fc.tuple(fc.array(fc.tuple(line, ending), { maxLength: 400 }), fc.boolean()).map(([lines, isEnded]) => {
  const joined = lines.map(([each, end]) => each + end).join('')
  return Buffer.from(isEnded ? joined : joined.replace(/\n$/, ''))
})

describe('lines', () => {
  test('are in the order of GNU sort, whatever the splits, both ways, with and without repeated ones, by both plans', async () => {
    const property = fc.asyncProperty(
      fc.array(text, { minLength: 1, maxLength: 3 }),
      fc.record({ reverse: fc.boolean(), unique: fc.boolean() }),
      fc.nat(1000),
      async (files, { reverse, unique }, seed) => {
        const options = [...(reverse ? ['-r'] : []), ...(unique ? ['-u'] : [])]
        const expected = gnuSort(files, ...options)
        for (const name of ['shuffle', 'recursive'])
          expectSame(await sorted(files, { ...small, reverse, unique, plan: name }, seed), expected, { name, options })
      },
    )
    await fc.assert(property, { numRuns: 60 })
  }, 60_000)

  test('keep a byte order mark out of the order, a carriage return in it, and end the last line', async () => {
    const files = [Buffer.from('\ufeffb\r\na b\na'), Buffer.from('a\r\n\n')]
    expect((await sorted(files, {})).toString()).toBe('\na\na\r\na b\nb\r\n')
  })

  test('none are an empty artifact, by both plans', async () => {
    for (const name of ['shuffle', 'recursive']) {
      const done = await runPlan({ kind, params: { plan: name }, files: ['', ''] })
      expect(done.artifacts.get('sorted.txt')).toEqual(Buffer.alloc(0))
      expect(done.result).toEqual({ rows: 0, written: 0 })
    }
  })

  test('that fit into one bucket are one task, and more are shuffled', async () => {
    const file = Buffer.from(Array.from({ length: 1000 }, (_, index) => `${(index * 7919) % 1000}\n`).join(''))
    const whole = await runPlan({ kind, files: [file], cellBytes: 512 })
    expect(whole.stages).toEqual({ sortWhole: 1, count: 1 })
    const shuffled = await runPlan({ kind, params: small, files: [file], cellBytes: 512, seed: 3 })
    expect(shuffled.stages).toMatchObject({ sample: 1, sortBucket: 4 })
    expect(shuffled.stages['partition']).toBeGreaterThan(2)
    expect(shuffled.artifacts).toEqual(whole.artifacts)
    expect(shuffled.result).toEqual({ rows: 1000, written: 1000 })
  })
})

const integer = fc.oneof(fc.integer({ min: -50, max: 50 }), fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }))
const fraction = fc.constantFrom('', '.0', '.5', '.25', '.250', '.0000000000000000000000001')
const number = fc.tuple(integer, fraction).map(([whole, part]) => `${whole}${part}`)

describe('numbers', () => {
  test('are in the order of GNU sort -n, to the last of any number of digits, equal ones as they came', async () => {
    const property = fc.asyncProperty(
      fc.array(number, { minLength: 1, maxLength: 400 }),
      fc.record({ reverse: fc.boolean(), unique: fc.boolean() }),
      fc.nat(1000),
      async (numbers, { reverse, unique }, seed) => {
        const options = ['-n', ...(reverse ? ['-r'] : []), ...(unique ? ['-u'] : [])]
        const files = [Buffer.from(numbers.join('\n'))]
        const expected = gnuSort(files, ...options)
        for (const name of ['shuffle', 'recursive']) {
          const params = { ...small, mode: 'numbers', reverse, unique, plan: name }
          expectSame(await sorted(files, params, seed), expected, { name, options })
        }
      },
    )
    await fc.assert(property, { numRuns: 40 })
  }, 60_000)

  test('may have signs and exponents, which GNU sort -n does not know', async () => {
    const files = [Buffer.from('1e3\n+7\n-2.5E-1\n.5\n 3 \n')]
    expect((await sorted(files, { mode: 'numbers' })).toString()).toBe('-2.5E-1\n.5\n 3 \n+7\n1e3\n')
    expect((await sorted(files, { mode: 'numbers', order: 'descending' })).toString()).toBe(
      '1e3\n+7\n 3 \n.5\n-2.5E-1\n',
    )
  })

  test('leave out lines that are none, and tell them with row and offset, whatever the splits and the plan', async () => {
    const lines = Array.from({ length: 600 }, (_, index) =>
      index % 100 === 37 ? `no ${index}` : `${(index * 7) % 601}`,
    )
    const files = [Buffer.from(lines.join('\n'))]
    const expected = lines.flatMap((raw, index) => {
      const offset = lines.slice(0, index).join('\n').length + Math.min(1, index)
      return raw.startsWith('no') ? [{ input: 0, row: index + 1, offset, reason: 'not a number', raw }] : []
    })
    for (const params of [{}, small, { ...small, plan: 'recursive' }]) {
      const request = { kind, params: { ...params, mode: 'numbers' }, files, cellBytes: 512, seed: 5 }
      const done = await runPlan(request)
      expect(done.rejects.toSorted((one, other) => one.row - other.row)).toEqual(expected)
      expect(done.result).toEqual({ rows: 594, written: 594 })
    }
  })
})

describe('data that no sample divides evenly', () => {
  const many = (text: string, count: number) => Array.from({ length: count }, () => text)

  test('a key that is most of the input has buckets of its own, and none is much larger than others', async () => {
    const lines = [...many('the same', 3000), ...Array.from({ length: 300 }, (_, index) => `other ${index}`)]
    const shuffled = lines.map((_, index) => lines[(index * 1117) % lines.length]!)
    const files = [Buffer.from(`${shuffled.join('\n')}\n`)]
    for (const mode of ['ascending', 'descending']) {
      const done = await runPlan({ kind, params: { ...small, order: mode }, files, cellBytes: 512, seed: 1 })
      expect(done.stages['sortBucket']).toBeGreaterThan(20)
      expectSame(done.artifacts.get('sorted.txt')!, gnuSort(files, ...(mode === 'descending' ? ['-r'] : [])), mode)
    }
  })

  test('a bucket beyond what is held in memory is sorted piece by piece, in merges of merges', async () => {
    // All but a few lines are shorter than what the sample meets first at each place.
    const files = [Buffer.from(Array.from({ length: 60_000 }, (_, index) => `${(index * 7919) % 60_013}\n`).join(''))]
    const request = { kind, params: { ...small, bucketBytes: 1024, plan: 'recursive' }, files, cellBytes: 1024 * 1024 }
    expectSame((await runPlan(request)).artifacts.get('sorted.txt')!, gnuSort(files), 'one leaf of 84 pieces')
  })

  test('sorted, reversed and constant input come out right', async () => {
    const rising = Array.from({ length: 3000 }, (_, index) => String(index).padStart(6, '0'))
    for (const lines of [rising, rising.toReversed(), many('constant', 3000), many('', 5000)]) {
      const files = [Buffer.from(`${lines.join('\n')}\n`)]
      for (const unique of [true, false])
        expectSame(await sorted(files, { ...small, unique }, 2), gnuSort(files, ...(unique ? ['-u'] : [])), lines[0])
    }
  })
})
