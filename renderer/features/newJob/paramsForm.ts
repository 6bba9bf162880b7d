import { assertNever } from '../../../contract/invariant.ts'
import type { JsonSchema } from '../../../contract/kind.ts'
import type { Json } from '../../../contract/json.ts'
import { format } from '../../ui/format.ts'
import { humanize } from '../../ui/resultShape.ts'
import { strings } from '../../ui/strings.ts'
import { textOfWords, wordsOf } from './wordList.ts'

/**
 * A form out of a kind's JSON Schema, and what was typed into it back into params. Pure. The host checks everything again by the
 * kind's own schema; this finds what can be told while typing.
 */
export interface Field {
  name: string
  label: string
  hint: string | null
  required: boolean
  control: Control
  /** The text that stands for the default, empty when there is none. */
  initial: string
}

type Bounds = { minimum: number | null; maximum: number | null }
export type Control =
  | { type: 'text' }
  | ({ type: 'number'; integer: boolean } & Bounds)
  | { type: 'flag' }
  | { type: 'choice'; options: Json[] }
  | { type: 'list'; item: 'text' | 'number' | 'integer' | 'either' }
  /** Whatever the form has no control for is written as JSON. */
  | { type: 'json' }

export type Texts = Record<string, string>
export type Read = { ok: true; value: Json | undefined } | { ok: false; message: string }

export function fieldsOf(schema: JsonSchema): Field[] {
  const required = new Set(schema.required)
  return Object.entries(propertiesOf(schema)).map(([name, property]) => {
    const plain = withoutNull(property)
    const control = controlOf(plain)
    const fallback = property.default as Json | undefined
    return {
      name,
      label: property.title ?? humanize(name),
      hint: property.description ?? plain.description ?? null,
      required: required.has(name) && fallback === undefined,
      control,
      initial: fallback === undefined || fallback === null ? '' : textOf(control, fallback),
    }
  })
}

/** The properties of a schema, or of all alternatives of one that has several forms. */
function propertiesOf(schema: JsonSchema): Record<string, JsonSchema> {
  const forms = alternatives(schema)
  const merged = new Map<string, JsonSchema>()
  for (const form of [schema, ...forms])
    for (const [name, property] of Object.entries(form.properties ?? {})) {
      const known = merged.get(name)
      merged.set(name, known === undefined ? property : bothForms(known, property))
    }
  return Object.fromEntries(merged)
}

function bothForms(a: JsonSchema, b: JsonSchema): JsonSchema {
  const options = [...constants(a), ...constants(b)]
  return options.length === 0 ? a : { ...a, const: undefined, enum: [...new Set(options)] }
}

function constants(schema: JsonSchema): unknown[] {
  if (schema.enum !== undefined) return schema.enum
  return schema.const === undefined ? [] : [schema.const]
}

function alternatives(schema: JsonSchema): JsonSchema[] {
  const oneOf = schema['oneOf']
  return schema.anyOf ?? (Array.isArray(oneOf) ? (oneOf as JsonSchema[]) : [])
}

function withoutNull(schema: JsonSchema): JsonSchema {
  const rest = alternatives(schema).filter((form) => form.type !== 'null')
  const only = rest[0]
  return only !== undefined && rest.length === 1 ? only : schema
}

function controlOf(schema: JsonSchema): Control {
  const options = constants(schema)
  if (options.length > 0) return { type: 'choice', options: options as Json[] }
  const type = plainType(schema)
  switch (type ?? 'unknown') {
    case 'string':
      return { type: 'text' }
    case 'number':
    case 'integer':
      return { type: 'number', integer: type === 'integer', ...boundsOf(schema) }
    case 'boolean':
      return { type: 'flag' }
    case 'array':
      return listOf(schema.items)
    default:
      return { type: 'json' }
  }
}

/** The one type besides null, when there is just one. */
function plainType(schema: JsonSchema): string | null {
  const forms = schema.type === undefined ? alternatives(schema) : [schema]
  const types = [...new Set(forms.flatMap(({ type }) => type ?? 'unknown'))].filter((type) => type !== 'null')
  return types.length === 1 ? (types[0] ?? null) : null
}

function listOf(items: JsonSchema | undefined): Control {
  const types = items === undefined ? [] : [items, ...alternatives(items)].flatMap(({ type }) => type ?? [])
  const simple = types.every((type) => type === 'string' || type === 'number' || type === 'integer')
  if (types.length === 0 || !simple) return { type: 'json' }
  const numbers = types.some((type) => type !== 'string')
  if (!types.includes('string')) return { type: 'list', item: types.includes('number') ? 'number' : 'integer' }
  return { type: 'list', item: numbers ? 'either' : 'text' }
}

/** Bounds at the edge of what a number can hold are no news to a person. */
function boundsOf(schema: JsonSchema): Bounds {
  const shown = (bound: number | undefined) =>
    bound === undefined || Math.abs(bound) >= Number.MAX_SAFE_INTEGER ? null : bound
  return { minimum: shown(schema.minimum), maximum: shown(schema.maximum) }
}

export function textOf(control: Control, value: Json): string {
  if (control.type === 'list' && Array.isArray(value))
    return control.item === 'text' ? textOfWords(value.map(plainText)) : value.map(plainText).join(', ')
  return control.type === 'json' ? JSON.stringify(value) : plainText(value)
}

function plainText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** An empty field of a param that is not required is left out, so that the kind's own default holds. */
export function readField(field: Field, text: string): Read {
  const empty = field.control.type === 'text' ? text === '' : text.trim() === ''
  if (empty) return field.required ? { ok: false, message: strings.field.required } : { ok: true, value: undefined }
  const { control } = field
  switch (control.type) {
    case 'text':
      return { ok: true, value: text }
    case 'flag':
      return { ok: true, value: text === 'true' }
    case 'choice':
      return { ok: true, value: control.options.find((option) => plainText(option) === text) }
    case 'number':
      return readNumber(control, text.trim())
    case 'list':
      return readList(control.item, text)
    case 'json':
      return readJson(text)
    default:
      return assertNever(control, 'control of a param')
  }
}

function readNumber(control: Extract<Control, { type: 'number' }>, text: string): Read {
  const value = Number(text)
  if (control.integer && !Number.isSafeInteger(value)) return { ok: false, message: strings.field.integer }
  if (!Number.isFinite(value)) return { ok: false, message: strings.field.number }
  if (control.minimum !== null && value < control.minimum)
    return { ok: false, message: strings.field.minimum(format.number(control.minimum)) }
  if (control.maximum !== null && value > control.maximum)
    return { ok: false, message: strings.field.maximum(format.number(control.maximum)) }
  return { ok: true, value }
}

function readList(item: Extract<Control, { type: 'list' }>['item'], text: string): Read {
  if (item === 'text') return { ok: true, value: wordsOf(text) }
  const values: Json[] = []
  for (const word of text.split(/[\s,;]+/).filter((part) => part !== '')) {
    const value = Number(word)
    const exact = item === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value)
    if (item === 'either' && !Number.isSafeInteger(value)) values.push(word)
    else if (exact) values.push(value)
    else return { ok: false, message: (item === 'integer' ? strings.field.notInteger : strings.field.notNumber)(word) }
  }
  return { ok: true, value: values }
}

function readJson(text: string): Read {
  try {
    return { ok: true, value: JSON.parse(text) as Json }
  } catch (cause) {
    if (cause instanceof SyntaxError) return { ok: false, message: strings.field.json }
    throw cause
  }
}

export function initialTexts(fields: readonly Field[]): Texts {
  return Object.fromEntries(fields.map((field) => [field.name, field.initial]))
}

/** The form as these params fill it in; what they do not name has its default. */
export function textsOf(fields: readonly Field[], params: Record<string, Json>): Texts {
  return Object.fromEntries(
    fields.map(({ name, control, initial }) => {
      const value = Object.hasOwn(params, name) ? params[name] : undefined
      return [name, value === undefined || value === null ? initial : textOf(control, value)]
    }),
  )
}

/** Params that differ from their defaults, or the errors by field. */
export function readParams(
  fields: readonly Field[],
  texts: Texts,
): { ok: true; params: Record<string, Json> } | { ok: false; errors: Record<string, string> } {
  const params: Record<string, Json> = {}
  const errors: Record<string, string> = {}
  for (const field of fields) {
    const text = texts[field.name] ?? field.initial
    const read = readField(field, text)
    if (!read.ok) errors[field.name] = read.message
    else if (read.value !== undefined && (text !== field.initial || field.required)) params[field.name] = read.value
  }
  return Object.keys(errors).length === 0 ? { ok: true, params } : { ok: false, errors }
}
