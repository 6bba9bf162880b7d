import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rowsOf } from '../testing/rowsKind.ts'

type Params = Parameters<typeof rowsOf>[0]['params']

async function fieldsOf(text: string, params: Params = {}) {
  const { rows, rejects } = await rowsOf({ files: [text], params })
  return { rows: rows.map((row) => row.fields), reasons: rejects.map(({ row, reason }) => `${row}: ${reason}`) }
}

describe('lines of objects', () => {
  test('numbers stay as they are written; missing and null are null, an empty text is not', async () => {
    const text = '{"a":1.50,"b":"x"}\n{"b":"","a":12345678901234567890}\r\n\n{"a":null}\n{"a":1e400,"b":true}'
    expect((await fieldsOf(text)).rows).toEqual([
      ['1.50', 'x'],
      ['12345678901234567890', ''],
      [null, null],
      ['1e400', 'true'],
    ])
  })

  test('nested objects become columns, arrays stay JSON; or everything nested stays JSON', async () => {
    const text = '{"a":{"b":1,"c":{"d":[1, {"e":2}]}},"__proto__":"data"}\n'
    expect((await fieldsOf(text)).rows).toEqual([['1', '[1, {"e":2}]', 'data']])
    expect((await fieldsOf(text, { flatten: false })).rows).toEqual([['{"b":1,"c":{"d":[1, {"e":2}]}}', 'data']])
  })

  test('what is no object of known names is set aside', async () => {
    const many = Array.from({ length: 20_000 }, () => '{"a":"known known"}').join('\n')
    const text = `${many}\n{"a":1,"z":2}\n[1]\n{"a":1,}\n{"a":1} x\n{"a":"\u0001"}\n{"a":01}\n${many}\n`
    const { reasons } = await fieldsOf(text)
    expect(reasons).toEqual([
      '20001: "z" is no column of the table',
      '20002: it is no object',
      '20003: not JSON: a name in quotes is missing',
      '20004: something follows the object',
      '20005: not JSON: a control character stands in a string',
      '20006: not JSON: 01 is no value',
    ])
    expect((await fieldsOf(text, { ragged: 'pad' })).reasons).toHaveLength(5)
  })

  const value = fc.jsonValue({ maxDepth: 0 })
  const object = fc.dictionary(fc.string({ unit: 'binary', minLength: 1, maxLength: 5 }), value, { maxKeys: 4 })
  test('any objects read as JSON.parse reads them, however they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(object, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 40 }),
        async (objects, cellBytes) => {
          const files = [objects.map((each) => JSON.stringify(each)).join('\n')]
          const names = [...new Set(objects.flatMap((each) => Object.keys(each)))]
          const { rows } = await rowsOf({ files, cellBytes, seed: cellBytes })
          const expected = objects.map((each) =>
            names.map((name) => {
              const value = Object.hasOwn(each, name) ? each[name] : null
              if (value === null) return null
              return typeof value === 'string' ? value.toWellFormed() : JSON.stringify(value)
            }),
          )
          expect(rows.map((row) => row.fields)).toEqual(expected)
        },
      ),
      { numRuns: 60 },
    )
  }, 30_000)
})

test('an array of objects is read element by element', async () => {
  const text = ' [ {"a": "x,]}\\"", "b": [1,2]} ,\n{"a": "\\u00e9\\ud83d\\ude00\\ud800"}\n, 7, {"b": {"c": 1}} ]\n'
  const { rows, reasons } = await fieldsOf(text)
  expect(rows).toEqual([
    ['x,]}"', '[1,2]', null],
    ['é😀\uFFFD', null, null],
    [null, null, '1'],
  ])
  expect(reasons).toEqual(['3: it is no object'])
})

test('an array whose elements take several lines is read by one task, which finds all of them', async () => {
  const objects = Array.from({ length: 50 }, (_, id) => ({ id: String(id), name: `line\n${id}` }))
  const files = [JSON.stringify(objects, null, 2)]
  const { rows, rejects, stages } = await rowsOf({ files, cellBytes: 16, seed: 1 })
  expect(rejects).toEqual([])
  expect(rows.map((row) => row.fields)).toEqual(objects.map(({ id, name }) => [id, name]))
  expect(stages['scan']).toBe(1)
})

test('an array that was cut off loses its last element by name', async () => {
  expect((await fieldsOf('[{"a":1},{"a":2},{"a":')).reasons).toEqual(['3: the array ends inside it'])
})

describe('records put right', () => {
  test('take the place of lines of JSON and of elements of an array', async () => {
    const lines = '{"a":1}\n{"a":2,}\n{"a":3}\n'
    const mended = [{ offset: 8, raw: '{"a":"two"}' }]
    expect((await rowsOf({ files: [lines], mended })).rows.map(({ fields }) => fields)).toEqual([['1'], ['two'], ['3']])
    const array = '[{"a":1},\n{"a":2 2},\n{"a":3}]'
    const { rejects } = await rowsOf({ files: [array] })
    expect(rejects).toMatchObject([{ row: 2, raw: '{"a":2 2},' }])
    const again = [{ offset: rejects[0]!.offset, raw: '{\n"a":2\n},' }]
    expect(await rowsOf({ files: [array], mended: again })).toMatchObject({
      rejects: [],
      rows: [{ fields: ['1'] }, { fields: ['2'] }, { fields: ['3'] }],
    })
  })

  test('that are no records are set aside again', async () => {
    const { rejects } = await rowsOf({
      files: ['{"a":1}\n{"a":2,}\n'],
      mended: [{ offset: 8, raw: '{"a":2} {"a":3}' }],
    })
    expect(rejects).toMatchObject([{ row: 2, reason: 'something follows the object' }])
  })
})

describe('numbers', () => {
  test('beside text with decimal commas are still written with a point', async () => {
    const csv = 'price;n\n"1,5";1\n"2,25";2\n'
    const { rows } = await rowsOf({ files: [csv, '{"price":3,"n":1}\n{"price":1.234,"n":2}\n'] })
    expect(rows.map(({ fields }) => fields)).toEqual([
      ['1,5', '1'],
      ['2,25', '2'],
      ['3', '1'],
      ['1.234', '2'],
    ])
  })
})
