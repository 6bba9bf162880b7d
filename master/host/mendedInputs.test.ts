import { expect, test } from 'vitest'
import type { Input } from '../../contract/dataset.ts'
import type { Table, TableFormat } from '../../contract/table.ts'
import { commonOf } from '../../datasets/table/described.ts'
import { mendInputs } from './mendedInputs.ts'

const fingerprint = { bytes: 9, modifiedAt: 1, inode: '1', headTail: 'x' }

function inputOf(format: TableFormat): Input {
  const table: Table = { ...commonOf({}), format, dialect: null, dataStart: 0, columns: [] }
  const path = `/data/some.${format}`
  return { path, name: path, bytes: 9, format: 'binary', cellBytes: 9, fingerprint, spooled: false, table }
}

async function mend(format: TableFormat, raw: string) {
  const kept: string[] = []
  const input = inputOf(format)
  const parts = {
    read: { rejectedAt: () => Promise.resolve(['{"a":1 1}']) },
    keepText: (text: string) => Promise.resolve(`/spool/${kept.push(text)}`),
  }
  const mended = [{ source: input.path, offset: 4, raw }]
  const job = { name: 'some', inputs: [input] }
  const found = await mendInputs(parts, { number: 1, job }, { inputs: [input], mended })
  return found.ok ? { inputs: found.value, kept } : found.error.message
}

test.each(['jsonl', 'json', 'csv'] as const)('a record of %s is put right by its text', async (format) => {
  const path = `/data/some.${format}`
  expect(await mend(format, '{"a":11}')).toMatchObject({
    inputs: [{ path, mended: '/spool/1' }],
    kept: ['[{"offset":4,"raw":"{\\"a\\":11}"}]'],
  })
})

test('an element of an array of JSON may stand on several lines, any other record on one', async () => {
  expect(await mend('json', '{\n"a":11\n}')).toMatchObject({ kept: [expect.stringContaining('11')] })
  expect(await mend('jsonl', '{\n"a":11\n}')).toBe(
    'cannot mend the record at 4 of /data/some.jsonl: a record is one line',
  )
})

test.each([
  ['parquet', 'a Parquet file'],
  ['sqlite', 'a SQLite database'],
  ['xlsx', 'a workbook'],
] as const)('of %s nothing can be mended, and that is said in one line', async (format, name) => {
  expect(await mend(format, '["11"]')).toBe(
    `cannot mend the record at 4 of /data/some.${format}: ${name} keeps values and no text that another could take the place of; change the file itself and run a new job on it`,
  )
})
