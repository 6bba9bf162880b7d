import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Json } from '../../contract/json.ts'
import { askDuckDb } from '../../tests/harness/duckdb.ts'
import { rowsOf } from '../testing/rowsKind.ts'

/** Every reader gives the rows and the rejects of one task that reads everything, whatever the cells and the tasks. */
interface Input {
  title: string
  files: (string | Uint8Array)[]
  params?: Record<string, Json>
  /** Cells are of whole units, as real ones are, which have a multiple of 64 KiB. */
  unitBytes?: number
}

const csv = { header: true, delimiter: ',' }
const nastyCsv = 'a,b\n1,"x\n"\r\n"","""\n"\r3\n,\n"6'
const nastyLines = '{"a":"é\\n"}\r\n\n{"b":{"c":1}}\n[2]\n{"a":}\n{"a":"😀","b":null}'
const nastyArray = '[ {"a":"],\\"{"},\n{"b":[1,\n{"c":2}]} ,7, {"a":"é"}\n,{"a":'
const inFrames = (text: string, size: number, compress: (part: Buffer) => Buffer) => {
  const bytes = Buffer.from(text)
  const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  )
  return Buffer.concat(parts.map((part) => compress(part)))
}
const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')
const latin1 = (text: string) => Buffer.from(text, 'latin1')

const small: Input[] = [
  { title: 'tabs', files: ['a\tb\n"1\t\n"\t2\r\n\t""\n3\n"x"y\t4'], params: { header: true, delimiter: '\t' } },
  {
    title: 'single quotes',
    files: ["a;b\n'1;''\n';2\n\n''';';3\n"],
    params: { header: true, delimiter: ';', quote: "'" },
  },
  { title: 'escapes', files: ['a,b\n"\\"\n",1\n"\\\\",2\n\\,3\n'], params: { ...csv, escape: '\\' } },
  { title: 'no quotes', files: ['a|b\r\n"|1\r"\n|2|\n3|"\n'], params: { header: true, delimiter: '|', quote: 'none' } },
  { title: 'short rows that are filled up', files: [nastyCsv], params: { ...csv, ragged: 'pad' } },
  { title: 'UTF-16', files: [utf16('a,b\n"é\n😀",1\r\n"",2\n"')], params: csv, unitBytes: 2 },
  { title: 'Latin-1', files: [latin1('a,b\né,"ü\n"\r\nß,2\n')], params: { ...csv, encoding: 'latin-1' } },
  { title: 'JSON lines', files: [nastyLines] },
  { title: 'an array of JSON', files: [nastyArray] },
  { title: 'an array in zstd', files: [inFrames(nastyArray, 11, zstdCompressSync)] },
  { title: 'gzip of several members', files: [inFrames(nastyCsv, 9, gzipSync)], params: csv },
  { title: 'zstd of several frames', files: [inFrames(nastyCsv, 9, zstdCompressSync)], params: csv },
  { title: 'JSON lines in zstd', files: [inFrames(nastyLines, 17, zstdCompressSync)] },
  {
    title: 'several files',
    files: [nastyCsv, '{"b":"z"}\n{"b":1}\n', 'c\n"\n"\n', inFrames('b,a\n1,"\n', 4, zstdCompressSync)],
  },
]

interface Cuts {
  cellBytes: number
  seed: number
  mostCells: number
}

/** Rows and rejects, the latter by their places: tasks end in any order. */
async function readBy({ files, params = {} }: Input, cuts?: Cuts) {
  const { rows, rejects } = await rowsOf({ files, params, ...cuts })
  return { rows, rejects: rejects.toSorted(byPlace) }
}

const byPlace = (one: { input: number; row: number }, other: { input: number; row: number }): number =>
  one.input - other.input || one.row - other.row

describe('parallel equals serial', () => {
  test.each(small)('of $title, at every size of cells', { timeout: 60_000 }, async (input) => {
    const serial = await readBy(input)
    expect(serial.rows.length).toBeGreaterThan(0)
    const bytes = Math.max(...input.files.map((file) => Buffer.byteLength(file)))
    // A cell may end in the middle of a character or a frame; each is a task of its own, or a few are.
    const step = input.unitBytes ?? 1
    for (let cellBytes = step; cellBytes < Math.min(bytes, 40); cellBytes += step)
      expect(await readBy(input, { cellBytes, seed: cellBytes, mostCells: 1 + 3 * (cellBytes % 2) })).toEqual(serial)
  })

  test('of large files, cut anywhere', { timeout: 60_000 }, async () => {
    const text = fc.constantFrom('', '"over\ntwo"', '"say ""x"""', 'Ærø', '""', 'a"b', '"x"y')
    const rows = fc.array(fc.tuple(fc.nat(1e6), text), { minLength: 300, maxLength: 1500 })
    const form = fc.constantFrom('plain', 'gzip', 'zstd', 'two files', 'UTF-16')
    const cuts = fc.record({
      cellBytes: fc.integer({ min: 32, max: 2048 }).map((half) => 2 * half),
      seed: fc.nat(),
      mostCells: fc.integer({ min: 1, max: 8 }),
    })
    await fc.assert(
      fc.asyncProperty(rows, form, cuts, async (some, as, cut) => {
        // The last quote is never closed.
        const content = `n,t\n${some.map((fields) => fields.join(',')).join('\n')}\n7,"open\n8,x\n`
        const input = { title: as, files: filesOf(as, content), params: csv }
        expect(await readBy(input, cut)).toEqual(await readBy(input))
      }),
      { numRuns: 10 },
    )
  })
})

function filesOf(form: string, text: string): (string | Uint8Array)[] {
  if (form === 'gzip') return [inFrames(text, 4000, gzipSync)]
  if (form === 'zstd') return [inFrames(text, 1000, zstdCompressSync)]
  if (form === 'UTF-16') return [utf16(text)]
  return form === 'plain' ? [text] : [text, text]
}

describe('row groups of Parquet', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gristmill-parallel-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('are read alike in tasks of any number of them, beside other files too', async () => {
    const path = join(folder, 'table.parquet')
    const rows = `SELECT i AS a, CASE WHEN i % 3 > 0 THEN 'row' || chr(10) || i END AS b FROM range(9000) AS t(i)`
    await askDuckDb(`COPY (${rows}) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`)
    const files = [readFileSync(path), 'a,b\n1,"x\ny"\n', readFileSync(path)]
    const input = { title: 'Parquet', files }
    const serial = await readBy(input)
    for (const mostCells of [1, 2, 3])
      expect(await readBy(input, { cellBytes: 3, seed: mostCells, mostCells })).toEqual(serial)
  })
})
