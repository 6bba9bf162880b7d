import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../contract/json.ts'
import { askDuckDb, vegaFile, vegaTable } from '../../tests/harness/duckdb.ts'
import { runPlan } from '../../tests/harness/runPlan.ts'
import { resultSchema } from './kind.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'

/**
 * DuckDB answers the same questions. On purpose Gristmill differs in three things, which the SQL here says: `first` and `last` leave nulls out
 * as all measures do; days of the week count from Monday as 1; and sums and means are exact and rounded once, where DuckDB's differ in the
 * last digits by the order of its additions.
 */
const kind = { plan, run }

interface Question {
  file: string
  by: { ask: string; sql: string }[]
  numbers: string[]
  others?: string[]
}

const questions: Question[] = [
  {
    file: 'seattle-weather.csv',
    by: [{ ask: 'weather', sql: 'weather' }],
    numbers: ['precipitation', 'temp_max', 'wind'],
    others: ['date'],
  },
  {
    file: 'seattle-weather.csv',
    by: [
      { ask: 'month(date)', sql: 'month(CAST(date AS DATE))' },
      { ask: 'weekday(date)', sql: 'isodow(CAST(date AS DATE))' },
    ],
    numbers: ['temp_min'],
    others: ['weather'],
  },
  {
    file: 'birdstrikes.csv',
    by: [
      { ask: 'Phase of flight', sql: '"Phase of flight"' },
      { ask: 'wild = upper(`Wildlife Size`)', sql: 'upper("Wildlife Size")' },
    ],
    numbers: ['Speed IAS in knots', 'Cost Total $'],
    others: ['Airport Name'],
  },
  {
    file: 'stocks.csv',
    by: [
      { ask: 'symbol', sql: 'symbol' },
      { ask: 'year(date)', sql: "year(strptime(date, '%b %-d %Y'))" },
    ],
    numbers: ['price'],
  },
  { file: 'us-employment.csv', by: [], numbers: ['nonfarm', 'nonfarm_change', 'mining_and_logging'] },
  {
    file: 'flights-airport.csv',
    by: [{ ask: 'origin', sql: 'origin' }],
    numbers: ['count'],
    others: ['destination'],
  },
  { file: 'flights-airport.csv', by: [{ ask: 'flights = count', sql: 'CAST(count AS DOUBLE)' }], numbers: ['count'] },
  {
    file: 'zipcodes.csv',
    by: [
      { ask: 'state', sql: 'state' },
      { ask: 'county', sql: 'county' },
    ],
    numbers: ['latitude', 'longitude'],
    others: ['city'],
  },
  { file: 'airports.csv', by: [{ ask: 'state', sql: 'state' }], numbers: ['latitude'], others: ['iata', 'city'] },
  {
    file: 'unemployment.tsv',
    by: [{ ask: 'high = rate > 0.1', sql: 'CAST(rate AS DOUBLE) > 0.1' }],
    numbers: ['rate'],
  },
  {
    file: 'gapminder.json',
    by: [{ ask: 'country', sql: 'country' }],
    numbers: ['pop', 'life_expect', 'fertility'],
  },
  {
    file: 'movies.json',
    by: [
      { ask: '`Major Genre`', sql: '"Major Genre"' },
      { ask: 'year(`Release Date`)', sql: `year(strptime("Release Date", '%b %d %Y'))` },
    ],
    numbers: ['US Gross', 'IMDB Rating', 'Running Time min'],
    others: ['Director', 'Title'],
  },
  {
    file: 'flights-200k.json',
    by: [{ ask: 'hour = floor(time)', sql: 'floor(CAST(time AS DOUBLE))' }],
    numbers: ['delay', 'distance'],
  },
]

const quoted = (name: string): string => `"${name}"`

function measuresOf({ numbers, others = [] }: Question): { ask: Json; sql: string }[] {
  const anything = [...numbers, ...others].flatMap((column) => {
    const sql = numbers.includes(column) ? `CAST(${quoted(column)} AS DOUBLE)` : quoted(column)
    return [
      { ask: { op: 'count', column }, sql: `count(${sql})` },
      { ask: { op: 'countDistinct', column }, sql: `count(DISTINCT ${sql})` },
      { ask: { op: 'min', column }, sql: `min(${sql})` },
      { ask: { op: 'max', column }, sql: `max(${sql})` },
      { ask: { op: 'first', column }, sql: `first(${sql}) FILTER (WHERE ${sql} IS NOT NULL)` },
      { ask: { op: 'last', column }, sql: `last(${sql}) FILTER (WHERE ${sql} IS NOT NULL)` },
    ]
  })
  const figures = numbers.flatMap((column) => {
    const sql = `CAST(${quoted(column)} AS DOUBLE)`
    return [
      { ask: `sum(\`${column}\`)`, sql: `sum(${sql})` },
      { ask: `mean(\`${column}\`)`, sql: `avg(${sql})` },
      { ask: `stddev(\`${column}\`)`, sql: `stddev_samp(${sql})` },
      { ask: `median(\`${column}\`)`, sql: `median(${sql})` },
      { ask: `quantile(\`${column}\`, 0.9)`, sql: `quantile_cont(${sql}, 0.9)` },
    ]
  })
  return [{ ask: 'count', sql: 'count(*)' }, ...anything, ...figures]
}

/** Numbers to twelve digits; everything else as it stands. */
function expectAlike(row: readonly unknown[], asked: readonly unknown[], what: string): void {
  for (const [at, value] of row.entries()) {
    const other = asked[at]
    if (typeof value !== 'number') expect(value, what).toEqual(other)
    // DuckDB gives counts as text, since they may be larger than a double holds.
    else expect(Math.abs(value - Number(other)), `${what} ${at}`).toBeLessThanOrEqual(1e-12 * Math.abs(value) + 1e-12)
  }
}

async function answerOf(file: string, { by, measures }: { by: string[]; measures: string[] }): Promise<unknown[][]> {
  const keys = by.map((sql, at) => `${sql} AS k${at}`)
  const figures = measures.map((sql, at) => `${sql} AS m${at}`)
  const names = by.map((_, at) => `k${at}`)
  const grouping =
    by.length === 0
      ? ''
      : `GROUP BY ${names.join(', ')} ORDER BY ${names.map((name) => `${name} NULLS LAST`).join(', ')}`
  const rows = await askDuckDb(`SELECT ${[...keys, ...figures].join(', ')} FROM ${vegaTable(file)} ${grouping}`)
  return rows.map((row) => Object.values(row))
}

describe('beside DuckDB', () => {
  test.each(questions)('$file by $by', { timeout: 60_000 }, async (question) => {
    const measures = measuresOf(question)
    const params = { by: question.by.map(({ ask }) => ask), measures: measures.map(({ ask }) => ask) }
    const done = await runPlan({
      kind,
      files: [readFileSync(vegaFile(question.file))],
      params,
      cellBytes: 4096,
      seed: 5,
    })
    const { rows, groups } = resultSchema.parse(done.result)
    expect(done.rejects).toEqual([])
    const asked = await answerOf(question.file, {
      by: question.by.map(({ sql }) => sql),
      measures: measures.map(({ sql }) => sql),
    })
    expect(groups).toBe(asked.length)
    for (const [at, row] of rows.entries()) expectAlike(row, asked[at]!, `group ${at} of ${question.file}`)
  })
})

test('sums of integers beyond 2^53 keep all their digits, and means and deviations stay exact', async () => {
  const integer = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.bigInt({ min: 2n ** 62n, max: 2n ** 62n + 50n }),
    fc.bigInt({ min: -9n, max: 9n }),
  )
  const rows = fc.array(fc.tuple(fc.constantFrom('a', 'b'), integer), { minLength: 1, maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(rows, fc.nat(), async (some, seed) => {
      const text = `name,figure\n${some.map(([name, figure]) => `${name},${figure}\n`).join('')}`
      const params = { by: ['name'], measures: ['sum(figure)', 'mean(figure)', 'stddev(figure)'], header: true }
      const done = await runPlan({ kind, files: [text], params, cellBytes: 64, seed, mostCells: 3 })
      const values = some.map(([name, figure]) => `('${name}', ${figure}::HUGEINT)`).join(', ')
      const asked = await askDuckDb(
        `SELECT name, sum(x)::VARCHAR AS total, count(*)::INT AS n, (sum(x) / count(*)) AS mean,
           list(x::VARCHAR) AS figures FROM (VALUES ${values}) AS t(name, x) GROUP BY name ORDER BY name`,
      )
      const found = resultSchema.parse(done.result).rows
      expect(found.map(([name, sum]) => [name, String(sum)])).toEqual(asked.map(({ name, total }) => [name, total]))
      for (const [at, [, sum, mean, stddev]] of found.entries()) {
        expect(typeof sum).toBe(Number.isSafeInteger(Number(sum)) ? 'number' : 'string')
        const { figures, mean: about } = asked[at]!
        expect(Math.abs(Number(mean) - Number(about))).toBeLessThanOrEqual(1e-15 * Math.abs(Number(about)))
        const deviation = deviationOf((figures as string[]).map(BigInt))
        if (deviation === null) expect(stddev).toBeNull()
        else expect(Math.abs(Number(stddev) - deviation)).toBeLessThanOrEqual(1e-15 * deviation)
      }
    }),
    { numRuns: 40 },
  )
})

/** By integers to the last root: n squares less the square of the sum, over n (n - 1). */
function deviationOf(values: readonly bigint[]): number | null {
  const n = BigInt(values.length)
  if (n < 2n) return null
  const sum = values.reduce((total, value) => total + value, 0n)
  const spread = n * values.reduce((total, value) => total + value * value, 0n) - sum * sum
  return Math.sqrt(Number((spread << 128n) / (n * (n - 1n)))) / 2 ** 64
}

/** Values of which a column of each type is made; the empty one is null. */
const words = fc.constantFrom('', '""', 'a', 'b', '"a,b"', '"x\ny"', '"q""q"', 'Ærø', '😀', '\uFFFD')
const numbers = fc.oneof(
  fc.constantFrom('', '0', '-0', '1.50', '1.5', '1e3', '1000', '-7', '0.1', '0.2', '1e17', '123456789012345678'),
  fc.integer({ min: -50, max: 50 }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }).map(String),
)
const tables = fc.array(fc.tuple(words, numbers), { minLength: 1, maxLength: 80 })
const textOf = (rows: readonly (readonly [string, string])[]): string =>
  `name,figure\n${[['a', '0.5'], ...rows].map(([name, figure]) => `${name},${figure}\n`).join('')}`
const everything = {
  by: ['name'],
  measures: [
    'count',
    ...['count', 'countDistinct', 'sum', 'mean', 'min', 'max', 'stddev', 'median', 'first', 'last'].map(
      (op) => `${op}(figure)`,
    ),
    'quantile(figure, 0.3)',
  ],
  header: true,
  delimiter: ',',
  quote: '"',
}

describe('of any table', () => {
  test('the same bytes however it is cut, in whatever order parts are done, and however little memory there is', async () => {
    await fc.assert(
      fc.asyncProperty(tables, fc.nat(), fc.integer({ min: 4, max: 80 }), async (rows, seed, cellBytes) => {
        const files = [textOf(rows)]
        const params = { ...everything, order: ['-count', 'name desc'] }
        const whole = await runPlan({ kind, files, params })
        const parted = await runPlan({
          kind,
          files,
          params: { ...params, memoryBytes: 1024 },
          cellBytes,
          seed,
          mostCells: 3,
        })
        expect(parted.artifacts).toEqual(whole.artifacts)
        expect(parted.result).toEqual(whole.result)
      }),
      { numRuns: 60 },
    )
  })

  test('sums, means and medians are those of plain arithmetic over all values of a group', async () => {
    await fc.assert(
      fc.asyncProperty(tables, fc.nat(), async (rows, seed) => {
        const params = {
          ...everything,
          measures: ['count', 'sum(figure)', 'median(figure)', 'first(figure)', 'max(figure)'],
        }
        const done = await runPlan({ kind, files: [textOf(rows)], params, cellBytes: 16, seed, mostCells: 4 })
        const found = resultSchema.parse(done.result).rows
        const groups = new Map<string, string[]>()
        for (const [name, figure] of [['a', '0.5'] as const, ...rows])
          groups.set(name, [...(groups.get(name) ?? []), figure])
        expect(found.length).toBe(groups.size)
        for (const [name, figures] of groups) {
          const row = found.find(([key]) => key === unquoted(name))!
          const values = figures.filter((figure) => figure !== '').map(Number)
          const sorted = values.toSorted((one, other) => one - other)
          const half = (sorted.length - 1) / 2
          const median = (sorted[Math.floor(half)]! + sorted[Math.ceil(half)]!) / 2
          const sum = values.reduce((total, value) => total + value, 0)
          const size = values.reduce((total, value) => total + Math.abs(value), 0)
          expect(row[1]).toBe(figures.length)
          if (values.length === 0) expect(row.slice(2)).toEqual([null, null, null, null])
          else {
            expect(Math.abs(Number(row[2]) - sum)).toBeLessThanOrEqual(1e-13 * size + Number.MIN_VALUE)
            expect(Math.abs(Number(row[3]) - median)).toBeLessThanOrEqual(1e-15 * size + Number.MIN_VALUE)
            expect([Number(row[4]), Number(row[5])]).toEqual([values[0]! + 0, sorted.at(-1)! + 0])
          }
        }
      }),
      { numRuns: 60 },
    )
  })
})

function unquoted(field: string): string | null {
  if (field === '') return null
  return field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field
}
