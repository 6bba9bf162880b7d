import { z } from 'zod'

/** What may cross a process boundary or stand in a database column as text. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

export const jsonSchema: z.ZodType<Json> = z.json()

/**
 * One spelling per value: keys sorted, no white space. Two values with the same canonical text are the same arguments to replay.
 * An undefined property is left out, as JSON leaves it out.
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.keys(value)
    .toSorted()
    .filter((key) => value[key] !== undefined)
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] as Json)}`)
  return `{${members.join(',')}}`
}

/** Names that mean something to JavaScript objects: never a param's name, at any depth. */
export const forbiddenNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** The path of the first forbidden name in a value, or null. Parsers drop such names in silence; whoever asked should be told. */
export function forbiddenNameIn(value: unknown, depth = 0): string | null {
  if (typeof value !== 'object' || value === null) return null
  if (depth > 100) return '(nested more than 100 deep)'
  for (const key of Object.getOwnPropertyNames(value)) {
    if (!Array.isArray(value) && forbiddenNames.has(key)) return key
    const inner = forbiddenNameIn((value as Record<string, unknown>)[key], depth + 1)
    if (inner !== null) return `${key}.${inner}`
  }
  return null
}
