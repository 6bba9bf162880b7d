import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { inputJsonSchema } from '../../../contract/kind.ts'
import { fieldsOf, initialTexts, readField, readParams, textOf, textsOf, type Field } from './paramsForm.ts'

const schema = z.strictObject({
  tokens: z.enum(['words', 'whitespace']).default('words').describe('What counts as a word.'),
  top: z.int().min(1).max(1000).default(20),
  formula: z.string(),
  values: z.array(z.number()).optional(),
  candidates: z.array(z.union([z.string(), z.int()])).optional(),
  list: z.boolean().default(false),
  from: z.number().nullable().optional(),
  nested: z.strictObject({ a: z.int() }).optional(),
})
const fields = fieldsOf(inputJsonSchema(schema))
const named = (name: string): Field => {
  const field = fields.find((candidate) => candidate.name === name)
  if (field === undefined) throw new Error(`no field ${name}`)
  return field
}

describe('a form made from a JSON Schema', () => {
  it('has a control for each param, its default and its description', () => {
    expect(fields.map(({ name, control }) => [name, control.type])).toEqual([
      ['tokens', 'choice'],
      ['top', 'number'],
      ['formula', 'text'],
      ['values', 'list'],
      ['candidates', 'list'],
      ['list', 'flag'],
      ['from', 'number'],
      ['nested', 'json'],
    ])
    expect(named('tokens')).toMatchObject({ initial: 'words', hint: 'What counts as a word.', required: false })
    expect(named('formula')).toMatchObject({ required: true, initial: '' })
    expect(named('candidates').control).toEqual({ type: 'list', item: 'either' })
    expect(named('list').initial).toBe('false')
  })

  it('hides bounds at the edge of what a number can hold', () => {
    const [field] = fieldsOf(inputJsonSchema(z.strictObject({ n: z.int() })))
    expect(field?.control).toEqual({ type: 'number', integer: true, minimum: null, maximum: null })
  })

  it('merges the forms of a union into one', () => {
    const union = z.discriminatedUnion('mode', [
      z.strictObject({ mode: z.literal('check'), candidates: z.array(z.string()) }),
      z.strictObject({ mode: z.literal('range'), to: z.int() }),
    ])
    const merged = fieldsOf(inputJsonSchema(union))
    expect(merged.map(({ name }) => name)).toEqual(['mode', 'candidates', 'to'])
    expect(merged[0]?.control).toEqual({ type: 'choice', options: ['check', 'range'] })
  })
})

describe('reading what was typed', () => {
  it.each([
    ['top', '', { ok: true, value: undefined }],
    ['top', ' 7 ', { ok: true, value: 7 }],
    ['top', '7.5', { ok: false, message: 'Write a whole number.' }],
    ['top', '0', { ok: false, message: 'At least 1.' }],
    ['top', '1001', { ok: false, message: 'At most 1,000.' }],
    ['formula', '', { ok: false, message: 'This is needed.' }],
    ['formula', ' x ', { ok: true, value: ' x ' }],
    ['values', '1, 2.5;\n-3e2', { ok: true, value: [1, 2.5, -300] }],
    ['values', '1, two', { ok: false, message: '“two” is not a number.' }],
    [
      'candidates',
      '4 112272535095293 18446744073709551557',
      { ok: true, value: [4, 112272535095293, '18446744073709551557'] },
    ],
    ['list', 'true', { ok: true, value: true }],
    ['from', 'abc', { ok: false, message: 'Write a number, such as 2.5.' }],
    ['nested', '{"a":', { ok: false, message: 'This is not valid JSON.' }],
    ['nested', '{"a":1}', { ok: true, value: { a: 1 } }],
  ])('reads %s from %j', (name, text, read) => {
    expect(readField(named(name), text)).toEqual(read)
  })

  it('leaves out whatever still has its default and keeps what the schema accepts', () => {
    const read = readParams(fields, { ...initialTexts(fields), formula: 'x * 2', top: '5' })
    expect(read).toEqual({ ok: true, params: { formula: 'x * 2', top: 5 } })
    expect(schema.safeParse(read.ok ? read.params : {}).success).toBe(true)
  })

  it('tells every field that is wrong at once', () => {
    const read = readParams(fields, { ...initialTexts(fields), top: 'x' })
    expect(read.ok ? [] : Object.keys(read.errors)).toEqual(['top', 'formula'])
  })

  it('reads back each list of numbers that it wrote', () => {
    const { control } = named('values')
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (values) => {
        const plain = values.map((value) => (Object.is(value, -0) ? 0 : value))
        expect(readField(named('values'), textOf(control, plain))).toEqual({ ok: true, value: plain })
      }),
    )
  })
})

it('params fill the form in so that the form gives them back', () => {
  const fields = fieldsOf({
    type: 'object',
    properties: {
      top: { type: 'integer', default: 20 },
      words: { type: 'array', items: { type: 'string' } },
      exact: { type: 'boolean', default: false },
      mode: { enum: ['a', 'b'], default: 'a' },
      other: { type: 'object' },
    },
  })
  const params = { top: 5, words: ['x', 'y'], exact: true, mode: 'b', other: { deep: [1] } }
  expect(readParams(fields, textsOf(fields, params))).toEqual({ ok: true, params })
  expect(textsOf(fields, { top: null })).toEqual(initialTexts(fields))
})
