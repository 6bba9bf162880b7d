import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvLine } from '../master/host/csvLine.ts'
import { Refusal } from './exitCodes.ts'
import { readRejectsCsv } from './rejectsCsv.ts'

const header = csvLine(['source', 'row', 'offset', 'reason', 'raw'])

test('what was written is read back, whatever the texts are', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('=', '-', "'", '"', ',', '\n', '\r\n', '\t', 'a') }),
  )
  const record = fc.record({ source: text, offset: fc.nat(), raw: text })
  fc.assert(
    fc.property(fc.array(record), (records) => {
      const lines = records.map(({ source, offset, raw }) => csvLine([source, null, offset, 'no', raw]))
      expect(readRejectsCsv(header + lines.join(''), 'x.csv')).toEqual(records)
    }),
  )
})

test('as spreadsheets save it: a byte order mark, other columns in another order, line feeds alone, no last one', () => {
  const text = '\uFEFFraw,note,offset,source\n12,mine,7,/in.txt\n"a,b",,9,/in.txt'
  expect(readRejectsCsv(text, 'x.csv')).toEqual([
    { source: '/in.txt', offset: 7, raw: '12' },
    { source: '/in.txt', offset: 9, raw: 'a,b' },
  ])
})

test.each([
  ['', 'does not name the columns'],
  ['source,raw\r\n', 'does not name the columns'],
  ['source,offset,raw\r\n/in.txt,seven,x\r\n', 'line 2 has no offset'],
])('%j is refused by name', (text, message) => {
  expect(() => readRejectsCsv(text, 'x.csv')).toThrow(Refusal)
  expect(() => readRejectsCsv(text, 'x.csv')).toThrow(message)
})
