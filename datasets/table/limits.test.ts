import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kernels } from '../kernels/kernels.ts'
import { rowsOf } from '../testing/rowsKind.ts'

/** Text of 66 MiB and more takes a while where cores are shared. */
const slowMs = 120_000
const large = 66 * 1024 * 1024
const cellBytes = 4 * 1024 * 1024

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-limits-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

async function read(name: string, parts: (string | Buffer)[], params: Parameters<typeof rowsOf>[0]['params'] = {}) {
  const path = join(folder, name)
  writeFileSync(path, Buffer.concat(parts.map((part) => Buffer.from(part))))
  const cut = { paths: [path], params, cellBytes }
  const { rows, rejects } = await rowsOf({ ...cut, seed: 7 })
  const serial = await rowsOf({ ...cut, cellBytes: 1024 ** 3 })
  rmSync(path)
  expect({ rows, rejects }).toEqual({ rows: serial.rows, rejects: serial.rejects })
  return { fields: rows.map((row) => row.fields), rejects }
}

/** First of all, as memory that kernels once had they keep. */
test('a record of millions of fields is set aside without room for each of them', { timeout: slowMs }, async () => {
  const many = Buffer.alloc(8 * 1024 * 1024, ',')
  const { fields, rejects } = await read('d.csv', ['a,b\n1,x\n', many, '\n3,y\n', many], {
    header: true,
    delimiter: ',',
  })
  expect(fields).toEqual([
    ['1', 'x'],
    ['3', 'y'],
  ])
  expect(rejects).toMatchObject([
    { row: 2, offset: 8, reason: 'the record has more than 1,048,576 fields' },
    { row: 4, reason: 'the record has more than 1,048,576 fields' },
  ])
  expect(kernels().memory.buffer.byteLength).toBeLessThan(192 * 1024 * 1024)
})

describe('a record larger than 64 MiB is set aside, and what follows is read', { timeout: slowMs }, () => {
  const filling = Buffer.alloc(large, 'x')
  const reason = 'the record is larger than 64 MiB, or a quote is not closed'
  const header = { header: true, delimiter: ',' }

  test.each([
    ['one field', [`2,`, filling, '\n']],
    ['one field in quotes', ['2,"', filling, '"\n']],
  ])('in delimited text: %s', async (_, record) => {
    const { fields, rejects } = await read('a.csv', ['a,b\n1,x\n', ...record, '3,y\n4,"z\nz"\n'], header)
    expect(fields).toEqual([
      ['1', 'x'],
      ['3', 'y'],
      ['4', 'z\nz'],
    ])
    expect(rejects).toMatchObject([{ row: 2, offset: 8, reason }])
    expect(rejects[0]?.raw).toHaveLength(4096)
  })

  test('without quotes in the dialect, where no index is made', async () => {
    const { fields, rejects } = await read('b.csv', ['a,b\n1,x\n2,', filling, '\n3,y\n'], { ...header, quote: 'none' })
    expect(fields).toEqual([
      ['1', 'x'],
      ['3', 'y'],
    ])
    expect(rejects).toMatchObject([{ row: 2, offset: 8, reason }])
  })

  test('in lines of JSON', async () => {
    const { fields, rejects } = await read('c.jsonl', ['{"a":1}\n{"a":"', filling, '"}\n{"a":3}\n'])
    expect(fields).toEqual([['1'], ['3']])
    expect(rejects).toMatchObject([{ row: 2, offset: 8, reason }])
  })
})
