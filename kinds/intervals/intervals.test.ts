import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../contract/json.ts'
import { runPlan } from '../../tests/harness/runPlan.ts'
import { type IntervalOperation, resultSchema } from './kind.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'

const longMs = 120_000
const intervals = { plan, run }

async function combine(text: string, params: Record<string, Json> = {}, more: Record<string, number> = {}) {
  const done = await runPlan({ kind: intervals, files: [text], params, ...more })
  const [artifact] = done.artifacts.values()
  return {
    ...done,
    result: resultSchema.parse(done.result),
    text: String(artifact),
    name: [...done.artifacts.keys()][0],
  }
}

const bed = (rows: readonly (readonly (string | number)[])[]) => rows.map((row) => `${row.join('\t')}\n`).join('')

interface Interval {
  key: string
  start: number
  end: number
}

/** One position after the other, as slow as it is plain: how many intervals hold it. */
function oracle(all: readonly Interval[], operation: IntervalOperation): string {
  const keys = [...new Set(all.map(({ key }) => key))].toSorted((one, other) =>
    Buffer.compare(Buffer.from(one), Buffer.from(other)),
  )
  return bed(
    keys.flatMap((key) => {
      const own = all.filter((each) => each.key === key)
      const merged = mergedOf(own)
      if (operation === 'merge') return merged.map(({ start, end }) => [key, start, end])
      if (operation === 'gaps') return merged.slice(1).map(({ start }, before) => [key, merged[before]!.end, start])
      const least = operation === 'coverage' ? 1 : 2
      return runsOf(own)
        .filter(({ depth }) => depth >= least)
        .map(({ start, end, depth }) => [key, start, end, depth])
    }),
  )
}

function mergedOf(own: readonly Interval[]): Interval[] {
  const merged: Interval[] = []
  for (const each of own.toSorted((one, other) => one.start - other.start || one.end - other.end)) {
    const last = merged.at(-1)
    if (last !== undefined && each.start <= last.end) last.end = Math.max(last.end, each.end)
    else merged.push({ ...each })
  }
  return merged
}

function runsOf(own: readonly Interval[]): { start: number; end: number; depth: number }[] {
  const runs: { start: number; end: number; depth: number }[] = []
  const last = Math.max(...own.map(({ end }) => end))
  for (let at = Math.min(...own.map(({ start }) => start)); at < last; at++) {
    const depth = own.filter(({ start, end }) => start <= at && at < end).length
    const run = runs.at(-1)
    if (run?.depth === depth) run.end = at + 1
    else runs.push({ start: at, end: at + 1, depth })
  }
  return runs
}

const operations = ['merge', 'coverage', 'gaps', 'overlaps'] as const

describe('any intervals, cut and divided anywhere, in any order', () => {
  const some = fc.array(
    fc
      .record({ key: fc.constantFrom('chr1', 'chr10', 'chr2', 'x', 'é'), start: fc.nat(60), length: fc.nat(12) })
      .map(({ key, start, length }) => ({ key, start, end: start + length })),
    { minLength: 1, maxLength: 120 },
  )
  const cut = fc.record({
    bucketBytes: fc.constantFrom(1024, 1_000_000),
    cellBytes: fc.integer({ min: 8, max: 300 }),
    mostCells: fc.integer({ min: 1, max: 9 }),
    seed: fc.nat(),
  })

  test.each(operations)('%s is what one position after the other tells', { timeout: longMs }, async (operation) => {
    await fc.assert(
      fc.asyncProperty(some, cut, async (all, { bucketBytes, ...how }) => {
        // Long lines, so that small buckets are many.
        const text = bed(all.map(({ key, start, end }) => [key, start, end, 'x'.repeat(90)]))
        const { text: found, result } = await combine(text, { operation, format: 'bed', bucketBytes }, how)
        expect(found).toBe(oracle(all, operation))
        expect(result).toMatchObject({ intervals: all.length, keys: new Set(all.map(({ key }) => key)).size })
        expect(result.regions).toBe(found.split('\n').length - 1)
      }),
      { numRuns: 60 },
    )
  })
})

describe('what is documented of bedtools', () => {
  test('merge: features that overlap or are book-ended become one', async () => {
    const { text, name } = await combine('chr1\t100\t200\nchr1\t180\t250\nchr1\t250\t500\nchr1\t501\t1000\n', {
      format: 'bed',
    })
    expect([name, text]).toEqual(['merged.bed', 'chr1\t100\t500\nchr1\t501\t1000\n'])
  })

  test('genomecov -bg: runs of one depth, none where it is 0', async () => {
    const rows = 'chr1\t0\t10\nchr1\t5\t15\nchr1\t15\t20\nchr1\t30\t40\n'
    const { text, name } = await combine(rows, { format: 'bed', operation: 'coverage' })
    expect(name).toBe('coverage.bed')
    expect(text).toBe('chr1\t0\t5\t1\nchr1\t5\t10\t2\nchr1\t10\t20\t1\nchr1\t30\t40\t1\n')
  })

  test('complement: what lies between, without what lies before and behind', async () => {
    const { text } = await combine('chr1\t30\t40\nchr1\t10\t20\n', { format: 'bed', operation: 'gaps' })
    expect(text).toBe('chr1\t20\t30\n')
  })
})

describe('BED', () => {
  test('is known by its columns, and what browsers are told in it is skipped and counted', async () => {
    const text =
      'chr2\t5\t7\ta\t0\t+\nchr1\t1\t2\tb\t0\t-\n#note\ntrack name="x y"\n\nbrowser position chr1\r\nchr1\t2\t4\r\n'
    const { text: found, result } = await combine(text)
    expect(found).toBe('chr1\t1\t4\nchr2\t5\t7\n')
    expect(result).toEqual({ intervals: 3, skipped: 4, keys: 2, regions: 2, length: 5, unit: 'positions' })
  })

  test('a chromosome may be called as a line for browsers begins', async () => {
    const { text } = await combine('track\t1\t2\ntrackX\t1\t2\n', { format: 'bed' })
    expect(text).toBe('track\t1\t2\ntrackX\t1\t2\n')
  })

  test('a line that is none is set aside with its reason, and the others stay', async () => {
    const text =
      'chr1\t1\t9\nchr1 1 9\nchr1\t9\t1\nchr1\t-1\t9\nchr1\t1.5\t9\nchr1\t1\nchr1\t\t7\n\t1\t2\nchr1\t1\t9007199254740992\n'
    const { rejects, text: found } = await combine(text, { format: 'bed' }, { seed: 1, cellBytes: 9 })
    expect(found).toBe('chr1\t1\t9\n')
    expect(
      rejects.map(({ row, reason }) => [row, reason]).toSorted(([one], [other]) => Number(one) - Number(other)),
    ).toEqual([
      [2, 'fewer than three columns divided by tabs'],
      [3, 'it ends before it starts'],
      [4, 'a position of BED is not negative'],
      [5, "'1.5' is not an integer"],
      [6, 'fewer than three columns divided by tabs'],
      [7, "'' is not an integer"],
      [8, 'it names no chromosome'],
      [9, "'9007199254740992' is beyond 2^53; -p positions=decimal keeps all digits"],
    ])
  })

  test('names keep their bytes, whatever these are', async () => {
    const name = Buffer.from([0x63, 0xfc, 0x20, 0x22, 0x2c])
    const line = Buffer.concat([name, Buffer.from('\t1\t2\n')])
    const { artifacts } = await runPlan({ kind: intervals, files: [line], params: { format: 'bed' } })
    expect(artifacts.get('merged.bed')).toEqual(line)
  })
})

describe('tables', () => {
  const csv = { header: true, delimiter: ',', format: 'table' }

  test('have intervals by key, in any columns, and numbers as they write them', async () => {
    const text = 'who;till;since\nx;2,5;1,25\ny;1.000,5;0\nx;3;2,5\n;1;0,10\n'
    const params = { start: 'since', end: 'till', by: ['who'], positions: 'decimal', thousands: '.', decimal: ',' }
    const { text: found, name, result } = await combine(text, params)
    expect([name, found]).toEqual(['merged.csv', 'who,since,till\n,0.1,1\nx,1.25,3\ny,0,1000.5\n'])
    expect(result).toMatchObject({ length: 1003.15, keys: 3, unit: 'positions' })
  })

  test('closed integers and days touch their neighbours, and decimals and times only what shares an end', async () => {
    const closed = { ...csv, bounds: 'closed' }
    const integers = await combine('start,end\n1,5\n6,8\n10,10\n3,4\n7,6\n', closed)
    expect(integers.text).toBe('start,end\n1,8\n10,10\n')
    expect(integers.rejects).toMatchObject([{ row: 5, reason: 'it ends before it starts' }])
    expect(integers.result).toMatchObject({ length: 9 })
    const gaps = await combine('start,end\n1,5\n8,8\n', { ...closed, operation: 'gaps' })
    expect(gaps.text).toBe('start,end\n6,7\n')
    const days = await combine('start,end\n2024-02-28,2024-02-29\n01/03/2024,2024-03-02\n', {
      ...closed,
      dayFirst: true,
    })
    expect(days.text).toBe('start,end\n2024-02-28,2024-03-02\n')
    expect(days.result).toMatchObject({ length: 4, unit: 'days' })
    const decimals = await combine('start,end\n1.5,2\n2,3\n4,4\n', closed)
    expect(decimals.text).toBe('start,end\n1.5,3\n4,4\n')
    const times = 'start,end\n2024-01-01 10:00,2024-01-01 11:00\n2024-01-01T11:00:00Z,2024-01-01T12:00:00.250Z\n'
    const found = await combine(times, closed)
    expect(found.text).toBe('start,end\n2024-01-01T10:00:00Z,2024-01-01T12:00:00.250Z\n')
    expect(found.result).toMatchObject({ length: 7_200_250, unit: 'milliseconds' })
  })

  test('what is between two points of no length is a gap, and they cover nothing', async () => {
    const text = 'start,end\n1,3\n5,5\n7,9\n9,9\n2,2\n'
    expect((await combine(text, csv)).text).toBe('start,end\n1,3\n5,5\n7,9\n')
    expect((await combine(text, { ...csv, operation: 'gaps' })).text).toBe('start,end\n3,5\n5,7\n')
    expect((await combine(text, { ...csv, operation: 'coverage' })).text).toBe('start,end,depth\n1,3,1\n7,9,1\n')
  })

  test('decimals keep every digit, of any number of them, and so does their length', async () => {
    const long = '123456789012345678901234567890'
    const text = `start,end\n-${long}.5,0.000000000000000000001\n0.1,${long}\n`
    const { text: found, result } = await combine(text, { ...csv, positions: 'decimal' })
    expect(found).toBe(`start,end\n-${long}.5,0.000000000000000000001\n0.1,${long}\n`)
    expect(result.length).toBe('246913578024691357802469135780.400000000000000000001')
  })

  test('integers near 2^53 are exact, and the length of all is', async () => {
    const text = `start,end\n-9007199254740991,9007199254740991\n`
    const { text: found, result } = await combine(text, csv)
    expect(found).toBe(text)
    expect(result.length).toBe('18014398509481982')
  })

  test('a row without a start, or with one that cannot be read, is set aside', async () => {
    const { rejects, result } = await combine('start,end\n1,2\n,3\n4,\n2.5,7\nx,9\n', { ...csv, positions: 'integer' })
    expect(rejects.map(({ row, reason }) => [row, reason])).toEqual([
      [2, 'it has no start'],
      [3, 'it has no end'],
      [4, "'2.5' is not an integer"],
      [5, "'x' is not an integer"],
    ])
    expect(result).toMatchObject({ intervals: 1, regions: 1 })
  })

  test.each([
    [{ start: 'from' }, 'start names from, and the columns are start, end, k'],
    [{ by: ['who'] }, 'by names who, and the columns are start, end, k'],
    [{ by: ['k', 'k'] }, 'by names k, which is named already'],
    [{ start: 'end' }, 'start and end both name end'],
    [{ start: 'k' }, 'k and end hold neither numbers nor dates'],
    [{ format: 'bed', bounds: 'closed' }, 'bounds=closed is for tables'],
    [{ format: 'bed', by: ['k'] }, 'start, end and by name columns of tables'],
    [{ format: 'bed', positions: 'date' }, 'positions=date is for tables'],
  ] satisfies [Record<string, Json>, string][])('%j is refused', async (params, complaint) => {
    await expect(combine('start,end,k\n1,2,a\n', { header: true, ...params })).rejects.toThrow(complaint)
  })

  const key = fc.constantFrom(null, '', 'a', 'over\ntwo', 'say "x"', 'é,;')
  const rows = fc.array(fc.record({ key, other: key, start: fc.nat(50), length: fc.nat(9) }), {
    minLength: 1,
    maxLength: 60,
  })
  const cut = fc.record({
    cellBytes: fc.integer({ min: 8, max: 200 }),
    seed: fc.nat(),
    mostCells: fc.integer({ min: 1, max: 6 }),
  })

  test.each(operations)(
    '%s of any keys, cut anywhere, from several files, is what one task tells',
    { timeout: longMs },
    async (operation) => {
      const field = (text: string | null) => (text === null ? '' : `"${text.replaceAll('"', '""')}"`)
      const tableOf = (some: { key: string | null; other: string | null; start: number; length: number }[]) =>
        `k,o,start,end,note\n${some.map(({ key: one, other, start, length }) => `${field(one)},${field(other)},${start},${start + length},${'n'.repeat(80)}\n`).join('')}`
      await fc.assert(
        fc.asyncProperty(rows, rows, cut, async (some, more, how) => {
          const params = { ...csv, operation, by: ['k', 'o'], positions: 'integer' }
          const apart = await runPlan({
            kind: intervals,
            files: [tableOf(some), tableOf(more)],
            params: { ...params, bucketBytes: 1024 },
            ...how,
          })
          const alone = await runPlan({ kind: intervals, files: [tableOf([...some, ...more].toReversed())], params })
          expect(apart.result).toEqual(alone.result)
          expect(apart.artifacts).toEqual(alone.artifacts)
        }),
        { numRuns: 10 },
      )
    },
  )
})
