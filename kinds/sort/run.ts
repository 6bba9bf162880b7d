import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { invariant } from '../../contract/invariant.ts'
import { type FileRef } from '../../contract/outcome.ts'
import { type Part, type RunContext, type StageAnswer, defineRun } from '../../contract/run.ts'
import { piecesOf } from '../../datasets/bytes/grid.ts'
import {
  gatherPartitions,
  partitionAnswer,
  type PlacedSegment,
  segmentsOfBucket,
} from '../../datasets/shuffle/directory.ts'
import { PartitionWriter } from '../../datasets/shuffle/partitionFile.ts'
import { RecordBatch } from '../../datasets/shuffle/recordBatch.ts'
import { readSegment } from '../../datasets/shuffle/readSegment.ts'
import { tableRuns } from '../../datasets/table/indexStages.ts'
import { isDescending, kind, resultSchema, type SortParams } from './kind.ts'
import { type Reading, readLineRecords, type RecordVisitor } from './lineOrder.ts'
import { mergeRuns } from './mergeRuns.ts'
import { RecordOutput } from './recordOutput.ts'
import { RecordSorter, type SortForm } from './recordSorter.ts'
import { comparisonOf, headOf, readRowRecords } from './rowOrder.ts'
import { sampleKeys } from './sample.ts'
import { Buckets, chooseSplitters, decodeSplitters, encodeSplitters } from './splitters.ts'

/** The stages of both plans (see plan.ts). Files called `sorted` are texts in order, but for those of a tree's inner nodes: records in order. */

type Context = RunContext<SortParams>

const mostBuckets = 4096
/** Memory in buckets: so much larger than most may one be before it is sorted piece by piece. */
const largestOfAll = 4

export const run = defineRun(kind, {
  maps: {
    ...tableRuns.maps,
    sortWhole: (split, context, index) => sortRecords(context, { split, rejects: true, index }, true),
    partition: (split, context, [sampled, ...index]) =>
      partition(context, { split, rejects: true, index }, bucketsOf(sampled, context)),
    sortBucket({ items }, context, [directory, sampled]) {
      invariant(directory !== undefined && items.to === items.from + 1, 'sort: a task sorts one bucket of a directory')
      const segments = segmentsOfBucket(directory, items.from, context)
      // Equal plain records are in order as they are. From keyed ones the keys must be taken out, and repeated ones left out.
      const { isKeyed, isUnique } = formOf(context)
      const isInOrder = !isKeyed && !isUnique && bucketsOf(sampled, context).isOfOneKey(items.from)
      if (isInOrder) return copySegments(segments, context)
      return sortSegments(segments, context, items.from === 0 ? headOf(context) : '')
    },
    async check(split, context, index) {
      await readRecords(context, { split, rejects: true, index }, { add: () => undefined, addLines: () => 0 })
      return {}
    },
  },
  merges: {
    ...tableRuns.merges,
    gather: (parts, context) => gatherPartitions(parts, context),
    count: (parts) => ({ value: addCounts(parts) }),
  },
  tasks: {
    ...tableRuns.tasks,
    async sample(_args, index, context) {
      const totalBytes = totalOf(context)
      const wanted = Math.min(mostBuckets, Math.ceil(totalBytes / context.params.bucketBytes))
      const mostCopies = context.params.unique ? 1 : mostBuckets
      const form = formOf(context)
      const keys = await sampleKeys(context, wanted, index)
      const splitters = chooseSplitters(keys, { wanted, mostCopies, comparison: form.comparison })
      const writer = context.scratch('splitters')
      writer.write(encodeSplitters(splitters))
      const { count } = new Buckets(splitters, { totalBytes, ...form })
      return { value: { buckets: count }, files: { splitters: writer.finish() } }
    },
    sortCells(args, index, context) {
      const { from, to, isRoot } = cellsSchema.parse(args)
      const split = { pieces: piecesOf(context.inputs, from, to) }
      return sortRecords(context, { split, rejects: false, index }, isRoot)
    },
    mergeHalves: (args, halves, context) => mergeHalves(halves, context, rootSchema.parse(args).isRoot),
  },
})

const rootSchema = z.strictObject({ isRoot: z.boolean() })
const cellsSchema = rootSchema.extend({ from: z.int(), to: z.int() })

function formOf(context: Context): SortForm {
  const { params } = context
  const isKeyed = params.mode !== 'lines'
  // Keys of values are inverted instead, so that equal ones stay in the order in which they came.
  const isReversed = !isKeyed && isDescending(params)
  return { isKeyed, isReversed, isUnique: params.unique, comparison: comparisonOf(context) }
}

function totalOf({ inputs }: Context): number {
  return inputs.reduce((sum, input) => sum + input.bytes, 0)
}

function bucketsOf(sampled: Part | undefined, context: Context): Buckets {
  const ref = sampled?.files['splitters']
  invariant(ref !== undefined, 'sort: what is partitioned has splitters')
  const splitters = decodeSplitters(readFileSync(context.path(ref)))
  return new Buckets(splitters, { totalBytes: totalOf(context), ...formOf(context) })
}

function newSorter(context: Context): RecordSorter {
  const form = formOf(context)
  const bytes = largestOfAll * context.params.bucketBytes
  // Texts that are compared as a language does stand in memory decoded.
  const records = Math.ceil(bytes / (form.comparison === null ? 16 : 128))
  return new RecordSorter(context, form, { bytes, records })
}

async function readRecords(context: Context, reading: Reading, visitor: RecordVisitor): Promise<void> {
  if (context.params.mode === 'table') await readRowRecords(context, reading, visitor)
  else readLineRecords(context, reading, visitor)
}

/** Reads records and sorts them. The root of a tree leaves texts, any other node records for the next merge. */
async function sortRecords(context: Context, reading: Reading, isRoot: boolean): Promise<StageAnswer> {
  const sorter = newSorter(context)
  try {
    await readRecords(context, reading, sorter)
    return sortedAnswer(sorter, { textOnly: isRoot, head: isRoot ? headOf(context) : '' })
  } finally {
    sorter.release()
  }
}

async function partition(context: Context, reading: Reading, buckets: Buckets): Promise<StageAnswer> {
  const writer = new PartitionWriter(context.scratch('partition'), buckets.count)
  const batch = new RecordBatch((full) => {
    buckets.find(full)
    writer.addAll(full, full.buckets)
  })
  try {
    await readRecords(context, reading, batch)
    batch.finish()
    return partitionAnswer(writer.finish())
  } finally {
    for (const each of [batch, writer, buckets]) each.release()
  }
}

function copySegments(segments: readonly PlacedSegment[], context: Context): StageAnswer {
  const writer = context.scratch('sorted')
  let rows = 0
  for (const segment of segments) {
    const block = new Uint8Array(segment.bytes)
    readSegment(context, segment, block)
    writer.write(block)
    rows += segment.rows
    context.progress(segment.bytes, segment.rows)
  }
  return { value: { rows, written: rows }, files: { sorted: writer.finish(rows) } }
}

function sortSegments(segments: readonly PlacedSegment[], context: Context, head: string): StageAnswer {
  const sorter = newSorter(context)
  try {
    for (const segment of segments) {
      readSegment(context, segment, sorter.room(segment.bytes))
      sorter.added(segment.bytes)
      context.progress(segment.bytes, segment.rows)
    }
    return sortedAnswer(sorter, { textOnly: true, head })
  } finally {
    sorter.release()
  }
}

function sortedAnswer(sorter: RecordSorter, form: { textOnly: boolean; head: string }): StageAnswer {
  const { file, rows } = sorter.finish('sorted', form)
  return { value: { rows: sorter.rows, written: rows }, files: { sorted: file } }
}

function mergeHalves(halves: Part[], context: Context, isRoot: boolean): StageAnswer {
  const form = formOf(context)
  const writer = context.scratch('sorted')
  if (isRoot) writer.write(headOf(context))
  const output = new RecordOutput(writer, { ...form, textOnly: isRoot })
  const files = halves.map(({ files: { sorted } }): FileRef => {
    invariant(sorted !== undefined, 'sort: what is merged was sorted')
    return sorted
  })
  mergeRuns(context, files, { form, output })
  return { value: { rows: addCounts(halves).rows, written: output.rows }, files: { sorted: output.finish() } }
}

function addCounts(parts: readonly Part[]): z.output<typeof resultSchema> {
  const counts = parts.map(({ value }) => resultSchema.parse(value))
  return {
    rows: counts.reduce((sum, { rows }) => sum + rows, 0),
    written: counts.reduce((sum, { written }) => sum + written, 0),
  }
}
