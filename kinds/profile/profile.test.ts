import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../contract/json.ts'
import { askDuckDb, vegaFile, vegaTable } from '../../tests/harness/duckdb.ts'
import { runPlan } from '../../tests/harness/runPlan.ts'
import { resultSchema, type ColumnResult } from './kind.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'

const kind = { plan, run }

interface Cuts {
  cellBytes?: number
  seed?: number
  mostCells?: number
}

async function profile(text: string | Uint8Array, params: Record<string, Json> = {}, cuts: Cuts = {}) {
  const { result } = await runPlan({ kind, files: [text], params, ...cuts })
  return resultSchema.parse(result)
}

async function column(values: readonly string[], params: Record<string, Json> = {}): Promise<ColumnResult> {
  const { columns } = await profile(`x\n${values.join('\n')}\n`, { header: true, delimiter: ',', ...params })
  return columns[0]!
}

describe('a column', () => {
  test('of numbers is told by its figures', async () => {
    expect(await column(['3', '1', '2', '2', ''])).toMatchObject({
      name: 'x',
      type: 'integer',
      fits: 1,
      rows: 5,
      nulls: 1,
      empty: 0,
      distinct: 3,
      distinctError: 0,
      min: 1,
      max: 3,
      sum: 8,
      mean: 2,
      stddev: Math.sqrt(2 / 3),
      shortest: 1,
      longest: 1,
      meanLength: 1,
      top: [
        { value: '2', count: 2 },
        { value: '1', count: 1 },
        { value: '3', count: 1 },
      ],
    })
    expect((await column(['1', '2', '3', '4'])).quantiles.find(({ q }) => q === 0.5)).toEqual({ q: 0.5, value: 2.5 })
  })

  test.each([10, 20_000])('of %d long integers has all digits of their sum', async (count) => {
    const values = Array.from({ length: count }, (_, n) => 2n ** 62n + BigInt(n))
    const sum = values.reduce((total, value) => total + value, 0n)
    const told = await column(values.map(String))
    expect(told).toMatchObject({ type: 'integer', sum: sum.toString(), mean: Number(sum / BigInt(count)) })
    if (told.distinctError === 0) expect(told.stddev).toBeCloseTo(Math.sqrt((count * (count + 1)) / 12), 12)
  })

  test('tells the empty field from empty text, and reads only the former as null', async () => {
    expect(await column(['', '""', 'NA', 'x'])).toMatchObject({ nulls: 1, empty: 1, distinct: 3, type: 'text' })
    expect(await column(['', '""', 'NA', 'x'], { nulls: ['NA'] })).toMatchObject({ nulls: 2, empty: 1, distinct: 2 })
  })

  test.each([
    [['1', '2', '3'], 'integer', null, 1],
    [['1', '2.5'], 'decimal', null, 1],
    [['08123', '12345'], 'text', null, 1],
    [['true', 'FALSE', 'yes'], 'boolean', null, 1],
    [['2024-01-31', '2024-02-29'], 'date', null, 1],
    [['2024-01-31', '2024-02-29 13:05'], 'timestamp', null, 1],
    [['1', '2', 'three'], 'mixed', 'integer', 2 / 3],
    [['one', 'two', '3'], 'mixed', 'text', 2 / 3],
    [[''], 'unknown', null, 1],
  ])('of %j is %s', async (values, type, mostly, fits) => {
    expect(await column(values)).toMatchObject({ type, mostly, fits })
  })

  test('of dates has dates as bounds, one of text the first and last by bytes', async () => {
    expect(await column(['2024-02-29', '1999-12-31'])).toMatchObject({ min: '1999-12-31', max: '2024-02-29' })
    expect(await column(['b', '\u{1F600}', '\uFFFD', 'a'])).toMatchObject({ min: 'a', max: '\u{1F600}' })
  })

  test('of numbers has a histogram that counts every number once', async () => {
    const { histogram } = await column(Array.from({ length: 1000 }, (_, n) => String(n)))
    expect(histogram).toHaveLength(20)
    expect(histogram.reduce((sum, { count }) => sum + count, 0)).toBe(1000)
    expect(histogram[0]).toEqual({ from: 0, to: 49.95, count: 50 })
  })

  test('with more different values than are kept is sketched within the errors told', async () => {
    const count = 60_000
    const values = Array.from({ length: count }, (_, n) => String((n * 7919) % count))
    const told = await column(values)
    expect(told.distinctError).toBeGreaterThan(0)
    expect(Math.abs(told.distinct - count) / count).toBeLessThan(4 * told.distinctError)
    expect(told).toMatchObject({
      type: 'integer',
      min: 0,
      max: count - 1,
      mean: (count - 1) / 2,
      shortest: 1,
      longest: 5,
    })
    expect(told.stddev).toBeCloseTo(Math.sqrt((count * (count + 1)) / 12), 6)
    for (const { q, value } of told.quantiles)
      expect(Math.abs(value / (count - 1) - q)).toBeLessThan(told.quantileError)
    expect(told.histogram.reduce((sum, bar) => sum + bar.count, 0)).toBe(count)
  })
})

/** Certified values of the Statistical Reference Datasets of NIST; the digits are those reached. */
describe('the spread of hard numbers', () => {
  const alternating = (around: string, low: string, high: string): string[] => [
    around,
    ...Array.from({ length: 1000 }, (_, n) => (n % 2 === 0 ? low : high)),
  ]
  test.each([
    { name: 'NumAcc1', values: ['10000001', '10000003', '10000002'], mean: 10000002, stddev: 1, digits: 15 },
    { name: 'NumAcc2', values: alternating('1.2', '1.1', '1.3'), mean: 1.2, stddev: 0.1, digits: 14 },
    {
      name: 'NumAcc3',
      values: alternating('1000000.2', '1000000.1', '1000000.3'),
      mean: 1000000.2,
      stddev: 0.1,
      digits: 9,
    },
    {
      name: 'NumAcc4',
      values: alternating('10000000.2', '10000000.1', '10000000.3'),
      mean: 10000000.2,
      stddev: 0.1,
      digits: 8,
    },
  ])('$name comes out to $digits digits', async ({ values, mean, stddev, digits }) => {
    const told = await column(values)
    expect(told.mean).toBe(mean)
    expect(-Math.log10(Math.abs(told.stddev! - stddev) / stddev)).toBeGreaterThanOrEqual(digits)
  })
})

describe('beside DuckDB', () => {
  test.each([
    'seattle-weather.csv',
    'birdstrikes.csv',
    'airports.csv',
    'stocks.csv',
    'us-employment.csv',
    'zipcodes.csv',
    'gapminder-health-income.csv',
    'unemployment.tsv',
    'gapminder.json',
    'movies.json',
    'flights-200k.json',
  ])('%s has the same nulls, distinct values, bounds, means and spreads', { timeout: 60_000 }, async (name) => {
    const { rows, columns } = await profile(readFileSync(vegaFile(name)), {}, { seed: 3 })
    const source = vegaTable(name)
    for (const told of columns) {
      const field = `"${told.name.replaceAll('"', '""')}"`
      const [asked] = await askDuckDb(
        `SELECT count(*)::INT AS n, (count(*) - count(${field}))::INT AS nulls, count(DISTINCT ${field})::INT AS distinct_values,
           min(${field}) AS least, max(${field}) AS most, min(TRY_CAST(${field} AS DOUBLE)) AS low, max(TRY_CAST(${field} AS DOUBLE)) AS high,
           avg(TRY_CAST(${field} AS DOUBLE)) AS mean, stddev_samp(TRY_CAST(${field} AS DOUBLE)) AS stddev,
           quantile_cont(TRY_CAST(${field} AS DOUBLE), 0.25) AS quarter FROM ${source}`,
      )
      expect([rows, told.nulls], told.name).toEqual([asked!['n'], asked!['nulls']])
      const distinct = asked!['distinct_values'] as number
      expect(Math.abs(told.distinct - distinct), told.name).toBeLessThanOrEqual(4 * told.distinctError * distinct)
      if (told.type === 'integer' || told.type === 'decimal') {
        expect([told.min, told.max], told.name).toEqual([asked!['low'], asked!['high']])
        expect(told.mean, told.name).toBeCloseTo(asked!['mean'] as number, 9)
        expect(told.stddev! / (asked!['stddev'] as number), told.name).toBeCloseTo(1, 9)
        if (told.quantileError === 0)
          expect(told.quantiles[2]!.value, told.name).toBeCloseTo(asked!['quarter'] as number, 9)
      } else if (told.type === 'text')
        expect([told.min, told.max], told.name).toEqual([asked!['least'], asked!['most']])
    }
  })
})

test('the same figures however the input is cut and in whatever order its parts are done', async () => {
  const field = fc.constantFrom('', '""', '1', '-2.5', '1e3', 'x', '"a,b"', '"a\nb"', '2024-02-29', 'true')
  const rows = fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 80 })
  await fc.assert(
    fc.asyncProperty(rows, fc.nat(), async (some, seed) => {
      const text = `a,b\n${some.map(([a, b]) => `${a},${b}\n`).join('')}`
      const params = { header: true, delimiter: ',', quote: '"' }
      const one = await profile(text, params, { cellBytes: 16, seed, mostCells: 3 })
      expect(await profile(text, params, { cellBytes: 16, seed: seed + 1, mostCells: 5 })).toEqual(one)
      expect(await profile(text, params)).toEqual(one)
    }),
    { numRuns: 40 },
  )
})
