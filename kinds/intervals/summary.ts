import { z } from 'zod'
import { areEqual, type Bytes, type PlaceEvent } from './event.ts'
import { Kept, Seen } from './keptBytes.ts'
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

/** A position, once there is one. */
class MaybeKept extends Kept {
  isThere = false

  forget(): void {
    this.isThere = false
  }

  override keep(bytes: Bytes): void {
    super.keep(bytes)
    this.isThere = true
  }
}

export class Summing {
  #first: string | null = null
  readonly #group = new Kept()
  #net = 0
  #least = 0
  readonly #rise = new MaybeKept()
  readonly #change = new MaybeKept()
  readonly #last = new Kept()
  readonly #groupNow = new Seen()
  readonly #position = new Seen()

  add({ bytes, keyStart, groupEnd, keyEnd, starts, ends }: PlaceEvent): void {
    this.#groupNow.look(bytes, keyStart, groupEnd)
    this.#position.look(bytes, groupEnd, keyEnd)
    if (this.#first === null || !areEqual(this.#group, this.#groupNow)) this.#beginGroup()
    this.#net += starts - ends
    if (this.#net <= this.#least) {
      this.#least = this.#net
      this.#rise.forget()
    } else if (!this.#rise.isThere) this.#rise.keep(this.#position)
    if (starts !== ends) this.#change.keep(this.#position)
    this.#last.keep(this.#position)
  }

  /** Null of no events. */
  finish(): Summary | null {
    if (this.#first === null) return null
    return {
      firstGroup: this.#first,
      lastGroup: base64(this.#group),
      net: this.#net,
      least: this.#least,
      rise: this.#rise.isThere ? base64(this.#rise) : null,
      change: this.#change.isThere ? base64(this.#change) : null,
      last: base64(this.#last),
    }
  }

  #beginGroup(): void {
    this.#group.keep(this.#groupNow)
    this.#first ??= base64(this.#group)
    this.#net = 0
    this.#least = 0
    this.#rise.forget()
    this.#change.forget()
  }
}

function base64({ bytes, start, end }: Bytes): string {
  return Buffer.from(bytes.subarray(start, end)).toString('base64')
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
