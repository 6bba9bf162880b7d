import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { invariant } from '../../contract/invariant.ts'
import { type FileRef } from '../../contract/outcome.ts'
import { type Part, type RunContext, type Split, type StageAnswer, defineRun } from '../../contract/run.ts'
import { piecesOf } from '../../datasets/bytes/grid.ts'
import {
  gatherPartitions,
  partitionAnswer,
  type PlacedSegment,
  segmentsOfBucket,
} from '../../datasets/shuffle/directory.ts'
import { PartitionWriter } from '../../datasets/shuffle/partitionFile.ts'
import { readSegment } from '../../datasets/shuffle/readSegment.ts'
import { kind, resultSchema, type SortParams } from './kind.ts'
import { formOf, readRecords } from './lineOrder.ts'
import { mergeRuns } from './mergeRuns.ts'
import { RecordOutput } from './records.ts'
import { RecordSorter } from './recordSorter.ts'
import { sampleKeys } from './sample.ts'
import { Buckets, chooseSplitters, decodeSplitters, encodeSplitters } from './splitters.ts'

/** The stages of both plans (see plan.ts). Files called `sorted` are texts in order; `records` are records in order. */

type Context = RunContext<SortParams>

const mostBuckets = 4096
/** Memory in buckets: so much larger than most may one be before it is sorted piece by piece. */
const largestOfAll = 4

export const run = defineRun(kind, {
  maps: {
    sortWhole: (split, context) => sortLines(context, { split, rejects: true }, true),
    partition: (split, context, [sampled]) => partition(split, context, bucketsOf(sampled, context)),
    sortBucket: ({ items }, context, [directory, sampled]) => {
      invariant(directory !== undefined && items.to === items.from + 1, 'sort: a task sorts one bucket of a directory')
      const segments = segmentsOfBucket(directory, items.from, context)
      // Equal plain records are in order as they are. From keyed ones the keys must be taken out, and repeated ones left out.
      const { isKeyed, isUnique } = formOf(context.params)
      const isInOrder = !isKeyed && !isUnique && bucketsOf(sampled, context).isOfOneKey(items.from)
      return isInOrder ? copySegments(segments, context) : sortSegments(segments, context)
    },
    check(split, context) {
      readRecords(context, { split, rejects: true }, () => undefined)
      return {}
    },
  },
  merges: {
    gather: (parts, context) => gatherPartitions(parts, context),
    count: (parts) => ({ value: addCounts(parts) }),
  },
  tasks: {
    sample(_args, _uses, context) {
      const bytes = totalBytes(context)
      const wanted = Math.min(mostBuckets, Math.ceil(bytes / context.params.bucketBytes))
      const mostCopies = context.params.unique ? 1 : mostBuckets
      const splitters = chooseSplitters(sampleKeys(context, wanted), wanted, mostCopies)
      const writer = context.scratch('splitters')
      writer.write(encodeSplitters(splitters))
      const buckets = new Buckets(splitters, { totalBytes: bytes, isReversed: false }).count
      return { value: { buckets }, files: { splitters: writer.finish() } }
    },
    sortCells(args, _uses, context) {
      const { from, to, isRoot } = cellsSchema.parse(args)
      return sortLines(context, { split: { pieces: piecesOf(context.inputs, from, to) }, rejects: false }, isRoot)
    },
    mergeHalves: (args, halves, context) => mergeHalves(halves, context, rootSchema.parse(args).isRoot),
  },
})

const rootSchema = z.strictObject({ isRoot: z.boolean() })
const cellsSchema = rootSchema.extend({ from: z.int(), to: z.int() })

function totalBytes({ inputs }: Context): number {
  return inputs.reduce((sum, input) => sum + input.bytes, 0)
}

function bucketsOf(sampled: Part | undefined, context: Context): Buckets {
  const ref = sampled?.files['splitters']
  invariant(ref !== undefined, 'sort: what is partitioned has splitters')
  const splitters = decodeSplitters(readFileSync(context.path(ref)))
  return new Buckets(splitters, { totalBytes: totalBytes(context), isReversed: formOf(context.params).isReversed })
}

function newSorter(context: Context): RecordSorter {
  const bytes = largestOfAll * context.params.bucketBytes
  return new RecordSorter(context, formOf(context.params), { bytes, records: Math.ceil(bytes / 16) })
}

/** Reads lines and sorts them. The root of a tree leaves texts, any other node records for the next merge. */
function sortLines(context: Context, reading: Parameters<typeof readRecords>[1], isRoot: boolean): StageAnswer {
  const sorter = newSorter(context)
  readRecords(context, reading, ({ record }) => sorter.add(record))
  return sortedAnswer(sorter, isRoot)
}

function partition(split: Split, context: Context, buckets: Buckets): StageAnswer {
  const writer = new PartitionWriter(context.scratch('partition'), buckets.count)
  readRecords(context, { split, rejects: true }, ({ key, record, place }) => writer.add(buckets.of(key, place), record))
  return partitionAnswer(writer.finish())
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

function sortSegments(segments: readonly PlacedSegment[], context: Context): StageAnswer {
  const sorter = newSorter(context)
  for (const segment of segments) {
    readSegment(context, segment, sorter.room(segment.bytes))
    sorter.added(segment.bytes)
    context.progress(segment.bytes, segment.rows)
  }
  return sortedAnswer(sorter, true)
}

function sortedAnswer(sorter: RecordSorter, textOnly: boolean): StageAnswer {
  const { file, rows } = sorter.finish('sorted', textOnly)
  return { value: { rows: sorter.rows, written: rows }, files: { sorted: file } }
}

function mergeHalves(halves: Part[], context: Context, isRoot: boolean): StageAnswer {
  const { isKeyed, isReversed, isUnique } = formOf(context.params)
  const output = new RecordOutput(context.scratch('sorted'), { textOnly: isRoot, isUnique })
  const files = halves.map(({ files: { sorted } }): FileRef => {
    invariant(sorted !== undefined, 'sort: what is merged was sorted')
    return sorted
  })
  mergeRuns(context, files, { isKeyed, isReversed, output })
  return { value: { rows: addCounts(halves).rows, written: output.rows }, files: { sorted: output.finish() } }
}

function addCounts(parts: readonly Part[]): z.output<typeof resultSchema> {
  const counts = parts.map(({ value }) => resultSchema.parse(value))
  return {
    rows: counts.reduce((sum, { rows }) => sum + rows, 0),
    written: counts.reduce((sum, { written }) => sum + written, 0),
  }
}
