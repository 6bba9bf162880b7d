import { mkdtempSync, openSync, closeSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Inspection } from '../../contract/dataset.ts'
import type { TableWishes } from '../../contract/table.ts'
import { inspect } from '../inspect.ts'
import { rowsOf } from '../testing/rowsKind.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-sniff-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

async function look(
  path: string,
  table: TableWishes = {},
): Promise<Inspection & { table: NonNullable<Inspection['input']['table']> }> {
  const reply = await inspect(path, { table })
  if (!reply.ok) throw new Error(reply.message)
  const found = reply.inspection.input.table
  if (found === undefined) throw new Error(`${path} is no table`)
  return { ...reply.inspection, table: found }
}

async function sniff(content: string | Uint8Array, wishes: TableWishes = {}) {
  const path = join(folder, 'table')
  writeFileSync(path, content)
  return await look(path, wishes)
}

describe('dialects', () => {
  test.each([
    ['a,b\n1,2\n3,4\n', ',', true],
    ['a\tb\n1,5\t2\n', '\t', true],
    ['a;b\n1,5;2,5\n3,5;4,5\n', ';', true],
    ['a|b|c\nx, y|1|2\nz, w|3|4\n', '|', true],
    ['1,2\n3,4\n', ',', false],
    ['name,2019,2020\nx,1,2\n', ',', true],
    ['x,1\ny,2\n', ',', false],
  ])('%j has the delimiter %j, header: %s', async (text, delimiter, header) => {
    expect((await sniff(text)).table.dialect).toEqual({ delimiter, quote: '"', escape: null, header })
  })

  test('single quotes and backslashes are seen where they are used as such', async () => {
    expect((await sniff("a,b\n'x,y',2\n'z',3\n")).table.dialect?.quote).toBe("'")
    expect((await sniff('a,b\n"say \\"hi\\", ok",2\n')).table.dialect?.escape).toBe('\\')
  })

  test('a person may overrule each', async () => {
    const wishes = { delimiter: 'semicolon', quote: 'none', header: false } as const
    expect((await sniff('a,b\n1,2\n', wishes)).table).toMatchObject({
      dialect: { delimiter: ';', quote: null, header: false },
      columns: [{ name: 'column_1' }],
    })
  })
})

test('names come once each, and none is empty', async () => {
  const { table } = await sniff('a,a,,__proto__,a_2\n1,2,3,4,5\n')
  expect(table.columns.map(({ name }) => name)).toEqual(['a', 'a_2', 'column_3', '__proto__', 'a_2_2'])
})

test('types are the narrowest that all values have; codes with leading zeros are text', async () => {
  const rows = ['1,1.5,true,2026-01-02,2026-01-02 03:04,x,08123', '-2,3,false,2026-12-31,2026-01-02T03:04:05Z,1,1']
  const { table } = await sniff(`a,b,c,d,e,f,g\n${rows.join('\n')}\n`)
  expect(table.columns.map(({ type }) => type)).toEqual([
    'integer',
    'decimal',
    'boolean',
    'date',
    'timestamp',
    'text',
    'text',
  ])
})

test.each([
  ['a;b\n1.234,5;31/01/2026\n', { decimal: ',', thousands: '.', dayFirst: true }],
  ['a\tb\n1,234.5\t01/31/2026\n', { decimal: '.', thousands: ',', dayFirst: false }],
  ["a\tb\n1'234.5\t01.02.2026\n", { decimal: '.', thousands: "'", dayFirst: true }],
])('the notation of %j is seen', async (text, notation) => {
  const { table } = await sniff(text)
  expect(table).toMatchObject(notation)
  expect(table.columns.map(({ type }) => type)).toEqual(['decimal', 'date'])
})

describe('encodings', () => {
  const text = 'größe,ort\n"1€\n",Köln\n2,😀\n'
  const rows = [
    ['1€\n', 'Köln'],
    ['2', '😀'],
  ]
  const little = Buffer.from(`\uFEFF${text}`, 'utf16le')

  test.each([
    ['UTF-16, little end first', little],
    ['UTF-16, big end first', Buffer.from(little).swap16()],
    ['UTF-16 without a mark', Buffer.from('x,y\n'.repeat(200), 'utf16le')],
  ])('%s reads like UTF-8, however it is cut', async (name, bytes) => {
    const whole = await rowsOf({ files: [bytes] })
    if (!name.includes('without')) expect(whole.rows.map((row) => row.fields)).toEqual(rows)
    for (const cellBytes of [2, 4, 6, 10, 30]) {
      const cut = await rowsOf({ files: [bytes], cellBytes, seed: cellBytes })
      expect(cut.rows).toEqual(whole.rows)
    }
  })

  test('what is no UTF-8 is read as Windows does', async () => {
    const bytes = Buffer.from('gr\xf6\xdfe,ort\n1\x80,K\xf6ln\n', 'latin1')
    expect((await sniff(bytes)).table).toMatchObject({
      encoding: 'latin-1',
      columns: [{ name: 'größe' }, { name: 'ort' }],
    })
    expect((await rowsOf({ files: [bytes], cellBytes: 3, seed: 1 })).rows).toEqual([
      { offset: 10, fields: ['1€', 'Köln'] },
    ])
  })
})

test('a file of 10 GB is told within 300 ms', async () => {
  const path = join(folder, 'large.csv')
  const line = '1,2.5,2026-01-02,some text\n'
  writeFileSync(path, `n,value,day,text\n${line.repeat(20_000)}`)
  const bytes = 10 * 1024 ** 3
  truncateSync(path, bytes)
  const fd = openSync(path, 'r+')
  for (const at of [bytes / 2, bytes - line.length * 2000]) writeSync(fd, line.repeat(2000), at)
  closeSync(fd)
  const beganAt = performance.now()
  const { table, sample } = await look(path)
  expect(performance.now() - beganAt).toBeLessThan(300)
  expect(table.columns.map(({ type }) => type)).toEqual(['integer', 'decimal', 'date', 'text'])
  expect(sample?.estimatedRows).toBeGreaterThan(bytes / line.length / 1.01)
  expect(sample?.rows).toHaveLength(200)
})
