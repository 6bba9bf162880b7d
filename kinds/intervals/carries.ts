import { closeSync, openSync } from 'node:fs'
import { z } from 'zod'
import { type FileRef, fileRefSchema } from '../../contract/outcome.ts'
import { PartLost, type RunContext } from '../../contract/run.ts'
import { readAt } from '../../datasets/bytes/read.ts'
import type { IntervalOperation } from './kind.ts'
import { carryBehind, summarySchema } from './summary.ts'
import type { Carry } from './sweep.ts'

/**
 * What each bucket is told of those before it, and where its events are, in one scratch file of which a bucket's task reads its own entry:
 * where entries begin (doubles, little-endian), one more for the end of the last, and the entries as JSON.
 */
export const sortedSchema = z.strictObject({
  events: fileRefSchema.required(),
  summary: summarySchema.nullable(),
  skipped: z.int(),
})
export type Sorted = z.infer<typeof sortedSchema>

const entrySchema = z.strictObject({
  events: fileRefSchema.required(),
  skipped: z.int(),
  carry: z.strictObject({ group: z.string(), depth: z.int(), since: z.string().nullable() }).nullable(),
})

export interface BucketEntry {
  events: FileRef
  skipped: number
  carry: Carry | null
}

const offsetBytes = 8

export function writeCarries(
  context: Pick<RunContext, 'scratch'>,
  operation: IntervalOperation,
  buckets: readonly Sorted[],
): FileRef {
  let carry: Carry | null = null
  const entries: Buffer[] = []
  for (const { events, summary, skipped } of buckets) {
    entries.push(Buffer.from(JSON.stringify({ events, skipped, carry: encoded(carry) })))
    carry = carryBehind(operation, carry, summary)
  }
  const offsets = Buffer.alloc((entries.length + 1) * offsetBytes)
  let at = offsets.length
  for (const [bucket, entry] of entries.entries()) {
    offsets.writeDoubleLE(at, bucket * offsetBytes)
    at += entry.length
  }
  offsets.writeDoubleLE(at, entries.length * offsetBytes)
  const writer = context.scratch('carries')
  writer.write(offsets)
  for (const entry of entries) writer.write(entry)
  return writer.finish(entries.length)
}

function encoded(carry: Carry | null): z.input<typeof entrySchema>['carry'] {
  if (carry === null) return null
  const { group, depth, since } = carry
  return { depth, group: base64(group), since: since === null ? null : base64(since) }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}

export function readCarry(context: Pick<RunContext, 'path'>, file: FileRef, bucket: number): BucketEntry {
  const fd = openSync(context.path(file), 'r')
  const read = (offset: number, bytes: number) => {
    const block = Buffer.alloc(bytes)
    if (readAt(fd, block, offset) < bytes) throw new PartLost(file.file, 'it ends early')
    return block
  }
  try {
    const places = read(bucket * offsetBytes, 2 * offsetBytes)
    const from = places.readDoubleLE(0)
    const entry = entrySchema.parse(JSON.parse(read(from, places.readDoubleLE(offsetBytes) - from).toString('utf8')))
    return { ...entry, carry: decoded(entry.carry) }
  } finally {
    closeSync(fd)
  }
}

function decoded(carry: z.output<typeof entrySchema>['carry']): Carry | null {
  if (carry === null) return null
  const { group, depth, since } = carry
  return {
    depth,
    group: Buffer.from(group, 'base64'),
    since: since === null ? null : Buffer.from(since, 'base64'),
  }
}
