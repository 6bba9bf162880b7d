import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { defineKind } from '../contract/kind.ts'
import { folderName, makeRunRequest, sourcesOf, type RunOptions } from './runRequest.ts'
import { spoolStream } from './spool.ts'

const kind = defineKind({
  id: 'sample',
  version: 1,
  title: 'Sample',
  summary: 'For tests.',
  inputs: 'optional',
  params: z.strictObject({ top: z.int().optional() }),
  result: z.null(),
})
const request = (inputs: string[], options: Partial<RunOptions> = {}) =>
  makeRunRequest({ kind, params: {}, inputs, options: { param: [], ...options } })

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-request-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a job is named after its kind and first input, and so is its fresh folder', async () => {
  expect(await request(['/data/the poem.txt'])).toEqual({
    kind: 'sample',
    params: {},
    name: 'sample the poem',
    out: { dir: resolve('gristmill-out/sample-the-poem'), choose: 'fresh' },
  })
  expect((await request(['-'])).name).toBe('sample stdin')
  expect((await request([])).name).toBe('sample')
})

test('what is asked for is passed on, an --out exactly', async () => {
  const asked = await request(['x'], {
    name: 'mine',
    out: folder,
    workers: '3',
    split: '8M',
    force: true,
    param: ['top=2'],
  })
  expect(asked).toEqual({
    kind: 'sample',
    params: { top: 2 },
    name: 'mine',
    out: { dir: folder, choose: 'exact' },
    workers: 3,
    split: 8_388_608,
    force: true,
  })
})

test.each([
  [{ workers: '0' }, "--workers takes 1 to 64, not '0'"],
  [{ workers: '65' }, "--workers takes 1 to 64, not '65'"],
  [{ split: '1K' }, "--split takes a number of items, not '1K'"],
  [{ name: '' }, '--name takes 1 to 200 characters'],
  [{ out: '' }, '--out needs a folder'],
  [{ params: '/does/not/exist.json' }, 'cannot read the params file /does/not/exist.json'],
] satisfies [Partial<RunOptions>, string][])('%o is refused', async (options, reason) => {
  await expect(request([], options)).rejects.toThrow(reason)
})

test('a params file that is no JSON is refused', async () => {
  const file = join(folder, 'params.json')
  writeFileSync(file, '{top')
  await expect(request([], { params: file })).rejects.toThrow(`cannot read the params file ${file}`)
})

test('stdin can be only one input', async () => {
  await expect(request(['-', '-'])).rejects.toThrow('stdin ends once')
})

test('a folder is named so that every file system takes it', () => {
  expect(folderName('../a/b: "c"?.')).toBe('-a-b---c--')
  expect(folderName('...')).toBe('job')
  expect(Buffer.byteLength(folderName('ö'.repeat(200)))).toBeLessThanOrEqual(240)
})

test('paths are made absolute, and - is what was spooled', () => {
  expect(sourcesOf([{ word: 'a.txt' }, { word: '-' }], '/spool/x')).toEqual([
    { type: 'path', path: resolve('a.txt') },
    { type: 'spooled', path: '/spool/x', name: 'stdin' },
  ])
})

async function* parts(fails: boolean) {
  yield Buffer.from('one ')
  if (fails) throw new Error('the pipe broke')
  yield Buffer.from('two')
}

test('a stream is kept whole in the spool, and nothing is left of one that broke', async () => {
  expect(readFileSync(await spoolStream(parts(false), folder), 'utf8')).toBe('one two')
  await expect(spoolStream(parts(true), folder)).rejects.toThrow('the pipe broke')
  expect(readdirSync(folder)).toHaveLength(1)
})
