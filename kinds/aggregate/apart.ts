import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { invariant } from '../../contract/invariant.ts'
import { type FileRef, fileRefSchema } from '../../contract/outcome.ts'
import type { Part, RunContext } from '../../contract/run.ts'
import { type ByteView } from './groupFile.ts'
import { type Mark, readMarks } from './groupMarks.ts'
import { keyOrderOf } from './groups.ts'
import type { AggregateParams } from './kind.ts'
import type { Stretch } from './mergeGroups.ts'
import type { Shape } from './shape.ts'

/**
 * Groups that are many stay in the files in which tasks left them: one list of these goes through the merges instead. Their keys are then cut
 * into ranges, and each range of all files is merged by itself, on any worker. Files stand in the order of their rows.
 */
const listSchema = z.array(z.strictObject({ groups: fileRefSchema, marks: fileRefSchema.optional() }))
export type GroupFile = z.infer<typeof listSchema>[number]

const mostRanges = 1024
/** Parts of the memory that groups may take: what makes them many, and a range of keys. */
const manyShare = 4
const rangeShare = 16

type Context = Pick<RunContext<AggregateParams>, 'params' | 'path' | 'scratch'>

export function groupFilesOf({ files }: Part, context: Pick<Context, 'path'>): GroupFile[] {
  const { groups, marks, list } = files
  if (list !== undefined) return listSchema.parse(JSON.parse(readFileSync(context.path(list), 'utf8')))
  invariant(groups !== undefined, 'aggregate: every partial has its groups')
  return [{ groups, ...(marks === undefined ? {} : { marks }) }]
}

export function bytesOf(files: readonly GroupFile[]): number {
  return files.reduce((sum, { groups }) => sum + groups.bytes, 0)
}

/** What is to be put in another order, or is no more than one group, comes together in one task. */
export function areMany(files: readonly GroupFile[], { keys }: Shape<never>, { order, memoryBytes }: AggregateParams) {
  return order.length === 0 && keys.length > 0 && bytesOf(files) > memoryBytes / manyShare
}

export function writeList(files: readonly GroupFile[], context: Context): FileRef {
  const writer = context.scratch('list')
  writer.write(JSON.stringify(files))
  return writer.finish()
}

/** Keys at which ranges begin, but the first one, in base64; and by range for each file a place before its first group of it. */
const cutsSchema = z.strictObject({ keys: z.array(z.base64()), offsets: z.array(z.array(z.int())) })

/** Cuts the keys of all files into ranges of about the same bytes; returns how many. */
export function writeCuts(
  files: readonly GroupFile[],
  shape: Shape<never>,
  context: Context,
): { ranges: number; cuts: FileRef } {
  const order = keyOrderOf(shape)
  const compare = (one: Mark, other: Mark) => order.compare(viewOf(one.key), viewOf(other.key))
  const marks = files.map((file) => (file.marks === undefined ? [] : readMarks(context, file.marks)))
  const sorted = marks.flat().sort(compare)
  const wanted = Math.min(mostRanges, Math.ceil(bytesOf(files) / (context.params.memoryBytes / rangeShare)))
  const starts: Mark[] = []
  for (let range = 1; range < wanted && sorted.length > 0; range++) {
    const mark = sorted[Math.floor((range * sorted.length) / wanted)]!
    const last = starts.at(-1)
    if (last === undefined || compare(last, mark) < 0) starts.push(mark)
  }
  const offsets = [null, ...starts].map((start) => marks.map((each) => offsetBefore(each, start, compare)))
  const writer = context.scratch('cuts')
  writer.write(JSON.stringify({ keys: starts.map(({ key }) => Buffer.from(key).toString('base64')), offsets }))
  return { ranges: offsets.length, cuts: writer.finish() }
}

/** Where a file's last mark at or before the start of a range stands. */
function offsetBefore(marks: readonly Mark[], start: Mark | null, compare: (one: Mark, other: Mark) => number): number {
  if (start === null) return 0
  let low = 0
  let high = marks.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compare(marks[middle]!, start) <= 0) low = middle + 1
    else high = middle
  }
  return low === 0 ? 0 : marks[low - 1]!.offset
}

export function readRange(cuts: FileRef, range: number, context: Pick<Context, 'path'>): Stretch {
  const { keys, offsets } = cutsSchema.parse(JSON.parse(readFileSync(context.path(cuts), 'utf8')))
  const keyAt = (index: number) => (keys[index] === undefined ? null : viewOf(Buffer.from(keys[index], 'base64')))
  return { from: keyAt(range - 1), to: keyAt(range), offsets: offsets[range] ?? [] }
}

function viewOf(bytes: Uint8Array): ByteView {
  return { bytes, start: 0, end: bytes.length }
}
