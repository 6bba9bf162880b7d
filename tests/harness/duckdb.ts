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
