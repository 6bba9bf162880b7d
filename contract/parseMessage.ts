import type { z } from 'zod'

/** Deeper JSON is no message of ours: a schema's own recursion would overflow the stack on it, and end the process that checks it. */
export const mostNesting = 500

/** What is wrong with it is a value, whatever it is. */
export function parseMessage<T extends z.ZodType>(
  schema: T,
  raw: unknown,
): { ok: true; message: z.output<T> } | { ok: false; why: string } {
  if (isNestedDeeper(raw, mostNesting)) return { ok: false, why: `it is nested more than ${mostNesting} deep` }
  const parsed = schema.safeParse(raw)
  return parsed.success ? { ok: true, message: parsed.data } : { ok: false, why: parsed.error.message }
}

/** Level by level, so that nothing recurses here either. A value that contains itself is deeper than any limit. */
export function isNestedDeeper(value: unknown, limit: number): boolean {
  let level = new Set([value].filter(isObject))
  for (let depth = 0; level.size > 0; depth++) {
    if (depth === limit) return true
    const next = new Set<object>()
    for (const each of level) for (const inner of Object.values(each)) if (isObject(inner)) next.add(inner)
    level = next
  }
  return false
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
