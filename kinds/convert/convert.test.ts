import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../contract/json.ts'
import { askDuckDb, csvTable, vegaFile, vegaTable } from '../../tests/harness/duckdb.ts'
import { type PlanRequest, runPlan } from '../../tests/harness/runPlan.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'

const kind = { plan, run }
type Rest = Omit<PlanRequest, 'kind' | 'params'>

async function converted(params: Record<string, Json>, rest: Rest) {
  const done = await runPlan({ kind, params, cellBytes: 64, seed: 1, ...rest })
  const [bytes = Buffer.alloc(0)] = [...done.artifacts.values()]
  return { ...done, bytes }
}

/** Calls back with a file of these bytes, which is gone afterwards. */
async function withFile<Result>(bytes: Uint8Array | string, use: (path: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'gristmill-convert-'))
  try {
    const path = join(folder, 'file')
    writeFileSync(path, bytes)
    return await use(path)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const inParquet = (bytes: Uint8Array, sql = 'SELECT * FROM file') =>
  withFile(bytes, (path) => askDuckDb(sql.replace('file', `read_parquet('${path}')`)))

const typesInParquet = async (bytes: Uint8Array) =>
  (await inParquet(bytes, 'DESCRIBE SELECT * FROM file')).map((column) => column['column_type'] as string)

function inSqlite(bytes: Uint8Array, sql = 'SELECT * FROM data'): Promise<unknown[][]> {
  return withFile(bytes, (path) => {
    const database = new Database(path, { readonly: true })
    try {
      const statement = database.prepare(sql).safeIntegers().raw()
      return Promise.resolve(statement.all() as unknown[][])
    } finally {
      database.close()
    }
  })
}

const table = [
  'zip,big,price,ok,day,at,name',
  '08123,9007199254740993,1.50,true,2024-01-31,2024-01-31 13:05:01.123456,"a, b"',
  '99999,-9223372036854775808,2,false,2024-02-29,2024-02-29 00:00:00,""',
  ',,,,,,',
  '1,5,-1e-3,TRUE,0900-12-31,2024-03-01T01:02:03.5,"say ""hi""\n€"',
  '',
].join('\n')
const notation = { delimiter: ',', header: true }

describe('to text', () => {
  test('writes the same values in another format, nulls and empty text told apart', async () => {
    const text = 'a;b\n1;x\n;""\n"2";"a;b\n""c"""\n'
    const csv = await converted({ to: 'csv' }, { files: [text] })
    expect(csv.bytes.toString()).toBe('a,b\n1,x\n,""\n2,"a;b\n""c"""\n')
    expect(csv.result).toEqual({ rows: 3, columns: ['a', 'b'] })
    const tsv = await converted({ to: 'tsv' }, { files: [text] })
    expect(tsv.bytes.toString()).toBe('a\tb\n1\tx\n\t""\n2\t"a;b\n""c"""\n')
    const jsonl = await converted({ to: 'jsonl' }, { files: [text] })
    expect(jsonl.bytes.toString()).toBe('{"a":1,"b":"x"}\n{"a":null,"b":""}\n{"a":2,"b":"a;b\\n\\"c\\""}\n')
  })

  test('keeps integers of any size and codes with zeros in front as they are written', async () => {
    const { bytes } = await converted({ to: 'jsonl' }, { files: ['a,b\n123456789012345678901234567890,08123\n'] })
    expect(bytes.toString()).toBe('{"a":123456789012345678901234567890,"b":"08123"}\n')
  })

  test('compresses', async () => {
    const { artifacts } = await converted({ to: 'csv', compress: 'gzip' }, { files: ['a,b\n1,2\n3,4\n'] })
    expect(gunzipSync(artifacts.get('converted.csv.gz')!).toString()).toBe('a,b\n1,2\n3,4\n')
  })

  test('puts several files one behind the other', async () => {
    const { bytes } = await converted({ to: 'csv' }, { files: ['a,b\n1,2\n', '{"b":"x","c":3}\n{"b":null,"c":4}\n'] })
    expect(bytes.toString()).toBe('a,b,c\n1,2,\n,x,3\n,,4\n')
  })
})

describe('to Parquet', () => {
  test('gives every column the type that all its values have', async () => {
    const { bytes, result } = await converted({ to: 'parquet', ...notation }, { files: [table] })
    expect(result).toMatchObject({ types: ['text', 'integer', 'decimal', 'boolean', 'date', 'timestamp', 'text'] })
    expect(await typesInParquet(bytes)).toEqual([
      'VARCHAR',
      'BIGINT',
      'DOUBLE',
      'BOOLEAN',
      'DATE',
      'TIMESTAMP',
      'VARCHAR',
    ])
    expect((await inParquet(bytes)).map((row) => Object.values(row))).toEqual([
      ['08123', '9007199254740993', 1.5, true, '2024-01-31', '2024-01-31 13:05:01.123456', 'a, b'],
      ['99999', '-9223372036854775808', 2, false, '2024-02-29', '2024-02-29 00:00:00', ''],
      [null, null, null, null, null, null, null],
      ['1', '5', -0.001, true, '0900-12-31', '2024-03-01 01:02:03.5', 'say "hi"\n€'],
    ])
  })

  test('lets one value among thousands make its column text, and loses none', async () => {
    const rows = Array.from({ length: 30_000 }, (_, n) => `${n},${n}`)
    rows[25_000] = '25000,none'
    const text = `a,b\n${rows.join('\n')}\n`
    const { bytes, rejects } = await converted({ to: 'parquet', ...notation }, { files: [text], cellBytes: 4096 })
    expect(rejects).toEqual([])
    expect(await typesInParquet(bytes)).toEqual(['BIGINT', 'VARCHAR'])
    expect(await inParquet(bytes, "SELECT b FROM file WHERE b = 'none' OR a = 29999 ORDER BY a")).toEqual([
      { b: 'none' },
      { b: '29999' },
    ])
  })

  test.each([
    ['integers beyond 64 bits', ['9223372036854775808', '1'], 'VARCHAR', '9223372036854775808'],
    ['integers that no double holds, among decimals', ['9007199254740993', '1.5'], 'VARCHAR', '9007199254740993'],
    ['dates among times', ['2024-01-31', '2024-01-31 10:00'], 'TIMESTAMP', '2024-01-31 00:00:00'],
    ['times with offsets', ['2024-01-31T10:00:00+02:00'], 'TIMESTAMP WITH TIME ZONE', '2024-01-31 08:00:00+00'],
    ['times finer than microseconds', ['2024-01-31 10:00:00.1234567'], 'VARCHAR', '2024-01-31 10:00:00.1234567'],
    ['truth and numbers', ['true', '1'], 'VARCHAR', 'true'],
    ['no day of the calendar', ['2024-02-30'], 'VARCHAR', '2024-02-30'],
  ])('%s', async (_title, values, type, first) => {
    const text = `a,b\n${values.map((value) => `${value},x\n`).join('')}`
    const { bytes } = await converted({ to: 'parquet', ...notation }, { files: [text] })
    expect(await typesInParquet(bytes)).toEqual([type, 'VARCHAR'])
    expect(await inParquet(bytes, 'SELECT a::VARCHAR AS a FROM file LIMIT 1')).toEqual([{ a: first }])
  })

  test('reads numbers and dates in the notation of the table', async () => {
    const text = 'day;amount;n\n31.01.2024;1.234,5;1.000\n01.02.2024;10,25;2\n'
    const { bytes } = await converted({ to: 'parquet' }, { files: [text] })
    expect((await inParquet(bytes)).map((row) => Object.values(row))).toEqual([
      ['2024-01-31', 1234.5, '1000'],
      ['2024-02-01', 10.25, '2'],
    ])
  })

  test('numbers in quotes are text in JSON and numbers in CSV', async () => {
    const json = await converted({ to: 'parquet' }, { files: ['{"a":"1","b":2}\n{"a":"3","b":4}\n'] })
    expect(await typesInParquet(json.bytes)).toEqual(['VARCHAR', 'BIGINT'])
    const csv = await converted({ to: 'parquet' }, { files: ['"a","b"\n"1","2"\n"3","4"\n'] })
    expect(await typesInParquet(csv.bytes)).toEqual(['BIGINT', 'BIGINT'])
  })

  test('sets aside what is no row, once', async () => {
    const done = await converted({ to: 'parquet', ...notation }, { files: ['a,b\n1,2\n3\n4,5\n'] })
    expect(done.rejects).toMatchObject([{ row: 2, raw: '3' }])
    expect(await inParquet(done.bytes)).toHaveLength(2)
  })

  test('a table without rows has its columns', async () => {
    const { bytes, result } = await converted({ to: 'parquet', ...notation }, { files: ['a,b\n'] })
    expect(await typesInParquet(bytes)).toEqual(['VARCHAR', 'VARCHAR'])
    expect(result).toMatchObject({ rows: 0 })
  })
})

describe('large tables', () => {
  test('become row groups by many tasks, which stand in order', { timeout: 120_000 }, async () => {
    const rows = Array.from({ length: 250_000 }, (_, n) => {
      return `${n},${n % 7 === 0 ? '' : n / 8},name ${n % 1000},2024-01-${String((n % 31) + 1).padStart(2, '0')},${'x'.repeat(n % 50)}`
    })
    const text = `n,half,name,day,long\n${rows.join('\n')}\n`
    const files = [text]
    const { bytes, stages } = await converted({ to: 'parquet', ...notation }, { files, cellBytes: 4 * 1024 * 1024 })
    expect(stages['encode']).toBe(Math.ceil(Buffer.byteLength(text) / (8 * 1024 * 1024)))
    const [counted] = await withFile(text, (csv) =>
      inParquet(
        bytes,
        `SELECT count(*)::INT AS rows, count(*) FILTER (p IS NOT DISTINCT FROM c)::INT AS same FROM
          (SELECT row_number() OVER () AS place, * FROM file) p JOIN
          (SELECT row_number() OVER () AS place, * FROM read_csv('${csv}', header=true)) c USING (place)`,
      ),
    )
    expect(counted).toEqual({ rows: 250_000, same: 250_000 })
  })
})

describe('to SQLite', () => {
  test('keeps values, types and order', async () => {
    const { bytes } = await converted({ to: 'sqlite', ...notation }, { files: [table] })
    expect(await inSqlite(bytes)).toEqual([
      ['08123', 9007199254740993n, 1.5, 1n, '2024-01-31', '2024-01-31 13:05:01.123456', 'a, b'],
      ['99999', -9223372036854775808n, 2, 0n, '2024-02-29', '2024-02-29 00:00:00', ''],
      [null, null, null, null, null, null, null],
      ['1', 5n, -0.001, 1n, '0900-12-31', '2024-03-01 01:02:03.5', 'say "hi"\n€'],
    ])
    expect(await inSqlite(bytes, "SELECT type FROM pragma_table_info('data')")).toEqual(
      ['TEXT', 'INTEGER', 'REAL', 'BOOLEAN', 'DATE', 'TIMESTAMP', 'TEXT'].map((type) => [type]),
    )
    expect(await inSqlite(bytes, 'PRAGMA integrity_check')).toEqual([['ok']])
  })

  test('takes names that SQL has a meaning for, and longer texts than a block', async () => {
    const long = 'ä'.repeat(400_000)
    const { bytes } = await converted({ to: 'sqlite', ...notation }, { files: [`select,"a ""b"""\n${long},1\nx,2\n`] })
    expect(await inSqlite(bytes, 'SELECT "select", "a ""b""" FROM data')).toEqual([
      [long, 1n],
      ['x', 2n],
    ])
  })
})

/** DuckDB casts no dates with the names of months: the prices of stocks have them. */
function castTo(type: string | undefined, column: string): string {
  const cast = `TRY_CAST(${column} AS ${type})`
  return type === 'DATE' ? `coalesce(${cast}, TRY_STRPTIME(${column}, '%b %-d %Y')::DATE)` : cast
}

/** As DuckDB's JSON has large integers, and SQLite truth. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  return typeof value === 'boolean' ? String(Number(value)) : value
}

describe('beside DuckDB', () => {
  const files = [
    'airports.csv',
    'birdstrikes.csv',
    'seattle-weather.csv',
    'stocks.csv',
    'us-employment.csv',
    'zipcodes.csv',
    'unemployment.tsv',
    'gapminder.json',
    'movies.json',
    'flights-200k.json',
  ]

  test.each(files)('%s has the same rows in every format', { timeout: 120_000 }, async (name) => {
    const source = vegaTable(name)
    const asked = await askDuckDb(`SELECT * FROM ${source}`)
    const request = { files: [readFileSync(vegaFile(name))], cellBytes: 16_384, seed: 4 }
    const names = Object.keys(asked[0]!)

    const csv = await converted({ to: 'csv' }, request)
    expect(await withFile(csv.bytes, (file) => askDuckDb(`SELECT * FROM ${csvTable(file)}`))).toEqual(asked)

    const parquet = await converted({ to: 'parquet' }, request)
    const types = await typesInParquet(parquet.bytes)
    const cast = names.map((column, at) => `${castTo(types[at], `"${column}"`)} AS "${column}"`).join(', ')
    const typed = await askDuckDb(`SELECT ${cast} FROM ${source}`)
    expect(await inParquet(parquet.bytes)).toEqual(typed)

    const sqlite = await converted({ to: 'sqlite' }, request)
    const values = (await inSqlite(sqlite.bytes)).map((row) => row.map(plain))
    expect(values).toEqual(typed.map((row) => Object.values(row).map(plain)))
  })
})

const value = fc.oneof(
  fc.constantFrom('', '""', 'x', '08', '"a,b"', '"a\nb"', 'true', '2024-02-29', '1.5', '-0.25'),
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map(String),
  fc.integer().map(String),
)

test('the same bytes however the input is cut and in whatever order its parts are done', async () => {
  const rows = fc.array(fc.tuple(value, fc.integer().map(String)), { minLength: 1, maxLength: 60 })
  const to = fc.constantFrom('csv', 'tsv', 'jsonl', 'parquet', 'sqlite')
  await fc.assert(
    fc.asyncProperty(rows, to, fc.nat(), fc.integer({ min: 4, max: 80 }), async (some, format, seed, cellBytes) => {
      const text = `a,b\n${some.map(([a, b]) => `${a},${b}\n`).join('')}`
      const isText = format !== 'parquet' && format !== 'sqlite'
      const params = { to: format, compress: isText && seed % 2 === 1 ? 'gzip' : 'none', ...notation, quote: '"' }
      const whole = await runPlan({ kind, files: [text], params })
      const parted = await runPlan({ kind, files: [text], params, cellBytes, seed, mostCells: 3 })
      expect(parted.result).toEqual(whole.result)
      expect(parted.artifacts).toEqual(whole.artifacts)
    }),
    { numRuns: 60 },
  )
})

test.each(['parquet', 'sqlite'])('what was written as %s is read as what it was made of', async (to) => {
  const lines = [
    'zip,big,price,day,at,name',
    '08123,9007199254740993,1.5,2024-01-31,2024-01-31 13:05:01.123456,"a, b"',
    '99999,-9223372036854775808,-0.001,2024-02-29,1969-12-31 23:59:59,""',
    ',,,,,',
  ]
  const text = `${lines.join('\n')}\n`
  const { bytes } = await converted({ to, ...notation }, { files: [text] })
  const again = await converted({ to: 'csv' }, { files: [bytes] })
  expect(again.bytes.toString()).toBe(text)
})

test.each([
  [{ to: 'parquet', compress: 'gzip' }, 'compress is for csv, tsv and jsonl, and to is parquet'],
  [{ to: 'jsonl', spreadsheetSafe: true }, 'spreadsheetSafe is for csv and tsv, and to is jsonl'],
])('%j is refused before a job exists', async (params, complaint) => {
  await expect(converted(params, { files: [table] })).rejects.toThrow(complaint)
})

test('columns that SQLite takes for one are refused', async () => {
  await expect(converted({ to: 'sqlite' }, { files: ['Name,b,name\n1,2,3\n'] })).rejects.toThrow(
    'SQLite does not tell the columns Name and name apart',
  )
})
