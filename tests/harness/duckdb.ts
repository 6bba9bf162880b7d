import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance, type Json } from '@duckdb/node-api'

/** DuckDB as an oracle: another program's answer to the same question. One thread, so that its own order is kept. */
export async function askDuckDb(sql: string): Promise<Record<string, Json>[]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  try {
    const reader = await connection.runAndReadAll(sql)
    return reader.getRowObjectsJson()
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** A file of the package vega-datasets: data from the world. */
export function vegaFile(name: string): string {
  return join(import.meta.dirname, '../../node_modules/vega-datasets/data', name)
}

/** SQL for a file of vega-datasets as a table whose fields are all text, as they are written; only the empty field is null. */
export function vegaTable(name: string): string {
  const path = vegaFile(name)
  if (name.endsWith('.parquet')) return `(SELECT COLUMNS(*)::VARCHAR FROM read_parquet('${path}'))`
  if (name.endsWith('.json')) return `read_json('${path}', format='array', columns={${jsonColumns(path)}})`
  return csvTable(path)
}

/** SQL for a file with a header, all of whose fields are text. */
export function csvTable(path: string, options = ''): string {
  return `read_csv('${path}', header=true, all_varchar=true, allow_quoted_nulls=false${options})`
}

/** Text, whatever they hold: what a number is written like would be lost otherwise. */
function jsonColumns(path: string): string {
  const objects = JSON.parse(readFileSync(path, 'utf8')) as object[]
  const names = new Set(objects.flatMap((object) => Object.keys(object)))
  return [...names].map((name) => `"${name}": 'VARCHAR'`).join(', ')
}
