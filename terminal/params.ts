import type { z } from 'zod'
import type { Json } from '../contract/json.ts'
import type { JsonSchema } from '../contract/kind.ts'
import { inputJsonSchema } from '../contract/kind.ts'
import { Refusal } from './exitCodes.ts'

/**
 * From `-p key=value` to params, by what the kind's JSON Schema says a key is. It only reads words; whether a value is right for the
 * kind is the host's to say. Keys are looked up among the schema's own, so `__proto__` is as unknown as any other stranger.
 */
export type Params = Record<string, Json>

/** Who takes params: a kind, or a verb that says by `refusal` what it cannot do when they are wrong. */
export interface ParamTaker {
  id: string
  params: z.ZodType
  refusal?: string
}

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

/** What is known of the params, and how to say that something about one is wrong. */
class Schema {
  readonly #properties: Record<string, JsonSchema>
  readonly #taker: ParamTaker

  constructor(taker: ParamTaker) {
    this.#taker = taker
    this.#properties = inputJsonSchema(taker.params).properties ?? {}
  }

  refuse(reason: string): never {
    throw new Refusal(`${this.#taker.refusal ?? `cannot run ${this.#taker.id}`}: ${reason}`)
  }

  of(key: string): JsonSchema {
    const known = Object.keys(this.#properties)
    const schema = known.includes(key) ? this.#properties[key] : undefined
    const takes = known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`
    return schema ?? this.refuse(`unknown param '${key}'; ${takes}`)
  }

  read(key: string, text: string): Json {
    const value = readValue(text, this.of(key))
    return value ?? (value === null ? null : this.refuse(`param '${key}' is no ${described(this.of(key))}: '${text}'`))
  }
}

/** `file` is the content of `--params FILE.json`; what `-p` says comes on top of it. */
export function parseParams(taker: ParamTaker, words: readonly string[], file: unknown = {}): Params {
  const schema: Schema = new Schema(taker)
  if (typeof file !== 'object' || file === null || Array.isArray(file))
    schema.refuse('the params file holds no JSON object')
  for (const key of Object.keys(file)) schema.of(key)
  const params: Params = { ...(file as Params) }
  const given = new Set<string>()
  for (const word of words) {
    const [, key, text] = /^([^=]+)=(.*)$/s.exec(word) ?? []
    if (key === undefined || text === undefined) schema.refuse(`'${word}' is no param; write -p key=value`)
    if (given.has(key)) schema.refuse(`param '${key}' is given twice`)
    given.add(key)
    params[key] = schema.read(key, text)
  }
  return params
}
