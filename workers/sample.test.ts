import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Json } from '../contract/json.ts'
import type { OutputSample } from '../contract/outputSample.ts'
import type { Input } from '../contract/dataset.ts'
import type { SampleReply } from '../contract/workerMessages.ts'
import { inspect } from '../datasets/inspect.ts'
import { uniteTables } from '../datasets/table/unite.ts'
import { findRun } from './runs.ts'
import { makeSample, type SampleLimits } from './sample.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-sample-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** Small cells, so that nothing but the beginning is in the first one. */
async function inputsOf(texts: readonly string[]): Promise<Input[]> {
  const inputs: Input[] = []
  for (const [index, text] of texts.entries()) {
    const path = join(folder, `${index}.txt`)
    writeFileSync(path, text)
    const reply = await inspect(path, { cellBytes: 64 })
    if (!reply.ok) throw new Error(reply.message)
    inputs.push(reply.inspection.input)
  }
  return inputs
}

interface Asked {
  texts?: readonly string[]
  params?: Record<string, Json>
  limits?: Partial<SampleLimits>
}

const patient: SampleLimits = { rows: 20, columns: 100, characters: 500, bytes: 1e9, ms: 1e9 }

async function replyOf(kind: string, { texts = [], params = {}, limits = {} }: Asked): Promise<SampleReply> {
  const inputs = await inputsOf(texts)
  const united = inputs.every(({ table }) => table !== undefined) ? uniteTables(inputs) : inputs
  const before = readdirSync(folder)
  const reply = await makeSample({ kind, params, inputs: united }, findRun, { ...patient, ...limits })
  expect(readdirSync(folder)).toEqual(before)
  return reply
}

async function sampleOf(kind: string, asked: Asked): Promise<OutputSample> {
  const reply = await replyOf(kind, asked)
  if (reply.type !== 'sampled' || reply.sample === null) throw new Error(`no sample: ${JSON.stringify(reply)}`)
  return reply.sample
}

const rows = (count: number, row: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => `${row(n)}\n`).join('')
const table = `n,text,more\n${rows(500, (n) => `${n},"a ""quoted""\nline ${n}",${n % 2 === 0 ? '' : 'x'}`)}`

describe('the sample of a filter', () => {
  test('is the first rows that it keeps, read from the beginning without an index', async () => {
    const params = { where: 'n >= 3 and isNull(more)', columns: ['n', 'twice = n * 2', 'text'], header: true }
    const sample = await sampleOf('filter', { texts: [table], params, limits: { rows: 2 } })
    expect(sample).toMatchObject({
      columns: ['n', 'twice', 'text'],
      rows: [
        ['4', '8', 'a "quoted"\nline 4'],
        ['6', '12', 'a "quoted"\nline 6'],
      ],
      ended: 'full',
    })
  })

  test('says so when these are all, and what would be set aside', async () => {
    const text = `a,b\n${rows(1500, (n) => `${n},${n === 1400 ? 'none' : n}`)}`
    const sample = await sampleOf('filter', {
      texts: [text],
      params: { where: 'b >= 1399', delimiter: ',', header: true },
      limits: { rows: 500 },
    })
    expect(sample.rows[0]).toEqual(['1399', '1399'])
    expect(sample).toMatchObject({
      ended: 'whole',
      read: 1500,
      rejected: 1,
      reason: "'none' in column b is not a number",
    })
    expect(sample.rows).toHaveLength(100)
  })

  test('is looked for no longer than so many bytes or so long', async () => {
    const text = `a\n${rows(400_000, (n) => String(n))}`
    const params = { where: 'a < 0', header: true }
    for (const limit of [{ bytes: 1000 }, { ms: 0 }]) {
      const sample = await sampleOf('filter', { texts: [text], params, limits: limit })
      expect(sample).toMatchObject({ columns: ['a'], rows: [], ended: 'cut' })
      expect(sample.read).toBeLessThan(400_000)
    }
  })

  test('goes on in the next input where the first has too few rows, under the columns of all', async () => {
    const texts = ['a,b\n1,2\n', 'b,c\n3,4\n']
    expect(await sampleOf('filter', { texts })).toMatchObject({
      columns: ['a', 'b', 'c'],
      rows: [
        ['1', '2', null],
        [null, '3', '4'],
      ],
      ended: 'whole',
    })
  })

  test('shows the beginning of wide rows and long fields', async () => {
    const names = Array.from({ length: 30 }, (_, n) => `c${n}`)
    const text = `${names.join(',')}\n${names.map(() => 'long'.repeat(50)).join(',')}\n`
    const sample = await sampleOf('filter', { texts: [text], limits: { columns: 3, characters: 10 } })
    expect(sample).toMatchObject({
      columns: ['c0', 'c1', 'c2'],
      moreColumns: 27,
      rows: [['longlongl…', 'longlongl…', 'longlongl…']],
    })
  })

  test('has the apostrophes that the file would have', async () => {
    const params = { spreadsheetSafe: true, format: 'csv', header: true }
    const text = 'a,b\n=1+1,-1\n'
    expect((await sampleOf('filter', { texts: [text], params })).rows).toEqual([["'=1+1", '-1']])
    const lines = { ...params, format: 'jsonl' }
    expect((await sampleOf('filter', { texts: [text], params: lines })).rows).toEqual([['=1+1', '-1']])
  })
})

test.each(['csv', 'jsonl', 'parquet', 'sqlite'])(
  'the sample of a conversion to %s is the rows of its inputs',
  async (to) => {
    const text = rows(200, (n) => JSON.stringify({ n, name: `name ${n}` }))
    const sample = await sampleOf('convert', { texts: [text], params: { to }, limits: { rows: 2 } })
    expect(sample).toMatchObject({
      columns: ['n', 'name'],
      rows: [
        ['0', 'name 0'],
        ['1', 'name 1'],
      ],
      ended: 'full',
    })
  },
)

test('the sample of a formula has its first outputs, of listed numbers and of lines', async () => {
  const params = { formula: 'sqrt(x)', from: -2, to: 1_000_000_000 }
  const listed = await sampleOf('numbers', { params, limits: { rows: 3 } })
  expect(listed.rows).toEqual([
    ['0', '0'],
    ['1', '1'],
    ['2', String(Math.SQRT2)],
  ])
  expect(listed).toMatchObject({ columns: ['x', 'output'], rejected: 2, ended: 'full' })
  const lines = await sampleOf('numbers', { texts: [`4\nnone\n${rows(100, String)}`], params: { formula: 'x * 10' } })
  expect(lines.rows.slice(0, 3)).toEqual([
    ['4', '40'],
    ['0', '0'],
    ['1', '10'],
  ])
  expect(lines).toMatchObject({ rejected: 1, ended: 'full' })
})

test('a kind whose output is no rows has no sample', async () => {
  expect(await replyOf('word-count', { texts: ['one two\n'] })).toEqual({ type: 'sampled', sample: null })
})

test('an input that has changed since it was looked at, or a kind that is not known, gives no sample and says why', async () => {
  const inputs = await inputsOf([table])
  writeFileSync(join(folder, '0.txt'), 'other,text\n')
  expect(await makeSample({ kind: 'filter', params: {}, inputs }, findRun)).toMatchObject({
    type: 'none',
    why: /0\.txt/,
  })
  expect(await makeSample({ kind: 'none', params: {}, inputs }, findRun)).toMatchObject({
    type: 'none',
    why: /no kind none/,
  })
})
