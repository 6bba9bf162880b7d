import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { askDuckDb, csvTable, vegaFile, vegaTable } from '../../tests/harness/duckdb.ts'
import { runPlan } from '../../tests/harness/runPlan.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'

/** DuckDB sorts the same rows by the same columns; equal ones by their places, since Gristmill keeps their order and DuckDB need not. */
const kind = { plan, run }

interface Order {
  by: string
  sql: string
}

const number = (column: string) => `CAST("${column}" AS DOUBLE)`

const questions: { file: string; orders: Order[] }[] = [
  {
    file: 'airports.csv',
    orders: [
      { by: 'state:desc', sql: 'state DESC NULLS LAST' },
      { by: 'latitude', sql: number('latitude') },
    ],
  },
  {
    file: 'birdstrikes.csv',
    orders: [
      { by: 'Speed IAS in knots:desc:nulls-first', sql: `${number('Speed IAS in knots')} DESC NULLS FIRST` },
      { by: 'Flight Date', sql: 'CAST("Flight Date" AS DATE) NULLS LAST' },
    ],
  },
  {
    file: 'seattle-weather.csv',
    orders: [
      { by: 'weather', sql: 'weather' },
      { by: 'wind:desc', sql: `${number('wind')} DESC` },
    ],
  },
  { file: 'stocks.csv', orders: [{ by: 'date:desc', sql: "strptime(date, '%b %-d %Y') DESC" }] },
  { file: 'us-employment.csv', orders: [{ by: 'nonfarm_change', sql: number('nonfarm_change') }] },
  {
    file: 'zipcodes.csv',
    orders: [
      { by: 'county', sql: 'county NULLS LAST' },
      { by: 'zip_code:desc', sql: 'zip_code DESC' },
    ],
  },
  { file: 'unemployment.tsv', orders: [{ by: 'rate:desc', sql: `${number('rate')} DESC` }] },
  {
    file: 'gapminder.json',
    orders: [
      { by: 'year', sql: number('year') },
      { by: 'pop:desc', sql: `${number('pop')} DESC` },
    ],
  },
  {
    file: 'movies.json',
    orders: [
      { by: 'IMDB Rating:desc', sql: `${number('IMDB Rating')} DESC NULLS LAST` },
      { by: 'Title:bytes', sql: 'Title NULLS LAST' },
    ],
  },
  { file: 'flights-200k.json', orders: [{ by: 'delay', sql: number('delay') }] },
]

test.each(questions)('$file by $orders', { timeout: 60_000 }, async ({ file, orders }) => {
  const files = [readFileSync(vegaFile(file))]
  const params = { mode: 'table', by: orders.map(({ by }) => by), bucketBytes: Math.ceil(files[0]!.length / 5) + 1024 }
  const done = await runPlan({ kind, files, params, cellBytes: 8192, seed: 6 })
  expect(done.rejects).toEqual([])
  expect(done.stages['sortBucket']).toBeGreaterThan(1)
  const places = `SELECT *, row_number() OVER () AS place FROM ${vegaTable(file)}`
  const sql = orders.map((order) => order.sql).join(', ')
  const asked = await askDuckDb(`SELECT * EXCLUDE place FROM (${places}) ORDER BY ${sql}, place`)
  const folder = mkdtempSync(join(tmpdir(), 'gristmill-sort-'))
  try {
    const path = join(folder, 'sorted.csv')
    writeFileSync(path, done.artifacts.get('sorted.csv')!)
    expect(await askDuckDb(`SELECT * FROM ${csvTable(path)}`)).toEqual(asked)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
