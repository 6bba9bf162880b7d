import { refuse, succeed, type CommandResult } from '../contract/commandError.ts'
import type { Json } from '../contract/json.ts'
import type { JsonSchema, Kind } from '../contract/kind.ts'
import { inputJsonSchema } from '../contract/kind.ts'

/**
 * From `-p key=value` to params, by what the kind's JSON Schema says a key is. It only reads words; whether a value is right for the
 * kind is the host's to say. Keys are looked up among the schema's own, so `__proto__` is as unknown as any other stranger.
 */
export type Params = Record<string, Json>

const decimal = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i

function typesOf(schema: JsonSchema): Set<string> {
  const own = schema.type === undefined ? [] : [schema.type].flat()
  const chosen = [...(schema.enum ?? []), ...('const' in schema ? [schema.const] : [])].map((value) => typeof value)
  return new Set([...own, ...chosen, ...(schema.anyOf ?? []).flatMap((branch) => [...typesOf(branch)])])
}

function itemsOf(schema: JsonSchema): JsonSchema {
  return schema.items ?? (schema.anyOf ?? []).map(itemsOf).find((items) => Object.keys(items).length > 0) ?? {}
}

/** A number, unless it would lose digits that a string can keep. */
function readNumber(text: string, types: ReadonlySet<string>): number | undefined {
  if (!decimal.test(text)) return undefined
  const value = Number(text)
  const loses = Number.isInteger(value) && !Number.isSafeInteger(value)
  return loses && types.has('string') ? undefined : value
}

function readJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function readList(text: string, schema: JsonSchema): Json | undefined {
  if (text.trimStart().startsWith('[')) return readJson(text)
  if (text === '') return []
  const items = text.split(',').map((item) => readValue(item.trim(), itemsOf(schema)))
  return items.some((item) => item === undefined) ? undefined : (items as Json[])
}

function readScalar(text: string, types: ReadonlySet<string>): Json | undefined {
  if (types.has('boolean') && (text === 'true' || text === 'false')) return text === 'true'
  if (types.has('null') && text === 'null') return null
  if (types.has('number') || types.has('integer')) return readNumber(text, types)
  return undefined
}

/** The value that the words stand for, undefined when they cannot be of this type. Strings are taken as they are. */
function readValue(text: string, schema: JsonSchema): Json | undefined {
  const types = typesOf(schema)
  const scalar = readScalar(text, types)
  if (scalar !== undefined) return scalar
  if (types.has('array') && (!types.has('string') || text.trimStart().startsWith('['))) return readList(text, schema)
  if (types.has('object') && !types.has('string')) return readJson(text)
  return types.has('string') || types.size === 0 ? text : undefined
}

const described = (schema: JsonSchema) => [...typesOf(schema)].join(' or ') || 'value'

function unknown(key: string, kind: Kind, known: string[]): { ok: false; error: ReturnType<typeof refuse>['error'] } {
  const hint = known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`
  return refuse('invalid-params', `cannot run ${kind.id}: unknown param '${key}'`, hint)
}

/** `file` is the content of `--params FILE.json`; what `-p` says comes on top of it. */
export function parseParams(kind: Kind, pairs: readonly string[], file: unknown = {}): CommandResult<Params> {
  const properties = inputJsonSchema(kind.params).properties ?? {}
  const known = Object.keys(properties)
  if (typeof file !== 'object' || file === null || Array.isArray(file))
    return refuse('invalid-params', `cannot run ${kind.id}: the params file holds no JSON object`)
  const params: Params = {}
  for (const [key, value] of Object.entries(file)) {
    if (!known.includes(key)) return unknown(key, kind, known)
    params[key] = value as Json
  }
  const given = new Set<string>()
  for (const pair of pairs) {
    const [, key, text] = /^([^=]+)=(.*)$/s.exec(pair) ?? []
    if (key === undefined || text === undefined)
      return refuse('invalid-params', `cannot run ${kind.id}: '${pair}' is no param`, 'write -p key=value')
    const schema = known.includes(key) ? properties[key] : undefined
    if (schema === undefined) return unknown(key, kind, known)
    if (given.has(key)) return refuse('invalid-params', `cannot run ${kind.id}: param '${key}' is given twice`)
    given.add(key)
    const value = readValue(text, schema)
    if (value === undefined)
      return refuse('invalid-params', `cannot run ${kind.id}: param '${key}' is no ${described(schema)}: '${text}'`)
    params[key] = value
  }
  return succeed(params)
}
