import { z } from 'zod'
import type { PlaceEvent } from './event.ts'
import type { IntervalOperation } from './kind.ts'
import type { Carry } from './sweep.ts'

/**
 * What a bucket of events comes to for those behind it, whatever came before it. Positions and keys are in base64. All but the first key is
 * about the part of the last key that stands in the bucket.
 */
const bytesSchema = z.string()

export const summarySchema = z.strictObject({
  firstGroup: bytesSchema,
  lastGroup: bytesSchema,
  /** How many more intervals have started than ended. */
  net: z.int(),
  /** The least that was, of 0 and after each position. */
  least: z.int(),
  /** The first position with more than the least, behind the last one with the least. */
  rise: bytesSchema.nullable(),
  /** The last position at which the depth changed. */
  change: bytesSchema.nullable(),
  last: bytesSchema,
})
export type Summary = z.infer<typeof summarySchema>

interface LastGroup {
  bytes: Buffer
  net: number
  least: number
  rise: Buffer | null
  change: Buffer | null
  last: Buffer
}

export class Summing {
  #first: Buffer | null = null
  #group: LastGroup | null = null

  add({ bytes, keyStart, groupEnd, keyEnd, starts, ends }: PlaceEvent): void {
    const group = Buffer.from(bytes.subarray(keyStart, groupEnd))
    const position = Buffer.from(bytes.subarray(groupEnd, keyEnd))
    this.#first ??= group
    if (this.#group === null || !this.#group.bytes.equals(group))
      this.#group = { bytes: group, net: 0, least: 0, rise: null, change: null, last: position }
    const at = this.#group
    at.net += starts - ends
    if (at.net <= at.least) {
      at.least = at.net
      at.rise = null
    } else at.rise ??= position
    if (starts !== ends) at.change = position
    at.last = position
  }

  /** Null of no events. */
  finish(): Summary | null {
    if (this.#first === null || this.#group === null) return null
    const { bytes, net, least, rise, change, last } = this.#group
    return {
      firstGroup: this.#first.toString('base64'),
      lastGroup: bytes.toString('base64'),
      net,
      least,
      rise: rise?.toString('base64') ?? null,
      change: change?.toString('base64') ?? null,
      last: last.toString('base64'),
    }
  }
}

/** What the buckets behind one are told, from what it was told itself and what it comes to. */
export function carryBehind(operation: IntervalOperation, carry: Carry | null, summary: Summary | null): Carry | null {
  if (summary === null) return carry
  const group = Buffer.from(summary.lastGroup, 'base64')
  const goesOn = summary.firstGroup === summary.lastGroup && carry !== null && group.equals(carry.group)
  const before = goesOn ? carry : { group, depth: 0, since: null }
  return { group, depth: before.depth + summary.net, since: sinceBehind(operation, before, summary) }
}

function sinceBehind(operation: IntervalOperation, before: Carry, summary: Summary): Uint8Array | null {
  const depth = before.depth + summary.net
  switch (operation) {
    case 'merge':
      if (depth === 0) return null
      return before.depth + summary.least > 0 ? before.since : decoded(summary.rise)
    case 'gaps':
      return depth === 0 ? decoded(summary.last) : null
    default:
      return summary.change === null ? before.since : decoded(summary.change)
  }
}

function decoded(text: string | null): Uint8Array | null {
  return text === null ? null : Buffer.from(text, 'base64')
}
