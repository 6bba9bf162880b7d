import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inspect } from '../inspect.ts'
import { rowsOf } from '../testing/rowsKind.ts'

/** DuckDB writes the files and says as text what is in them. */
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-parquet-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

async function written(query: string, options = ''): Promise<{ path: string; texts: (string | null)[][] }> {
  const path = join(folder, 'table.parquet')
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet${options})`)
  const reader = await connection.runAndReadAll(`SELECT COLUMNS(*)::VARCHAR FROM '${path}'`)
  const texts = reader.getRowsJS() as (string | null)[][]
  connection.closeSync()
  instance.closeSync()
  return { path, texts }
}

const everything = `
  SELECT i AS n, i * 1000000000000 AS big, (i / 7)::DECIMAL(18, 4) AS money, (-i)::DECIMAL(30, 3) AS wide,
    i % 2 = 0 AS even, DATE '1970-01-01' + (i * 13)::INTEGER AS day,
    TIMESTAMP '1969-12-31 23:59:59.5' + to_microseconds(i * 1234567) AS moment,
    CASE WHEN i % 3 = 0 THEN NULL ELSE 'tëxt "' || i || chr(10) || '😀' END AS text, '08123' AS code
  FROM range(5000) AS t(i)`

test.each(['snappy', 'zstd', 'gzip', 'lz4_raw', 'brotli', 'uncompressed'])(
  '%s: values are exactly what DuckDB says',
  async (codec) => {
    const { path, texts } = await written(everything, `, CODEC '${codec}', ROW_GROUP_SIZE 2048`)
    const found = await rowsOf({ files: [readFileSync(path)], seed: 1 })
    expect(found.rows.map((row) => row.fields)).toEqual(texts)
    expect(found.rows.map((row) => row.offset)).toEqual(texts.map((_, index) => index))
    expect(found.stages['scan']).toBe(3)
  },
)

describe('inspect', () => {
  test('columns have the types of the file, and cells are its row groups', async () => {
    const { path, texts } = await written(everything, ', ROW_GROUP_SIZE 2048')
    const reply = await inspect(path)
    if (!reply.ok) throw new Error(reply.message)
    const { input, sample } = reply.inspection
    expect(input.table?.columns).toEqual([
      { name: 'n', type: 'integer' },
      { name: 'big', type: 'integer' },
      { name: 'money', type: 'decimal' },
      { name: 'wide', type: 'decimal' },
      { name: 'even', type: 'boolean' },
      { name: 'day', type: 'date' },
      { name: 'moment', type: 'timestamp' },
      { name: 'text', type: 'text' },
      { name: 'code', type: 'text' },
    ])
    expect(input.cellEnds).toHaveLength(3)
    expect(input.cellEnds?.at(-1)).toBe(input.bytes)
    expect(sample?.estimatedRows).toBe(5000)
    expect(sample?.rows).toEqual(texts.slice(0, 200))
  })

  test('nested columns are named and kept as JSON', async () => {
    const { path } = await written(`SELECT {'a': 1, 'b': [1, 2]} AS deep, 7 AS flat`)
    const reply = await inspect(path)
    expect(reply).toMatchObject({ inspection: { sample: { notes: ['nested columns are kept as JSON: deep'] } } })
    expect((await rowsOf({ files: [readFileSync(path)] })).rows[0]?.fields).toEqual(['{"a":1,"b":[1,2]}', '7'])
  })

  test('a file that was cut off is refused in a line', async () => {
    const { path } = await written(everything)
    const bytes = readFileSync(path)
    await expect(rowsOf({ files: [bytes.subarray(0, bytes.length - 10)] })).rejects.toThrow(
      /cannot read .* as Parquet: /,
    )
  })
})
