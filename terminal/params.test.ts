import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineKind } from '../contract/kind.ts'
import { parseParams } from './params.ts'

const kind = defineKind({
  id: 'sample',
  version: 1,
  title: 'Sample',
  summary: 'For tests.',
  result: z.null(),
  params: z.strictObject({
    text: z.string(),
    number: z.number(),
    flag: z.boolean(),
    mode: z.enum(['check', 'range']),
    list: z.array(z.number()),
    big: z.array(z.union([z.int(), z.string()])),
    words: z.array(z.string()),
    maybe: z.number().nullable(),
  }),
})

test.each([
  ['text=a=b', { text: 'a=b' }],
  ['text=12', { text: '12' }],
  ['text=', { text: '' }],
  ['number=-1.5e3', { number: -1500 }],
  ['number=.5', { number: 0.5 }],
  ['flag=true', { flag: true }],
  ['flag=false', { flag: false }],
  ['mode=range', { mode: 'range' }],
  ['list=1, 2,3', { list: [1, 2, 3] }],
  ['list=[1,2]', { list: [1, 2] }],
  ['list=', { list: [] }],
  ['big=4,18446744073709551557', { big: [4, '18446744073709551557'] }],
  ['words=x,1', { words: ['x', '1'] }],
  ['maybe=null', { maybe: null }],
  ['maybe=3', { maybe: 3 }],
])('-p %s is read by the type of its key', (word, params) => {
  expect(parseParams(kind, [word])).toEqual(params)
})

test.each([
  ['number=abc', /param 'number' is no number: 'abc'/],
  ['number=0x10', /no number/],
  ['number=', /no number/],
  ['flag=yes', /no boolean/],
  ['list=1,b', /no array/],
  ['list=[1', /no array/],
  ['text', /'text' is no param; write -p key=value/],
  ['=1', /is no param/],
])('-p %s is refused by name', (word, reason) => {
  expect(() => parseParams(kind, [word])).toThrow(reason)
})

test.each(['nope', '__proto__', 'constructor', 'toString'])(
  'the unknown param %s is refused with the known ones',
  (key) => {
    const refusal = `cannot run sample: unknown param '${key}'; it takes text, number`
    expect(() => parseParams(kind, [`${key}=1`])).toThrow(refusal)
    expect(() => parseParams(kind, [], JSON.parse(`{"${key}":{}}`))).toThrow(refusal)
  },
)

test('what -p says comes on top of the file, and nothing is said twice', () => {
  expect(parseParams(kind, ['number=2'], { number: 1, text: 'x' })).toEqual({ number: 2, text: 'x' })
  expect(() => parseParams(kind, ['number=2', 'number=3'])).toThrow("param 'number' is given twice")
})

test.each([[[]], [null], ['text'], [1]])('a params file that holds %j is refused', (file) => {
  expect(() => parseParams(kind, [], file)).toThrow('the params file holds no JSON object')
})
