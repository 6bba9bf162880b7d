import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Reject } from '../../contract/job.ts'
import { csvLine } from './csvLine.ts'
import { rejectsPlace, writeRejectsFile } from './rejectsFile.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-rejects-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const reject = (raw: string, row: number | null = 3): Reject => ({
  source: '/in.txt',
  row,
  offset: 9,
  reason: 'no',
  raw,
})

async function* pagesOf(...pages: Reject[][]): AsyncGenerator<Reject[]> {
  yield* pages
}

const write = (pages: Reject[][], force = false) =>
  writeRejectsFile(rejectsPlace({ id: 'job1', force, outDir: folder }, '/never'), pagesOf(...pages))

test('every reject is a line, over all pages, and the artifact tells bytes and rows', async () => {
  const artifact = await write([[reject('a,b'), reject('say "x"', null)], [reject('two\nlines')]])
  const text =
    'source,row,offset,reason,raw\r\n/in.txt,3,9,no,"a,b"\r\n/in.txt,,9,no,"say ""x"""\r\n/in.txt,3,9,no,"two\nlines"\r\n'
  expect(readFileSync(artifact.path, 'utf8')).toBe(text)
  expect(artifact).toMatchObject({
    name: 'rejects.csv',
    path: join(folder, 'rejects.csv'),
    rows: 3,
    bytes: text.length,
  })
  expect(readdirSync(folder)).toEqual(['rejects.csv'])
})

test('a file that stands there already is left alone unless it may be replaced', async () => {
  writeFileSync(join(folder, 'rejects.csv'), 'mine')
  expect((await write([[reject('x')]])).path).toBe(join(folder, 'rejects-2.csv'))
  expect(readFileSync(join(folder, 'rejects.csv'), 'utf8')).toBe('mine')
  expect((await write([[reject('x')]], true)).path).toBe(join(folder, 'rejects.csv'))
  expect(readFileSync(join(folder, 'rejects.csv'), 'utf8')).toContain('x')
})

test('a file of the same size is told apart by its content', async () => {
  const { bytes } = await write([[reject('x')]])
  writeFileSync(join(folder, 'rejects.csv'), '-'.repeat(bytes))
  expect((await write([[reject('x')]])).path).toBe(join(folder, 'rejects-2.csv'))
  expect(readFileSync(join(folder, 'rejects.csv'), 'utf8')).toBe('-'.repeat(bytes))
})

test('written again after a crash it keeps its name', async () => {
  await write([[reject('x')]])
  expect((await write([[reject('x')]])).path).toBe(join(folder, 'rejects.csv'))
  expect(readdirSync(folder)).toEqual(['rejects.csv'])
})

test('a job without a folder of its own has one in the home', () => {
  expect(rejectsPlace({ id: 'job1', force: false, outDir: null }, folder).outDir).toBe(join(folder, 'job1'))
})

test.each(['=1+1', '+1', '-1', '@x', '\tx', "'=1"])('a spreadsheet takes %j for text', (raw) => {
  expect(csvLine([raw])).toBe(`'${raw}\r\n`)
})

test('no field begins like a formula, and each can be read back', () => {
  const read = (line: string) => {
    const field = line.startsWith('"') ? line.slice(1, -3).replaceAll('""', '"') : line.slice(0, -2)
    expect(field).not.toMatch(/^[=+\-@\t\r]/)
    return field.replace(/^'(?='*[=+\-@\t\r])/, '')
  }
  const texts = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('=', '+', "'", '"', ',', '\r', '\n', '\t', 'a') }),
  )
  fc.assert(
    fc.property(texts, (text) => {
      expect(read(csvLine([text]))).toBe(text)
    }),
  )
})
