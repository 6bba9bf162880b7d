import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../contract/json.ts'
import { askDuckDb, csvTable, vegaFile, vegaTable } from '../../tests/harness/duckdb.ts'
import { type PlanRequest, runPlan } from '../../tests/harness/runPlan.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'

const kind = { plan, run }
type Rest = Omit<PlanRequest, 'kind' | 'params'>

async function deduped(params: Record<string, Json>, rest: Rest) {
  const done = await runPlan({ kind, params, cellBytes: 64, seed: 1, ...rest })
  const text = (name: string) => done.artifacts.get(name)?.toString()
  return { ...done, unique: text('unique.csv') ?? text('unique.txt'), duplicates: text('duplicates.csv') }
}

const table = 'id,name,n\n1,ann,5\n2,bob,6\n1,ann,5\n3,"ann",5\n2,bob,7\n1,"ann",5\n'

test.each([
  ['a table has rows', {}, table, 'rows'],
  ['text without columns has lines', {}, 'b\na\nb\n', 'lines'],
  ['one column that is named has rows', { by: ['column_1'] }, 'b\na\nb\n', 'rows'],
  ['what is said to have a header has rows', { header: true }, 'b\na\nb\n', 'rows'],
  ['whoever says lines gets lines', { mode: 'lines' }, table, 'lines'],
])('%s', async (_name, params, text, mode) => {
  const done = await deduped(params, { files: [text] })
  expect([...done.artifacts.keys()]).toContain(mode === 'rows' ? 'unique.csv' : 'unique.txt')
})

describe('rows', () => {
  test('alike in all columns stay once, in input order, and are listed with their counts', async () => {
    const done = await deduped({}, { files: [table] })
    expect(done.unique).toBe('id,name,n\n1,ann,5\n2,bob,6\n3,ann,5\n2,bob,7\n')
    expect(done.duplicates).toBe('id,name,n,count\n1,ann,5,3\n')
    expect(done.result).toEqual({ rows: 6, kept: 4, duplicates: 2, keys: 1 })
  })

  test('alike in the key columns stay once, the first or the last', async () => {
    const first = await deduped({ by: ['name'] }, { files: [table] })
    expect(first.unique).toBe('id,name,n\n1,ann,5\n2,bob,6\n')
    expect(first.duplicates).toBe('name,count\nann,4\nbob,2\n')
    const last = await deduped({ by: ['name'], keep: 'last' }, { files: [table] })
    expect(last.unique).toBe('id,name,n\n2,bob,7\n1,ann,5\n')
    expect(last.duplicates).toBe('name,count\nbob,2\nann,4\n')
  })

  test('are alike by value: quotes do not matter, null is null and not empty text, 1 is not 1.0', async () => {
    const text = 'a,b\nx,\n"x",\nx,""\n"say ""hi""",1\n"say ""hi""",1.0\n,\n,\n'
    const done = await deduped({ delimiter: ',', header: true }, { files: [text] })
    expect(done.unique).toBe('a,b\nx,\nx,""\n"say ""hi""",1\n"say ""hi""",1.0\n,\n')
    expect(done.result).toMatchObject({ rows: 7, kept: 5, keys: 2 })
  })

  test('of several files are rows of one table', async () => {
    const done = await deduped({ by: ['a'] }, { files: ['a,b\n1,x\n2,y\n', 'c;a\nz;2\nw;3\n'] })
    expect(done.unique).toBe('a,b,c\n1,x,\n2,y,\n3,,w\n')
  })

  test('that are no rows are set aside once', async () => {
    const lines = Array.from({ length: 200 }, (_, n) => `${n % 50},${n % 10}`)
    lines[120] = 'one'
    const done = await deduped({ delimiter: ',', header: true }, { files: [`a,b\n${lines.join('\n')}\n`] })
    expect(done.rejects).toMatchObject([{ row: 121, reason: '1 field instead of 2', raw: 'one' }])
    expect(done.result).toEqual({ rows: 199, kept: 50, duplicates: 149, keys: 50 })
  })

  test('of JSON lines become rows of CSV', async () => {
    const done = await deduped({ by: ['a'] }, { files: ['{"a":1,"b":"x"}\n{"a":1,"b":"y"}\n{"b":"z"}\n'] })
    expect(done.unique).toBe('a,b\n1,x\n,z\n')
  })

  test('listed under a name that a key has already get another', async () => {
    const done = await deduped({ by: ['count'] }, { files: ['count,b\n1,x\n1,y\n'] })
    expect(done.duplicates).toBe('count,count_2\n1,2\n')
  })

  test('have no formulas where a spreadsheet must be safe', async () => {
    const done = await deduped({ spreadsheetSafe: true }, { files: ['a,b\n=cmd(),x\n=cmd(),x\n'] })
    expect([done.unique, done.duplicates]).toEqual(["a,b\n'=cmd(),x\n", "a,b,count\n'=cmd(),x,2\n"])
  })
})

describe('lines', () => {
  test('stay once, as they stand', async () => {
    const done = await deduped({ mode: 'lines' }, { files: ['b\na\nb\n"a"\n\n\nA\nb'] })
    expect(done.unique).toBe('b\na\n"a"\n\nA\n')
    expect(done.duplicates).toBe('line,count\nb,3\n"",2\n')
  })

  // awk and sort take the carriage return for a part of the line: with them the last line, which has none, would stay.
  test('keep their ends, which do not tell them apart', async () => {
    const done = await deduped({ mode: 'lines' }, { files: ['a\r\nb\r\nb\na'] })
    expect(done.unique).toBe('a\r\nb\r\n')
  })

  test('are those of awk', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gristmill-dedupe-'))
    try {
      const line = fc.constantFrom('', 'a', 'aa', 'b', '"b"', 'ä', 'a b', '\t', '0', '00')
      await fc.assert(
        fc.asyncProperty(fc.array(line, { maxLength: 80 }), fc.nat(), async (lines, seed) => {
          const path = join(folder, 'lines')
          const text = lines.map((each) => `${each}\n`).join('')
          writeFileSync(path, text)
          const oracle = execFileSync('awk', ['{ key = $0 "" } !(key in seen) { seen[key] = 1; print }', path])
          const done = await deduped({ mode: 'lines', bucketBytes: 1024 }, { files: [text], cellBytes: 5, seed })
          expect(done.artifacts.get('unique.txt')).toEqual(oracle)
        }),
        { numRuns: 40 },
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('beside DuckDB', () => {
  test.each([
    ['stocks.csv', ['symbol']],
    ['birdstrikes.csv', ['Aircraft Make Model', 'Speed IAS in knots']],
    ['airports.csv', ['state', 'country']],
    ['zipcodes.csv', ['county', 'state']],
    ['seattle-weather.csv', ['weather', 'temp_max']],
    ['us-employment.csv', ['construction']],
    ['unemployment.tsv', ['rate']],
    ['gapminder.json', ['country']],
    ['movies.json', ['Distributor', 'MPAA Rating']],
    ['flights-200k.json', ['delay', 'distance']],
  ])('%s has the same keys as often, and keeps the first of each', { timeout: 60_000 }, async (name, by) => {
    const params = { by, bucketBytes: 32 * 1024 }
    const done = await deduped(params, { files: [readFileSync(vegaFile(name))], cellBytes: 4096, seed: 5 })
    const folder = mkdtempSync(join(tmpdir(), 'gristmill-dedupe-'))
    try {
      const files = { unique: join(folder, 'unique.csv'), duplicates: join(folder, 'duplicates.csv') }
      writeFileSync(files.unique, done.unique!)
      writeFileSync(files.duplicates, done.duplicates!)
      const numbered = `SELECT row_number() OVER () AS place, * FROM ${vegaTable(name)}`
      const keys = by.map((column) => `"${column}"`).join(', ')
      const firsts = `SELECT * EXCLUDE place FROM (SELECT DISTINCT ON (${keys}) * FROM (${numbered}) ORDER BY place) ORDER BY place`
      expect(await askDuckDb(`SELECT * FROM ${csvTable(files.unique)}`)).toEqual(await askDuckDb(firsts))
      const counts = `SELECT ${keys}, count(*)::VARCHAR AS count FROM (${numbered}) GROUP BY ${keys} HAVING count(*) > 1 ORDER BY min(place)`
      expect(await askDuckDb(`SELECT * FROM ${csvTable(files.duplicates)}`)).toEqual(await askDuckDb(counts))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

test('the same bytes however the input is cut, also when keys do not fit into memory', async () => {
  const field = fc.oneof(
    fc.constantFrom('', '""', '1', 'x', '"x"', '"a,b"', '"a\nb"', '"q""q"'),
    fc.nat(40).map(String),
  )
  const rows = fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 150 })
  const choices = fc.record({
    by: fc.constantFrom<string[]>([], ['b'], ['b', 'a']),
    keep: fc.constantFrom('first', 'last'),
  })
  await fc.assert(
    fc.asyncProperty(rows, choices, fc.nat(), async (some, choice, seed) => {
      const text = `a,b\n${some.map(([a, b]) => `${a},${b}\n`).join('')}`
      const params = { ...choice, header: true, delimiter: ',', quote: '"' }
      const whole = await runPlan({ kind, files: [text], params })
      for (const cellBytes of [7, 64]) {
        const parted = await runPlan({
          kind,
          files: [text],
          params: { ...params, bucketBytes: 1024 },
          cellBytes,
          seed,
          mostCells: 4,
        })
        expect(parted.artifacts).toEqual(whole.artifacts)
        expect(parted.result).toEqual(whole.result)
      }
    }),
    { numRuns: 40 },
  )
})

test.each([
  [{ by: ['nothing'] }, 'by names nothing, and the columns are id, name, n'],
  [{ by: ['id', 'id'] }, 'by names id twice'],
  [{ mode: 'lines', by: ['id'] }, 'by names columns, and mode lines has none'],
])('%j is refused before a job exists', async (params, complaint) => {
  await expect(deduped(params, { files: [table] })).rejects.toThrow(complaint)
})
