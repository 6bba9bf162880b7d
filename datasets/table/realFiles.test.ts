import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { rowsOf } from '../testing/rowsKind.ts'

/** Files that people have made, as DuckDB reads them: every field as text. */
const data = join(import.meta.dirname, '../../node_modules/vega-datasets/data')

async function duckRows(path: string): Promise<(string | null)[][]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  const reader = await connection.runAndReadAll(`SELECT * FROM read_csv('${path}', all_varchar = true, header = true)`)
  const rows = reader.getRowsJS() as (string | null)[][]
  connection.closeSync()
  instance.closeSync()
  return rows
}

test.each([
  'airports.csv',
  'birdstrikes.csv',
  'gapminder-health-income.csv',
  'seattle-weather.csv',
  'stocks.csv',
  'us-employment.csv',
  'zipcodes.csv',
  'unemployment.tsv',
])('%s', { timeout: 60_000 }, async (name) => {
  const path = join(data, name)
  const { rows, rejects } = await rowsOf({ files: [readFileSync(path)], cellBytes: 16_384, seed: 7 })
  expect(rejects).toEqual([])
  expect(rows.map((row) => row.fields)).toEqual(await duckRows(path))
})
