import { z } from 'zod'

/**
 * Stands between a wire and oRPC, on both ends: a message that is not a well-formed envelope of oRPC's peer protocol never reaches
 * oRPC, where one is enough to end the process by an unhandled rejection. It looks at envelopes only; what they ask for is checked
 * by the contract's schemas.
 */

const id = z.string().min(1).max(64)
const headers = z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional()
const meta = z.strictObject({
  id: z.string().max(1000).optional(),
  retry: z.int().min(0).optional(),
  comments: z.array(z.string()).optional(),
})
const eventOf = (body: z.ZodType) =>
  z.strictObject({
    i: id,
    t: z.literal(3),
    p: z.strictObject({ e: z.enum(['message', 'error', 'done']), d: body.optional(), m: meta.optional() }),
  })

/** Of oRPC's serializer: a property whose value is undefined, which JSON has no word for. No other of its types is in the contract. */
const undefinedType = 3
const bodySchema = z
  .strictObject({
    json: z.unknown().optional(),
    meta: z.array(z.tuple([z.literal(undefinedType)], z.union([z.string(), z.number()]))).optional(),
  })
  .refine(({ json, meta = [] }) => meta.every(([, ...path]) => isNullAt(json, path)))

function isNullAt(json: unknown, path: readonly (string | number)[]): boolean {
  let value = json
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return false
    value = (value as Record<string | number, unknown>)[name]
  }
  return value === null
}

const abortSchema = z.strictObject({ i: id, t: z.literal(4), p: z.unknown().optional() })

const path = z
  .string()
  .max(1000)
  .refine((text) => text.startsWith('/') && URL.canParse(`http://orpc${text}`))
/** A request's body is JSON: a content header would make oRPC decode a file, a form or a stream. */
const plainHeaders = headers.refine((all) => Object.keys(all ?? {}).every((name) => !/^content-/i.test(name)))
/** An answer may be a stream of events, never a file. */
const answerHeaders = headers.refine((all) =>
  Object.keys(all ?? {}).every((name) => !/^content-disposition$/i.test(name)),
)
const requestSchema = z.strictObject({
  i: id,
  t: z.literal(1).optional(),
  p: z.strictObject({ u: path, h: plainHeaders, m: z.enum(['GET', 'POST']).optional(), b: bodySchema.optional() }),
})
const responseSchema = z.strictObject({
  i: id,
  t: z.literal(2).optional(),
  p: z.strictObject({ s: z.int().min(100).max(599).optional(), h: answerHeaders, b: z.unknown().optional() }),
})

const envelopes = {
  server: z.union([requestSchema, eventOf(bodySchema), abortSchema]),
  client: z.union([responseSchema, eventOf(z.unknown()), abortSchema]),
}

/** True when the message may be given to oRPC on that side. */
export function isEnvelope(side: 'server' | 'client', message: string): boolean {
  const parsed = parseJson(message)
  return parsed !== undefined && envelopes[side].safeParse(parsed).success
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // A value, not an error: undefined is what no JSON text means.
    return undefined
  }
}
