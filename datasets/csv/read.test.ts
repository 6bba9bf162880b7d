import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rowsOf } from '../testing/rowsKind.ts'

type Params = Parameters<typeof rowsOf>[0]['params']

async function fieldsOf(text: string | Uint8Array, params: Params = {}) {
  const { rows, rejects } = await rowsOf({ files: [text], params })
  return {
    rows: rows.map((row) => row.fields),
    rejects: rejects.map(({ row, offset, reason, raw }) => ({ row, offset, reason, raw })),
  }
}

const header = { header: true, delimiter: ',' }

describe('fields', () => {
  test.each([
    ['an unquoted empty field is null, a quoted one is empty', 'a,b,c\n,"",x\n', [[null, '', 'x']]],
    ['doubled quotes stand for one', 'a,b\n"say ""hi""",2\n', [['say "hi"', '2']]],
    ['line ends and delimiters inside quotes are text', 'a,b\n"x\r\ny,z\n",2\n', [['x\r\ny,z\n', '2']]],
    [
      'CR, CRLF and LF end records',
      'a,b\r1,2\r\n3,4\n5,6',
      [
        ['1', '2'],
        ['3', '4'],
        ['5', '6'],
      ],
    ],
    [
      'blank lines are no records of several columns',
      'a,b\n\n1,2\r\n\r\n\n3,4\n\n',
      [
        ['1', '2'],
        ['3', '4'],
      ],
    ],
    ['a quote inside an unquoted field is a character', 'a,b\n5" pipe,2\n', [['5" pipe', '2']]],
    [
      'a record that ends with a delimiter ends with null',
      'a,b\n1,\n2,',
      [
        ['1', null],
        ['2', null],
      ],
    ],
    ['a byte order mark is no part of the first name', '\uFEFFa,b\n1,2\n', [['1', '2']]],
    ['a header alone is a table without rows', 'a,b\n', []],
    ['nothing is a table without rows', '', []],
  ])('%s', async (_, text, rows) => {
    expect(await fieldsOf(text, header)).toEqual({ rows, rejects: [] })
  })

  test('in a table of one column a blank line is null', async () => {
    expect((await fieldsOf('a\n1\n\n2\n', header)).rows).toEqual([['1'], [null], ['2']])
  })

  test('texts that mean null are null only without quotes', async () => {
    expect((await fieldsOf('a,b\nNA,"NA"\n-,x\n', { ...header, nulls: ['NA', '-'] })).rows).toEqual([
      [null, 'NA'],
      [null, 'x'],
    ])
  })

  test('an escape takes the next byte as it is', async () => {
    const escaped = await fieldsOf('a,b\n"say \\"hi\\" \\\\",2\n', { ...header, escape: '\\' })
    expect(escaped.rows).toEqual([['say "hi" \\', '2']])
  })

  test('without a quote, quotes are text', async () => {
    expect((await fieldsOf('a,b\n"x,y"\n', { ...header, quote: 'none' })).rows).toEqual([['"x', 'y"']])
  })

  test('a field longer than any buffer comes whole', async () => {
    const long = 'x'.repeat(700_000)
    expect((await fieldsOf(`a,b\n"${long}\n",2\n1,2\n`, header)).rows).toEqual([
      [`${long}\n`, '2'],
      ['1', '2'],
    ])
  })

  test('a record of more fields than there is room for at first', async () => {
    const names = Array.from({ length: 30_000 }, (_, index) => `c${index}`).join(',')
    expect((await fieldsOf(`${names}\n${names}\n`, header)).rows[0]).toHaveLength(30_000)
  })
})

describe('what is no row is set aside with its row and offset', () => {
  test('too many and too few fields', async () => {
    expect(await fieldsOf('a,b\n1\n1,2,3\n4,5\n', header)).toEqual({
      rows: [['4', '5']],
      rejects: [
        { row: 1, offset: 4, reason: '1 field instead of 2', raw: '1' },
        { row: 2, offset: 6, reason: '3 fields instead of 2', raw: '1,2,3' },
      ],
    })
  })

  test('short ones are filled up where that is asked for', async () => {
    const padded = await fieldsOf('a,b,c\n1\n1,2,3,4\n', { ...header, ragged: 'pad' })
    expect(padded.rows).toEqual([['1', null, null]])
    expect(padded.rejects).toMatchObject([{ row: 2, reason: '4 fields instead of 3' }])
  })

  test('text behind a closing quote', async () => {
    expect((await fieldsOf('a,b\n1,"x"y\n2,z\n', header)).rejects).toEqual([
      { row: 1, offset: 4, reason: 'text follows the closing quote of field 2', raw: '1,"x"y' },
    ])
  })

  test('an unbalanced quote costs its line and no more', async () => {
    expect(await fieldsOf('a,b\n1,2\n3,"x\n4,5\n6,7\n', header)).toEqual({
      rows: [
        ['1', '2'],
        ['4', '5'],
        ['6', '7'],
      ],
      rejects: [{ row: 2, offset: 8, reason: 'a quote is opened and never closed', raw: '3,"x' }],
    })
  })
})

/** Everything that a reader may stumble over, in few bytes. */
const nasty = [
  'a,b\n1,"x\ny"\r\n\n"",""\n"a""b",2\r3,4\r\n,\n',
  'a,b\r\n"\r\n",1\r\r"\n\r",2\n5" x,3',
  'a,b\n1,2\n3,"open\n4,5\n"6\n7",8\n9,0\n',
  'a,b\n"x"y,1\n2,"z" \n"q""",3\n"never',
  '\uFEFFa,b\nä,"ö\nü"\n€,"😀""\n"\n',
  'a\n\n1\n"\n"\n\n2\n',
  'a,b\n"1\n2\n3\n4\n5\n6\n7\n8\n9",x\n1,2\n',
]

describe('parallel equals serial', () => {
  test.each(nasty)('%j, at every size of cells', async (text) => {
    const bytes = Buffer.byteLength(text)
    const serial = await rowsOf({ files: [text], params: header, cellBytes: 65_536 })
    for (let cellBytes = 1; cellBytes < bytes; cellBytes += 1) {
      const cut = await rowsOf({ files: [text], params: header, cellBytes, seed: cellBytes })
      expect(cut.rows).toEqual(serial.rows)
      expect(cut.rejects).toEqual(serial.rejects)
    }
  })

  test('for any text of quotes, delimiters and line ends', async () => {
    const part = fc.constantFrom('"', '""', ',', '\n', '\r', '\r\n', 'a', 'é', '\\', ' ')
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom('none', '\\'),
        fc.integer(),
        async (parts, cellBytes, escape, seed) => {
          const files = [`h,i\n${parts.join('')}`]
          const params = { ...header, escape }
          const serial = await rowsOf({ files, params })
          const cut = await rowsOf({ files, params, cellBytes, seed })
          expect(cut.rows).toEqual(serial.rows)
          expect(cut.rejects).toEqual(serial.rejects)
        },
      ),
      { numRuns: 60 },
    )
  }, 30_000)
})
