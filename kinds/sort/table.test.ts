import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../contract/json.ts'
import { type PlanRequest, runPlan } from '../../tests/harness/runPlan.ts'
import { readSortColumn } from './by.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'

const small = { bucketBytes: 1024 }

async function sortTable(text: string, params: Record<string, Json>, seed?: number) {
  const request: PlanRequest = { kind: { plan, run }, params: { ...small, ...params }, files: [text], cellBytes: 512 }
  const done = await runPlan({ ...request, ...(seed === undefined ? {} : { seed }) })
  return { ...done, text: done.artifacts.get('sorted.csv')!.toString() }
}

interface Row {
  id: number
  /** Null where there is none; what is no number stands as it is. */
  figure: string | null
  name: string
}

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
const lineOf = ({ id, figure, name }: Row) => `${id},${figure ?? ''},${quoted(name)}\n`
const csv = (rows: readonly Row[]) => `id,figure,name\n${rows.map(lineOf).join('')}`

const name = fc.oneof(
  fc.constantFrom(
    'plain',
    'with, comma',
    'with "quotes"',
    'over\ntwo lines',
    'Zürich',
    'zurich',
    'zebra',
    'Ähre',
    'ab',
    'abc',
  ),
  fc.stringMatching(/^[a-e]{1,4}$/),
)
const figure = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: -40, max: 40 }).map((each) => `${each / 4}`) },
  fc.constantFrom(null, 'n/a', '1e2', '12345678901234567890', '12345678901234567891'),
)
const rowsOf = fc
  .array(fc.record({ figure, name }), { minLength: 1, maxLength: 300 })
  .map((rows) => rows.map((row, id) => ({ id, ...row })))

const isNumber = (text: string) => /^-?[\d.]+(?:e\d+)?$/.test(text)

/** Numbers by value, then what is none by its bytes, then nulls: in descending order too. */
function compareFigures(one: string | null, other: string | null, sign: number): number {
  const rank = (text: string | null) => (text === null ? 2 : isNumber(text) ? 0 : 1)
  if (rank(one) !== rank(other) || one === null || other === null) return rank(one) - rank(other)
  const difference = Number(one) - Number(other)
  if (isNumber(one)) return sign * (difference === 0 && one.length > 15 ? compareBytes(one, other) : difference)
  return sign * compareBytes(one, other)
}

const compareBytes = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other))
const collator = new Intl.Collator('de')

const orders: { by: string[]; compare: (one: Row, other: Row) => number }[] = [
  { by: ['figure:numeric'], compare: (one, other) => compareFigures(one.figure, other.figure, 1) },
  { by: ['figure:numeric:desc'], compare: (one, other) => compareFigures(one.figure, other.figure, -1) },
  {
    by: ['name:bytes:desc', 'figure:numeric'],
    compare: (one, other) => compareBytes(other.name, one.name) || compareFigures(one.figure, other.figure, 1),
  },
  {
    by: ['name:locale', 'figure:desc:numeric'],
    compare: (one, other) => collator.compare(one.name, other.name) || compareFigures(one.figure, other.figure, -1),
  },
  { by: ['name:desc:locale'], compare: (one, other) => collator.compare(other.name, one.name) },
]

describe('rows of a table', () => {
  test('are in the order of their columns, equal ones as they came, whatever the splits, by both plans', async () => {
    const property = fc.asyncProperty(
      rowsOf,
      fc.constantFrom(...orders),
      fc.nat(1000),
      async (rows, { by, compare }, seed) => {
        const expected = csv(rows.toSorted(compare))
        for (const each of ['shuffle', 'recursive'])
          expect((await sortTable(csv(rows), { by, locale: 'de', plan: each }, seed)).text).toBe(expected)
      },
    )
    await fc.assert(property, { numRuns: 60 })
  }, 60_000)

  test('have their types from the sample unless they are told, and dates are instants', async () => {
    const text = 'day,count\n2024-10-01,10\n2023-12-31,9\n2024-02-29,100\n'
    expect((await sortTable(text, { by: ['count'] })).text).toBe(
      'day,count\n2023-12-31,9\n2024-10-01,10\n2024-02-29,100\n',
    )
    expect((await sortTable(text, { by: ['count:bytes'] })).text.split('\n')[1]).toBe('2024-10-01,10')
    const days = 'day,n\n1.10.2024,1\n31.12.2023,2\n29.2.2024,3\n'
    const sorted = await sortTable(days, { by: ['day:date:desc'], dayFirst: true })
    expect(sorted.text).toBe('day,n\n1.10.2024,1\n29.2.2024,3\n31.12.2023,2\n')
  })

  test('with marks between thousands and a decimal comma compare as the numbers that they are', async () => {
    const text = 'a;b\n1.000,5;x\n999,75;y\n-2;z\n'
    const sorted = await sortTable(text, { by: ['a:numeric'], decimal: ',', thousands: '.' })
    expect(sorted.text).toBe('a;b\n-2;z\n999,75;y\n1.000,5;x\n')
  })

  test('keep quotes that told a text from a null, and nulls come where they are wanted', async () => {
    const text = 'a,b\n"",1\n,2\nx,3\n'
    expect((await sortTable(text, { by: ['a'] })).text).toBe('a,b\n"",1\nx,3\n,2\n')
    expect((await sortTable(text, { by: ['a:nulls-first:desc'] })).text).toBe('a,b\n,2\nx,3\n"",1\n')
  })

  test('that are no rows are set aside with their places, whatever the plan', async () => {
    const rows = Array.from({ length: 400 }, (_, id) => (id % 150 === 70 ? `${id}` : `${id},${(id * 7) % 31}`))
    const text = `id,figure\n${rows.join('\n')}\n`
    for (const each of ['shuffle', 'recursive']) {
      const done = await sortTable(text, { by: ['figure'], plan: each }, 3)
      expect(done.result).toEqual({ rows: 397, written: 397 })
      const places = done.rejects.map(({ row, offset, raw }) => ({ row, offset, raw }))
      expect(places.toSorted((one, other) => one.row - other.row)).toEqual(
        [70, 220, 370].map((id) => ({ row: id + 1, offset: text.indexOf(`\n${id}\n`) + 1, raw: `${id}` })),
      )
    }
  })

  test('of one key are kept once, the first that came, if so wished', async () => {
    const rows = Array.from({ length: 500 }, (_, id) => ({ id, figure: `${(id * 13) % 7}`, name: 'x' }))
    const done = await sortTable(csv(rows), { by: ['figure'], unique: true }, 4)
    expect(done.text).toBe(csv(rows.slice(0, 7).toSorted((one, other) => Number(one.figure) - Number(other.figure))))
    expect(done.result).toEqual({ rows: 500, written: 7 })
  })
})

test('what a spreadsheet would take for a formula stands behind an apostrophe where that is asked for', async () => {
  const text = 'name,=n\nb,-1\n"=cmd(),x",2\na,+x\n'
  const { text: safe } = await sortTable(text, { by: ['name'], header: true, spreadsheetSafe: true })
  expect(safe).toBe("name,'=n\n\"'=cmd(),x\",2\na,'+x\nb,-1\n")
  expect((await sortTable(text, { by: ['name'], header: true })).text).toBe('name,=n\n"=cmd(),x",2\na,+x\nb,-1\n')
})

describe('what a table is sorted by', () => {
  test('is a name and words behind it, which a name may have in it', () => {
    const plain = { as: null, descending: null, nullsFirst: false }
    expect(readSortColumn('a')).toEqual({ ...plain, column: 'a' })
    expect(readSortColumn('a:b')).toEqual({ ...plain, column: 'a:b' })
    expect(readSortColumn('a:b:desc:numeric')).toEqual({ ...plain, column: 'a:b', descending: true, as: 'numeric' })
    expect(readSortColumn(':desc')).toEqual({ ...plain, column: ':desc' })
    expect(readSortColumn('a:nulls-first:asc')).toEqual({ ...plain, column: 'a', descending: false, nullsFirst: true })
  })

  test('must be there, and the mode is table where they are', async () => {
    await expect(sortTable('a,b\n1,2\n', { mode: 'table' })).rejects.toThrow(
      'by is missing: mode table sorts by columns',
    )
    await expect(sortTable('a,b\n1,2\n', { by: ['c:desc'] })).rejects.toThrow('by names c, and the columns are a, b')
    await expect(sortTable('a,b\n1,2\n', { by: ['a'], mode: 'lines' })).rejects.toThrow('mode lines has none')
  })
})
