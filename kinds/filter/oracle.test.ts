import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { askDuckDb, csvTable, vegaFile, vegaTable } from '../../tests/harness/duckdb.ts'
import { runPlan } from '../../tests/harness/runPlan.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'

/**
 * DuckDB answers the same questions. Its fields are all text here, so that the SQL says where numbers and dates are meant; what a filter
 * keeps stands as it was written.
 */
const kind = { plan, run }
const number = (column: string): string => `CAST("${column}" AS DOUBLE)`

interface Question {
  file: string
  where: string
  sql: string
  /** What to write, where it is not every column: as Gristmill is asked, and as DuckDB is. */
  columns?: [string, string][]
}

const questions: Question[] = [
  {
    file: 'airports.csv',
    where: "latitude > 40 and state != 'NY'",
    sql: `${number('latitude')} > 40 AND state != 'NY'`,
    columns: [
      ['iata', 'iata'],
      ['place = concat(city, name)', 'concat(city, name) AS place'],
    ],
  },
  {
    file: 'birdstrikes.csv',
    where: "isNull(`Speed IAS in knots`) or year(`Flight Date`) = 2000 and `Wildlife Size` = 'Large'",
    sql: `"Speed IAS in knots" IS NULL OR year(CAST("Flight Date" AS DATE)) = 2000 AND "Wildlife Size" = 'Large'`,
  },
  {
    file: 'seattle-weather.csv',
    where: "(month(date) = 6 or month(date) = 7) and weather != 'sun' or temp_max < temp_min",
    sql: `month(CAST(date AS DATE)) IN (6, 7) AND weather != 'sun' OR ${number('temp_max')} < ${number('temp_min')}`,
    columns: [
      ['day = date', 'date AS day'],
      ['rain = precipitation', 'precipitation AS rain'],
      ['kind = upper(weather)', 'upper(weather) AS kind'],
    ],
  },
  {
    file: 'stocks.csv',
    where: "date >= '2008-01-01' and price > 100",
    sql: `strptime(date, '%b %-d %Y') >= DATE '2008-01-01' AND ${number('price')} > 100`,
  },
  {
    file: 'us-employment.csv',
    where: 'nonfarm_change < -500 or construction > manufacturing / 2',
    sql: `${number('nonfarm_change')} < -500 OR ${number('construction')} > ${number('manufacturing')} / 2`,
  },
  {
    file: 'zipcodes.csv',
    where: "like(county, 'San%') or zip_code = '00501'",
    sql: `county LIKE 'San%' OR zip_code = '00501'`,
  },
  { file: 'unemployment.tsv', where: 'rate > 0.15', sql: `${number('rate')} > 0.15` },
  {
    file: 'gapminder.json',
    where: "year = 2000 and (life_expect < 50 or country = 'Japan')",
    sql: `year = '2000' AND (${number('life_expect')} < 50 OR country = 'Japan')`,
  },
  {
    file: 'movies.json',
    where: '`IMDB Rating` > 8 and not isNull(Director)',
    sql: `${number('IMDB Rating')} > 8 AND Director IS NOT NULL`,
  },
  {
    file: 'flights-200k.json',
    where: 'delay > 300 and distance < 1000',
    sql: `${number('delay')} > 300 AND ${number('distance')} < 1000`,
  },
]

test.each(questions)('$file where $where', { timeout: 60_000 }, async ({ file, where, sql, columns }) => {
  const params = { where, ...(columns === undefined ? {} : { columns: columns.map(([asked]) => asked) }) }
  const files = [readFileSync(vegaFile(file))]
  const done = await runPlan({ kind, files, params, cellBytes: 8192, seed: 6 })
  expect(done.rejects).toEqual([])
  const selected = columns?.map(([, expression]) => expression).join(', ') ?? '*'
  const asked = await askDuckDb(`SELECT ${selected} FROM ${vegaTable(file)} WHERE ${sql}`)
  expect(asked.length).toBeGreaterThan(0)
  const folder = mkdtempSync(join(tmpdir(), 'gristmill-filter-'))
  try {
    const path = join(folder, 'filtered.csv')
    writeFileSync(path, done.artifacts.get('filtered.csv')!)
    expect(await askDuckDb(`SELECT * FROM ${csvTable(path)}`)).toEqual(asked)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
