import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Json } from '../contract/json.ts'
import { askDuckDb } from '../tests/harness/duckdb.ts'
import { type PlanRun, runPlan } from '../tests/harness/runPlan.ts'
import { resultSchema as aggregated } from './aggregate/kind.ts'
import { plan as aggregatePlan } from './aggregate/plan.ts'
import { run as aggregateRun } from './aggregate/run.ts'
import { plan as convertPlan } from './convert/plan.ts'
import { run as convertRun } from './convert/run.ts'
import { plan as dedupePlan } from './dedupe/plan.ts'
import { run as dedupeRun } from './dedupe/run.ts'
import { plan as filterPlan } from './filter/plan.ts'
import { run as filterRun } from './filter/run.ts'
import { resultSchema as profiled } from './profile/kind.ts'
import { plan as profilePlan } from './profile/plan.ts'
import { run as profileRun } from './profile/run.ts'
import { plan as sortPlan } from './sort/plan.ts'
import { run as sortRun } from './sort/run.ts'

/**
 * Any table, in any dialect, cut anywhere, done in any order: DuckDB answers the same question about the same file, for every kind. Where
 * Gristmill answers otherwise on purpose is told at the end.
 */
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-generated-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

interface Dialect {
  delimiter: string
  quote: string
  end: string
}

/** Of name, figure and day; null stands for the empty field. */
type Row = [name: string | null, figure: number | null, day: string | null]

interface Case {
  dialect: Dialect
  rows: Row[]
  /** How it is cut. */
  cellBytes: number
  seed: number
}

const text = fc.oneof(
  fc.constantFrom(
    '',
    'a',
    'b',
    'a b',
    'x,y;z\tw|v',
    'over\ntwo',
    "it's",
    'say "hi"',
    '"',
    "''",
    'Ærø',
    '日本',
    '😀',
    '08',
    'NA',
  ),
  fc.string({ maxLength: 5 }).map((each) => each.replaceAll(/[\0\r\\]/g, '')),
)
/** So that a sample shows what each column is. */
const first: Row = ['a', 0.5, '2023-05-05']
const others: fc.Arbitrary<Row[]> = fc.array(
  fc.tuple(
    fc.option(text, { freq: 6 }),
    fc.option(
      fc.integer({ min: -4000, max: 4000 }).map((each) => each / 8),
      { freq: 6 },
    ),
    fc.option(
      fc.integer({ min: 0, max: 900 }).map((day) => new Date(Date.UTC(2023, 0, 1 + day)).toISOString().slice(0, 10)),
      { freq: 6 },
    ),
  ),
  { maxLength: 60 },
)
const cases: fc.Arbitrary<Case> = fc.record({
  dialect: fc.record({
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    quote: fc.constantFrom('"', "'"),
    end: fc.constantFrom('\n', '\r\n'),
  }),
  rows: others.map((rows) => [first, ...rows]),
  cellBytes: fc.integer({ min: 3, max: 200 }),
  seed: fc.nat(),
})

function fileOf({ dialect: { delimiter, quote, end }, rows: all }: Case): string {
  const field = (value: Row[number]): string => {
    if (value === null) return ''
    if (typeof value === 'number') return String(value)
    // Every text stands in quotes, so that DuckDB takes none for a null, a comment or a blank.
    return /^\d{4}-/.test(value) ? value : quote + value.replaceAll(quote, quote + quote) + quote
  }
  const lines = all.map((row) => row.map(field).join(delimiter))
  return [`name${delimiter}figure${delimiter}day`, ...lines, ''].join(end)
}

type Kind = Parameters<typeof runPlan>[0]['kind']

/** Both are asked; gives what Gristmill did, and a way to ask DuckDB about the file. */
async function ask(kind: Kind, given: Case, params: Record<string, Json>) {
  const { cellBytes, seed, dialect } = given
  const { delimiter, quote } = dialect
  const file = fileOf(given)
  const path = join(folder, 'table.csv')
  writeFileSync(path, file)
  const reading = { delimiter, quote, header: true }
  const done = await runPlan({ kind, files: [file], params: { ...reading, ...params }, cellBytes, seed, mostCells: 4 })
  expect(done.rejects).toEqual([])
  const table = `(SELECT *, row_number() OVER () AS place FROM ${typedCsv(path, dialect)})`
  return { done, duck: async (sql: string) => valuesOf(await askDuckDb(sql.replaceAll('{table}', table))) }
}

/** SQL for the rows of an artifact. Figures and days are read as what they are, whatever they are written like. */
async function artifactOf({ artifacts }: PlanRun, name: string, given: { columns: string; dialect?: Dialect }) {
  const path = join(folder, name)
  writeFileSync(path, artifacts.get(name)!)
  const csv = () => typedCsv(path, given.dialect ?? { delimiter: ',', quote: '"', end: '\n' })
  const table = name.endsWith('.parquet') ? `read_parquet('${path}')` : csv()
  return valuesOf(await askDuckDb(`SELECT ${given.columns} FROM ${table}`))
}

function typedCsv(path: string, { delimiter, quote }: Dialect): string {
  const mark = quote === "'" ? "''" : quote
  const dialect = `auto_detect=false, delim='${delimiter}', quote='${mark}', escape='${mark}', header=true`
  const columns = `columns={'name': 'VARCHAR', 'figure': 'DOUBLE', 'day': 'DATE'}`
  return `read_csv('${path}', ${dialect}, allow_quoted_nulls=false, ${columns})`
}

const valuesOf = (found: Record<string, unknown>[]): unknown[][] => found.map((row) => Object.values(row))

const all = 'name, figure, day'
const numRuns = 25
const timeout = 60_000

describe('beside DuckDB, on any table,', () => {
  test('profile finds the same', { timeout }, async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        const { done, duck } = await ask({ plan: profilePlan, run: profileRun }, given, {})
        const { columns } = profiled.parse(done.result)
        for (const [at, name] of ['name', 'figure', 'day'].entries()) {
          const told = columns[at]!
          const asked = await duck(
            `SELECT count(*)::INT, (count(*) - count(${name}))::INT, count(DISTINCT ${name})::INT FROM {table}`,
          )
          expect([told.rows, told.nulls, told.distinct]).toEqual(asked[0])
        }
        const [figures] = await duck('SELECT min(figure), max(figure), sum(figure), median(figure) FROM {table}')
        const { min, max, sum, quantiles } = columns[1]!
        const median = quantiles.find(({ q }) => q === 0.5)?.value ?? null
        expect([min, max, sum, median]).toEqual(figures)
      }),
      { numRuns },
    )
  })

  test('aggregate forms the same groups', { timeout }, async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        const measures = ['count', 'count(figure)', 'sum(figure)', 'median(figure)', 'countDistinct(day)', 'max(day)']
        const kind = { plan: aggregatePlan, run: aggregateRun }
        const { done, duck } = await ask(kind, given, { by: ['name'], measures, memoryBytes: 1024 })
        const asked = await duck(`SELECT name, count(*)::INT, count(figure)::INT, sum(figure), median(figure),
          count(DISTINCT day)::INT, max(day)::VARCHAR FROM {table} GROUP BY name ORDER BY name NULLS LAST`)
        expect(aggregated.parse(done.result).rows).toEqual(asked)
      }),
      { numRuns },
    )
  })

  test('filter keeps the same rows', { timeout }, async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        const where = "figure > 0 and day < '2024-06-01' or isNull(name)"
        const { done, duck } = await ask({ plan: filterPlan, run: filterRun }, given, { where })
        const asked = await duck(
          `SELECT ${all} FROM {table} WHERE figure > 0 AND day < DATE '2024-06-01' OR name IS NULL ORDER BY place`,
        )
        expect(await artifactOf(done, 'filtered.csv', { columns: all })).toEqual(asked)
      }),
      { numRuns },
    )
  })

  test.each(['csv', 'parquet'])('convert to %s writes the same rows', { timeout }, async (to) => {
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        const { done, duck } = await ask({ plan: convertPlan, run: convertRun }, given, { to })
        // A column without values has no type of its own, and one of dates alone that is called name is one of dates.
        const columns = 'name::VARCHAR, figure::DOUBLE, day::DATE'
        expect(await artifactOf(done, `converted.${to}`, { columns })).toEqual(
          await duck(`SELECT ${columns} FROM {table} ORDER BY place`),
        )
      }),
      { numRuns },
    )
  })

  test('sort puts rows in the same order', { timeout }, async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.boolean(), async (given, descending) => {
        const by = [descending ? 'figure:numeric:desc' : 'figure:numeric', 'name:bytes']
        const kind = { plan: sortPlan, run: sortRun }
        const { done, duck } = await ask(kind, given, { mode: 'table', by, bucketBytes: 1024 })
        const order = `figure ${descending ? 'DESC' : 'ASC'} NULLS LAST, name NULLS LAST, place`
        // The delimiter is that of the input.
        const dialect = { ...given.dialect, quote: '"' }
        expect(await artifactOf(done, 'sorted.csv', { columns: all, dialect })).toEqual(
          await duck(`SELECT ${all} FROM {table} ORDER BY ${order}`),
        )
      }),
      { numRuns },
    )
  })

  test('dedupe keeps the same rows', { timeout }, async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.constantFrom('first', 'last'), async (given, keep) => {
        const kind = { plan: dedupePlan, run: dedupeRun }
        const { done, duck } = await ask(kind, given, { by: ['name', 'day'], keep, bucketBytes: 1024 })
        const order = keep === 'first' ? 'place' : 'place DESC'
        const one = `row_number() OVER (PARTITION BY name, day ORDER BY ${order}) = 1`
        expect(await artifactOf(done, 'unique.csv', { columns: all })).toEqual(
          await duck(`SELECT ${all} FROM {table} QUALIFY ${one} ORDER BY place`),
        )
      }),
      { numRuns },
    )
  })
})

describe('otherwise than DuckDB, on purpose:', () => {
  const written = (content: string) => {
    const path = join(folder, 'other.csv')
    writeFileSync(path, content)
    return {
      content,
      duck: (sql: string, options = '') =>
        askDuckDb(sql.replace('{table}', `read_csv('${path}', header=true${options})`)),
    }
  }
  const reading = { header: true, delimiter: ',' }
  const aggregate = { plan: aggregatePlan, run: aggregateRun }
  const convert = { plan: convertPlan, run: convertRun }

  test('empty text in quotes is no null, because whoever wrote the quotes told them apart', async () => {
    const { content, duck } = written('a,b\n"",1\n,2\n')
    const { artifacts } = await runPlan({ kind: convert, files: [content], params: { ...reading, to: 'jsonl' } })
    expect(String(artifacts.get('converted.jsonl'))).toBe('{"a":"","b":1}\n{"a":null,"b":2}\n')
    expect((await duck('SELECT a FROM {table}')).map(({ a }) => a)).toEqual([null, null])
  })

  test('a row of another length costs itself and not the file, and is told with its place', async () => {
    const { content, duck } = written('a,b\n1,2\n3\n4,5\n')
    const { rejects, result } = await runPlan({ kind: convert, files: [content], params: { ...reading, to: 'csv' } })
    expect(result).toMatchObject({ rows: 2 })
    expect(rejects).toMatchObject([{ row: 2, offset: 8, reason: '1 field instead of 2' }])
    await expect(duck('SELECT * FROM {table}', ", delim=','")).rejects.toThrow('sniffing')
  })

  test('a quote that is never closed costs its line and not the file', async () => {
    const { content, duck } = written('a,b\n1,2\n3,"x\n4,5\n6,7\n')
    const { rejects, result } = await runPlan({ kind: convert, files: [content], params: { ...reading, to: 'csv' } })
    expect(result).toMatchObject({ rows: 3 })
    expect(rejects).toMatchObject([{ row: 2, offset: 8, reason: 'a quote is opened and never closed' }])
    await expect(duck('SELECT * FROM {table}', `, delim=',', quote='"'`)).rejects.toThrow('sniffing')
  })

  test('an integer that no double holds stays as it is written among decimals, so that a code loses no digit', async () => {
    const { content, duck } = written('n,x\n9007199254740993,a\n1.5,b\n')
    const { artifacts, result } = await runPlan({
      kind: convert,
      files: [content],
      params: { ...reading, to: 'parquet' },
    })
    expect(result).toMatchObject({ types: ['text', 'text'] })
    const path = join(folder, 'other.parquet')
    writeFileSync(path, artifacts.get('converted.parquet')!)
    expect(await askDuckDb(`SELECT n FROM read_parquet('${path}')`)).toEqual([{ n: '9007199254740993' }, { n: '1.5' }])
    expect(await duck('SELECT n FROM {table}')).toEqual([{ n: 9007199254740992 }, { n: 1.5 }])
  })

  test('a sum is exact and rounded once, so that it does not depend on the order of its numbers', async () => {
    const { content, duck } = written('x,y\n1e16,a\n1,a\n-1e16,a\n0.1,a\n')
    const params = { ...reading, measures: ['sum(x)'] }
    const { result } = await runPlan({ kind: aggregate, files: [content], params })
    expect(aggregated.parse(result).rows).toEqual([[1.1]])
    expect(await duck('SELECT sum(x) AS sum FROM {table}')).toEqual([{ sum: 0.1 }])
  })

  test('the first value is none that is null, as no measure counts nulls', async () => {
    const { content, duck } = written('k,x\na,\na,7\n')
    const { result } = await runPlan({
      kind: aggregate,
      files: [content],
      params: { ...reading, measures: ['first(x)'] },
    })
    expect(aggregated.parse(result).rows).toEqual([[7]])
    expect(await duck('SELECT first(x) AS first FROM {table}')).toEqual([{ first: null }])
  })
})
