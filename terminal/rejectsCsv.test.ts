import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MendedReject } from '../contract/mended.ts'
import { csvLine } from '../master/host/csvLine.ts'
import { Refusal } from './exitCodes.ts'
import { readRejectsCsv } from './rejectsCsv.ts'

const header = csvLine(['source', 'row', 'offset', 'reason', 'raw'])

async function read(chunks: Iterable<string>): Promise<MendedReject[]> {
  const records: MendedReject[] = []
  for await (const record of readRejectsCsv(chunks, 'x.csv')) records.push(record)
  return records
}

function inPieces(text: string, cuts: readonly number[]): string[] {
  const at = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length].toSorted((one, other) => one - other)
  return at.slice(1).map((end, index) => text.slice(at[index], end))
}

test('what was written is read back, whatever the texts are and however they are cut', async () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('=', '-', "'", '"', ',', '\n', '\r\n', '\t', 'a') }),
  )
  const record = fc.record({ source: text, offset: fc.nat(), raw: text })
  await fc.assert(
    fc.asyncProperty(fc.array(record), fc.array(fc.nat(), { maxLength: 20 }), async (records, cuts) => {
      const lines = records.map(({ source, offset, raw }) => csvLine([source, null, offset, 'no', raw]))
      expect(await read(inPieces(header + lines.join(''), cuts))).toEqual(records)
    }),
  )
})

test('as spreadsheets save it: a byte order mark, other columns in another order, line feeds alone, no last one', async () => {
  const text = '\uFEFFraw,note,offset,source\n12,mine,7,/in.txt\n"a,b",,9,/in.txt'
  expect(await read([text])).toEqual([
    { source: '/in.txt', offset: 7, raw: '12' },
    { source: '/in.txt', offset: 9, raw: 'a,b' },
  ])
})

test.each([
  ['', 'does not name the columns'],
  ['source,raw\r\n', 'does not name the columns'],
  ['source,offset,raw\r\n/in.txt,seven,x\r\n', 'line 2 has no offset'],
])('%j is refused by name', async (text, message) => {
  await expect(read([text])).rejects.toThrow(Refusal)
  await expect(read([text])).rejects.toThrow(message)
})

test('a quote that nothing closes is not read into memory to its end', async () => {
  let given = 0
  function* endless() {
    yield 'source,offset,raw\r\na,1,"'
    for (;;) yield 'x'.repeat(((given += 100_000), 100_000))
  }
  await expect(read(endless())).rejects.toThrow('line 2 has a field without an end')
  expect(given).toBeLessThan(3_000_000)
})
