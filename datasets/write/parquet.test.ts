import fc from 'fast-check'
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { expect, test } from 'vitest'
import { bitPacked, packed, widthOf } from './bitPacking.ts'
import type { ColumnKind } from './columnKinds.ts'
import type { FieldValue } from './fieldValues.ts'
import { ParquetFoot, parquetHead, RowGroupWriter } from './parquet.ts'

/** Read by hyparquet, which is another's reading of the format. */

const int64 = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: 0n, max: 3n }))
const values = {
  integer: int64,
  decimal: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, -0, 1.5)),
  boolean: fc.boolean(),
  date: fc.integer({ min: -800_000, max: 800_000 }),
  text: fc.oneof(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.constantFrom('', 'a', 'b', 'x'.repeat(300))),
} satisfies Partial<Record<ColumnKind, fc.Arbitrary<FieldValue>>>
type Tested = keyof typeof values
const tested = Object.keys(values) as Tested[]

/** The bytes of a file of one column, in parts as tasks leave them. */
function fileOf(kind: ColumnKind, parts: readonly (readonly FieldValue[])[]): Uint8Array {
  const columns = [{ name: 'v', kind }]
  const foot = new ParquetFoot(columns)
  const bytes: Uint8Array[] = [parquetHead]
  const groups: Uint8Array[] = []
  const writer = new RowGroupWriter(columns, (group) => groups.push(group.slice()))
  for (const part of parts) {
    for (const each of part) writer.add(8, () => each)
    const described = writer.finish()
    foot.add(
      described,
      groups.reduce((sum, group) => sum + group.length, 0),
    )
    bytes.push(...groups.splice(0))
  }
  return Buffer.concat([...bytes, foot.bytes()])
}

async function readBack(file: Uint8Array): Promise<unknown[]> {
  const rows = await parquetReadObjects({ file: new Uint8Array(file).buffer, compressors })
  return rows.map((row) => row['v'])
}

function plain(value: unknown): unknown {
  return value instanceof Date ? value.getTime() / 86_400_000 : value
}

test.each(tested)('what is written as %s is read again, nulls and all', async (kind) => {
  const column = fc.array(fc.option<FieldValue>(values[kind], { freq: 4 }), { maxLength: 200 })
  await fc.assert(
    fc.asyncProperty(fc.array(column, { maxLength: 3 }), async (parts) => {
      const back = await readBack(fileOf(kind, parts))
      expect(back.map(plain)).toEqual(parts.flat())
    }),
  )
})

test.each([
  ['all different', (n: number) => `value ${n}`],
  ['few different', (n: number) => `value ${n % 7}`],
  ['different at first, then all the same', (n: number) => (n < 5000 ? `value ${n}` : 'same')],
  ['the same at first, then all different', (n: number) => (n < 5000 ? 'same' : `value ${n}`)],
  ['half of them null', (n: number) => (n % 2 === 0 ? null : `value ${n % 300}`)],
  ['all null', () => null],
])('%s: many rows, in several groups, are read again', async (_title, valueOf) => {
  const rows = Array.from({ length: 150_000 }, (_, n) => valueOf(n))
  const file = fileOf('text', [rows.slice(0, 90_000), rows.slice(90_000)])
  expect((await readBack(file)).every((value, n) => value === rows[n])).toBe(true)
})

test('a column of few values takes little', () => {
  const rows = Array.from({ length: 65_536 }, (_, n) => `a value that is rather long ${(n * 7919) % 13}`)
  expect(fileOf('text', [rows]).length).toBeLessThan(40_000)
})

test('packed integers are as the format has them', () => {
  expect([...bitPacked(Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7), 3)]).toEqual([0b10001000, 0b11000110, 0b11111010])
  expect([...packed(new Uint8Array(300).fill(1), 1)]).toEqual([0b11011000, 0b100, 1])
  expect([...packed(Uint8Array.of(1, 0), 1)]).toEqual([3, 1])
  expect([...packed(new Uint8Array(0), 1)]).toEqual([])
  expect([0, 1, 2, 3, 4, 5, 256, 257].map(widthOf)).toEqual([1, 1, 1, 2, 2, 3, 8, 9])
})
