import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Json } from '../../contract/json.ts'
import { askDuckDb } from '../../tests/harness/duckdb.ts'
import { type PlanRequest, runPlan } from '../../tests/harness/runPlan.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'

const kind = { plan, run }
const notation = { delimiter: ',', header: true, quote: '"' }

async function partitioned(params: Record<string, Json>, rest: Omit<PlanRequest, 'kind' | 'params'>) {
  const done = await runPlan({ kind, params: { ...notation, ...params }, cellBytes: 64, seed: 1, ...rest })
  return { ...done, texts: Object.fromEntries([...done.artifacts].map(([name, bytes]) => [name, bytes.toString()])) }
}

/** The artifacts as files, gone when the test is done. */
function onDisk(artifacts: ReadonlyMap<string, Uint8Array>): string {
  const folder = mkdtempSync(join(tmpdir(), 'gristmill-partition-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  for (const [name, bytes] of artifacts) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), bytes)
  }
  return join(folder, 'converted')
}

const table = 'city,n,name\nBonn,1,a\nUlm,02,b\n,3,"c,d"\nBonn,4,\nUlm,5,""\n"",6,x\n'

describe('a folder for each value', () => {
  test('has the rows of that value in input order, without the column', async () => {
    const done = await partitioned({ to: 'csv', partitionBy: 'city' }, { files: [table] })
    expect(done.texts).toEqual({
      'converted/city=Bonn/part.csv': 'n,name\n1,a\n4,\n',
      'converted/city=Ulm/part.csv': 'n,name\n02,b\n5,""\n',
      'converted/city=__HIVE_DEFAULT_PARTITION__/part.csv': 'n,name\n3,"c,d"\n6,x\n',
    })
    expect(done.result).toEqual({ rows: 6, partitions: 3, columns: ['city', 'n', 'name'] })
  })

  test('has them as TSV, JSON lines or compressed as well', async () => {
    const tsv = await partitioned({ to: 'tsv', partitionBy: 'name', spreadsheetSafe: true }, { files: [table] })
    expect(tsv.texts['converted/name=c%2Cd/part.tsv']).toBe('city\tn\n\t3\n')
    const jsonl = await partitioned({ to: 'jsonl', partitionBy: 'city' }, { files: ['city,n\nB,1\nB,2\n'] })
    expect(jsonl.texts).toEqual({ 'converted/city=B/part.jsonl': '{"n":1}\n{"n":2}\n' })
    const rows = Array.from({ length: 400_000 }, (_, n) => `B,${n}\n`).join('')
    const files = [`city,n\n${rows}`]
    const gzip = await partitioned({ to: 'csv', compress: 'gzip', partitionBy: 'city' }, { files, cellBytes: 65_536 })
    const [[name, bytes] = ['', Buffer.alloc(0)]] = gzip.artifacts
    expect(name).toBe('converted/city=B/part.csv.gz')
    expect(gunzipSync(bytes).toString()).toBe(`n\n${rows.replaceAll('B,', '')}`)
  })

  test('keeps apart what some file systems do not', async () => {
    const values = ['a', 'A', '..', '/', 'x/../y', 'nul', 'é', 'É', 'e.', '__HIVE_DEFAULT_PARTITION__']
    const text = `v,n\n${values.map((value, n) => `${value},${n}\n`).join('')}`
    const done = await partitioned({ to: 'csv', partitionBy: 'v' }, { files: [text] })
    expect(Object.keys(done.texts).map((name) => name.split('/')[1])).toEqual(
      [
        'v=..',
        'v=%2F',
        'v=%41',
        'v=%5F_HIVE_DEFAULT_PARTITION__',
        'v=a',
        'v=e%2E',
        'v=nul',
        'v=x%2F..%2Fy',
        'v=%C3%89',
        'v=%C3%A9',
      ].map((name) => name.replace(/\.$/, '%2E')),
    )
  })

  test('sets rows aside whose value no folder can be named by', async () => {
    const text = `v,n\n${'x'.repeat(300)},1\ny,2\n`
    const done = await partitioned({ to: 'csv', partitionBy: 'v' }, { files: [text] })
    expect(done.rejects).toMatchObject([{ row: 1, reason: 'its v is too long for the name of a folder' }])
    expect(done.texts).toEqual({ 'converted/v=y/part.csv': 'n\n2\n' })
  })
})

describe('read back', () => {
  const rows = Array.from({ length: 3000 }, (_, n) => [
    ['Bonn', 'São Paulo', '08', 'a/b=c', ''][n % 5]!,
    String(n),
    String(n / 8),
    `0${n % 9}`,
    `2024-01-${String((n % 31) + 1).padStart(2, '0')}`,
  ])
  const text = `place,n,eighth,code,day\n${rows.map((row) => `${row.join(',')}\n`).join('')}`
  const request = { files: [text], cellBytes: 4096 }

  test.each(['csv', 'parquet'])('by DuckDB from %s, the same rows as before', async (to) => {
    const { artifacts, result } = await partitioned({ to, partitionBy: 'place' }, request)
    expect(result).toMatchObject({ rows: 3000, partitions: 5 })
    const source = `'${onDisk(artifacts)}/*/*.${to}', hive_partitioning = true, hive_types_autocast = false`
    const read = to === 'csv' ? `read_csv(${source}, header = true, all_varchar = true)` : `read_parquet(${source})`
    const columns = 'place, n::VARCHAR AS n, eighth::DOUBLE::VARCHAR AS eighth, code, day::VARCHAR AS day'
    const back = await askDuckDb(`SELECT ${columns} FROM ${read} ORDER BY n::INT`)
    const expected = rows.map(([place, n, eighth, code, day]) => {
      const decimal = eighth?.includes('.') === true ? eighth : `${eighth}.0`
      return { place: place === '' ? null : place, n, eighth: decimal, code, day }
    })
    expect(back).toEqual(expected)
  })

  test('by DuckDB, each file keeps the order', async () => {
    const { artifacts } = await partitioned({ to: 'parquet', partitionBy: 'place' }, request)
    const folder = onDisk(artifacts)
    const [asked] = await askDuckDb(
      `SELECT count(*)::INT AS wrong FROM (SELECT n, lag(n) OVER () AS before FROM '${folder}/place=Bonn/part.parquet') WHERE n <= before`,
    )
    expect(asked).toEqual({ wrong: 0 })
  })
})

test('the same bytes however the input is cut and in whatever order its parts are done', async () => {
  const value = fc.oneof(fc.constantFrom('', '""', 'a', 'A', 'b', '"x/y"', '"a\nb"', '..'), fc.nat(99).map(String))
  const table = fc.array(fc.tuple(value, fc.integer().map(String)), { minLength: 1, maxLength: 60 })
  const to = fc.constantFrom('csv', 'tsv', 'jsonl', 'parquet')
  const compress = fc.constantFrom('none', 'gzip', 'zstd')
  await fc.assert(
    fc.asyncProperty(table, to, compress, fc.nat(), async (some, format, wanted, seed) => {
      const files = [`a,b\n${some.map(([a, b]) => `${a},${b}\n`).join('')}`]
      const params = { to: format, compress: format === 'parquet' ? 'none' : wanted, ...notation, partitionBy: 'a' }
      const whole = await runPlan({ kind, files, params })
      const parted = await runPlan({ kind, files, params, cellBytes: 4 + (seed % 60), seed, mostCells: 3 })
      expect(parted.result).toEqual(whole.result)
      expect(parted.artifacts).toEqual(whole.artifacts)
    }),
    { numRuns: 40 },
  )
})

test('a folder larger than what is gathered in memory has all its rows in order', { timeout: 120_000 }, async () => {
  const rows = Array.from({ length: 300_000 }, (_, n) => `${n % 10 === 0 ? 'small' : 'large'},${n},${'x'.repeat(70)}\n`)
  const { texts } = await partitioned(
    { to: 'csv', partitionBy: 'v' },
    { files: [`v,n,x\n${rows.join('')}`], cellBytes: 1024 * 1024 },
  )
  const expected = (v: string) =>
    `n,x\n${rows
      .filter((row) => row.startsWith(v))
      .join('')
      .replaceAll(`${v},`, '')}`
  expect(texts['converted/v=large/part.csv'] === expected('large')).toBe(true)
  expect(texts['converted/v=small/part.csv'] === expected('small')).toBe(true)
})

describe('is refused in one line', () => {
  test.each([
    [{ to: 'csv', partitionBy: 'x' }, 'partitionBy names x, and the columns are city, n, name'],
    [{ to: 'sqlite', partitionBy: 'n' }, 'partitionBy is for csv, tsv, jsonl and parquet, and to is sqlite'],
  ])('%j', async (params, complaint) => {
    await expect(partitioned(params, { files: [table] })).rejects.toThrow(complaint)
  })

  test('what would become too many folders', async () => {
    const complaint = 'cannot partition by n: it has more than 3 different values, and each becomes a folder; choose'
    await expect(partitioned({ to: 'csv', partitionBy: 'n', mostPartitions: 3 }, { files: [table] })).rejects.toThrow(
      complaint,
    )
  })

  test('a table with no column left', async () => {
    await expect(partitioned({ to: 'csv', partitionBy: 'n' }, { files: ['n\n1\n2\n'] })).rejects.toThrow(
      'there is no other column to write',
    )
  })
})
