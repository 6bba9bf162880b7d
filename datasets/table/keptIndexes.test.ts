import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { rowsOf } from '../testing/rowsKind.ts'
import { listKept, trimKept, writeKept } from './keptFiles.ts'

/** Inputs of 4 MiB and more, with line ends inside quotes around every cut. */
const slowMs = 60_000
const params = { header: true, delimiter: ',' }
const nested = 'a "quoted, and\nbroken" field, '.repeat(700).replaceAll('"', '""')
const csv = `id,text\n${Array.from({ length: 220 }, (_, row) => `${row},"${nested}"\n`).join('')}`

let folder: string
let indexes: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-kept-'))
  indexes = join(folder, 'indexes')
  mkdirSync(indexes)
  path = join(folder, 'input.csv')
  writeFileSync(path, csv)
  utimesSync(path, 1_700_000_000, 1_700_000_000)
  // A file that has changed only just before is not trusted: the clock goes on.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_000 })
})

afterEach(() => {
  vi.useRealTimers()
  rmSync(folder, { recursive: true })
})

async function read(more: Partial<Parameters<typeof rowsOf>[0]> = {}) {
  const { rows, rejects, stages, told } = await rowsOf({
    paths: [path],
    params,
    indexes,
    cellBytes: 524_288,
    seed: 3,
    ...more,
  })
  return { answer: { rows, rejects }, isIndexed: 'index' in stages, told }
}

function overwrite(at: number, text: string): void {
  const fd = openSync(path, 'r+')
  writeSync(fd, text, at)
  closeSync(fd)
}

function entry(): string {
  const [name, ...more] = readdirSync(indexes)
  expect(more).toEqual([])
  return join(indexes, name!)
}

describe('the index of a large table', { timeout: slowMs }, () => {
  test('is made by the first job and used by the next, which gives the same', async () => {
    const first = await read()
    expect(first.isIndexed).toBe(true)
    expect(first.answer.rows.map(({ fields }) => fields[0])).toEqual(Array.from({ length: 220 }, (_, row) => `${row}`))
    const next = await read({ seed: 8 })
    expect(next).toEqual({
      answer: first.answer,
      isIndexed: false,
      told: [
        'Where records start was found out by an earlier job: the index that it left is used, and the index stage left out.',
      ],
    })
    expect((await rowsOf({ paths: [path], params })).rows).toEqual(first.answer.rows)
  })

  test('keeps records that have no end as well', async () => {
    writeFileSync(path, `${csv}221,"open\nplain,x\n222,y\n`)
    vi.setSystemTime(Date.now() + 10_000)
    const first = await read()
    expect(first.answer.rejects).toMatchObject([{ row: 221, reason: 'a quote is opened and never closed' }])
    const next = await read({ seed: 5 })
    expect(next.isIndexed).toBe(false)
    expect(next.answer).toEqual(first.answer)
  })

  test.each([
    ['cut', (file: string) => truncateSync(file, statSync(file).size - 9)],
    ['empty', (file: string) => truncateSync(file, 0)],
    ['another byte in it', (file: string) => flip(file, 200)],
    ['another checksum', (file: string) => flip(file, statSync(file).size - 1)],
  ])('is made afresh when the kept one is damaged: %s', async (_, damage) => {
    const first = await read()
    damage(entry())
    const again = await read()
    expect(again).toEqual({ answer: first.answer, isIndexed: true, told: [] })
    expect((await read()).isIndexed).toBe(false)
  })

  test.each([
    ['at its head', 12],
    ['in its middle', Math.floor(csv.length / 2)],
    ['at its end', csv.length - 4],
  ])('never meets a file of the same size and time of change that differs in one byte %s', async (_, at) => {
    const before = statSync(path)
    await read()
    overwrite(at, '"')
    utimesSync(path, before.atime, before.mtime)
    expect(statSync(path)).toMatchObject({ size: before.size, mtimeMs: 1_700_000_000_000, ino: before.ino })
    vi.setSystemTime(Date.now() + 10_000)
    const changed = await read()
    expect(changed.isIndexed).toBe(true)
    expect(changed.answer).toEqual((await read({ indexes: join(folder, 'none') })).answer)
  })

  test('is not taken for another way to read the file', async () => {
    await read()
    expect((await read({ params: { ...params, delimiter: ';' } })).isIndexed).toBe(true)
    expect((await read({ params: { ...params, header: false } })).isIndexed).toBe(true)
    expect((await read({ params: { ...params, escape: '\\' } })).isIndexed).toBe(true)
    expect((await read({ cellBytes: 131_072 })).isIndexed).toBe(true)
    expect((await read({ params: { ...params, nulls: ['0'] } })).isIndexed).toBe(false)
  })

  test('is not kept of a file that may still be changing', async () => {
    vi.setSystemTime(statSync(path).ctimeMs)
    await read()
    expect(readdirSync(indexes)).toEqual([])
  })

  test('is not kept where the disk refuses it, and the job does not mind', async () => {
    const nowhere = join(folder, 'nowhere')
    const first = await read({ indexes: nowhere })
    expect(first.isIndexed).toBe(true)
    expect(first.answer.rows).toHaveLength(220)
    writeFileSync(nowhere, '')
    expect((await read({ indexes: nowhere })).answer).toEqual(first.answer)
  })

  test('is used beside inputs that have none yet', async () => {
    await read()
    const other = join(folder, 'other.csv')
    writeFileSync(other, csv.replaceAll('broken', 'BROKEN'))
    vi.setSystemTime(Date.now() + 10_000)
    const both = { paths: [other, path], seed: 21 }
    const first = await read(both)
    expect(first).toMatchObject({
      isIndexed: true,
      told: [
        'Where records start was found out by an earlier job for 1 of 2 inputs: the indexes that it left are used.',
      ],
    })
    expect(first.answer.rows).toHaveLength(440)
    expect((await rowsOf({ ...both, params })).rows).toEqual(first.answer.rows)
    const next = await read(both)
    expect(next.isIndexed).toBe(false)
    expect(next.answer).toEqual(first.answer)
  })

  test('is made by the jobs side by side that need it, and whole whoever was the last', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map((seed) => read({ seed })))
    for (const { answer } of answers) expect(answer).toEqual(answers[0]!.answer)
    entry()
    expect((await read()).isIndexed).toBe(false)
  })

  test('gone between looking and using is made once more', async () => {
    const first = await read()
    const again = await read({ onStage: (stage) => stage === 'starts' && rmSync(entry()) })
    expect(again).toMatchObject({ isIndexed: false, answer: first.answer })
    expect((await read()).isIndexed).toBe(false)
  })
})

describe('kept files', () => {
  test('go in the order of their last use when there are too many, and what was left half written goes in an hour', () => {
    for (const [index, name] of ['a', 'b', 'c', 'd.part'].entries()) {
      writeKept(join(folder, name), 'head', Buffer.alloc(1000 - 37))
      utimesSync(join(folder, name), index + 1, index + 1)
    }
    rmSync(path)
    rmSync(indexes, { recursive: true })
    utimesSync(join(folder, 'a'), 9, 9)
    expect(listKept(folder).map(({ path: file, bytes }) => [file.slice(folder.length + 1), bytes])).toEqual([
      ['b', 1000],
      ['c', 1000],
      ['d.part', 1000],
      ['a', 1000],
    ])
    expect(trimKept(folder, { mostBytes: 10_000, now: 60_000 })).toBe(0)
    expect(trimKept(folder, { mostBytes: 10_000, now: 3_700_000 })).toBe(1000)
    expect(trimKept(folder, { mostBytes: 2500, now: 3_700_000 })).toBe(1000)
    expect(readdirSync(folder)).toEqual(['a', 'c'])
    expect(trimKept(folder, { unusedBefore: 5000, now: 3_700_000 })).toBe(1000)
    expect(readdirSync(folder)).toEqual(['a'])
    expect(trimKept(join(folder, 'none'), { mostBytes: 0, now: 0 })).toBe(0)
  })
})

function flip(file: string, at: number): void {
  const bytes = readFileSync(file)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(file, bytes)
}
