import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { invariant } from '../../contract/invariant.ts'
import type { FileRef } from '../../contract/outcome.ts'
import { type Part, type RunContext, type Split, type StageAnswer, defineRun } from '../../contract/run.ts'
import { gatherPartitions, partitionAnswer, segmentsOfBucket } from '../../datasets/shuffle/directory.ts'
import { PartitionWriter } from '../../datasets/shuffle/partitionFile.ts'
import { readSegment } from '../../datasets/shuffle/readSegment.ts'
import { RecordBatch } from '../../datasets/shuffle/recordBatch.ts'
import { tableRuns } from '../../datasets/table/indexStages.ts'
import { readBedEvents, type ReadCounts } from './bedLines.ts'
import { Buckets, chooseSplitters, decodeSplitters, encodeSplitters } from './buckets.ts'
import { readCarry, sortedSchema, writeCarries } from './carries.ts'
import { EventEncoder, type PlaceEvent } from './event.ts'
import { EventCursor, EventWriter } from './eventFile.ts'
import { EventSorter } from './eventSorter.ts'
import { type IntervalsParams, kind, resultSchema } from './kind.ts'
import { addLengths } from './lengths.ts'
import { RegionOutput } from './regionOutput.ts'
import { sampleKeys } from './sample.ts'
import { Summing } from './summary.ts'
import { type Carry, Sweep } from './sweep.ts'
import { readRowEvents } from './tableRows.ts'

type Context = RunContext<IntervalsParams>

const mostBuckets = 4096
/** Memory for events, in buckets: the two of an interval may take more than it takes in its file. */
const bucketsInMemory = 4
/** Events between two reports of progress. */
const eventsPerReport = 16 * 1024

export const run = defineRun(kind, {
  maps: {
    ...tableRuns.maps,
    whole,
    partition: (split, context, [sampled, ...index]) => partition({ split, index }, context, sampled),
    sort({ items }, context, [directory]) {
      invariant(directory !== undefined && items.to === items.from + 1, 'intervals: a task sorts one bucket')
      return sortBucket(items.from, directory, context)
    },
    regions({ items }, context, [carried]) {
      const file = carried?.files['carries']
      invariant(file !== undefined, 'intervals: regions are written with what is carried')
      const buckets = Array.from({ length: items.to - items.from }, (_, at) =>
        readCarry(context, file, items.from + at),
      )
      const skipped = buckets.reduce((sum, each) => sum + each.skipped, 0)
      return writeRegions(
        { carry: buckets[0]?.carry ?? null, skipped, isFirst: items.from === 0 },
        context,
        (visit) => {
          for (const { events } of buckets) visitEvents(context, events, visit)
        },
      )
    },
  },
  merges: {
    ...tableRuns.merges,
    gather(parts, context) {
      const counts = parts.map(({ value }) => gatheredSchema.parse(value))
      const bare = parts.map(({ value, ...rest }, at) => ({ ...rest, value: { rows: counts[at]!.rows } }))
      const gathered = gatherPartitions(bare, context)
      const { rows } = rowsSchema.parse(gathered.value)
      return { ...gathered, value: { rows, skipped: counts.reduce((sum, { skipped }) => sum + skipped, 0) } }
    },
    summarize: (parts) => ({ value: parts.flatMap(({ value }) => summariesSchema.parse(value)) }),
    count: (parts) => ({ value: addCounts(parts) }),
  },
  tasks: {
    ...tableRuns.tasks,
    async sample(_args, index, context) {
      const bytes = context.inputs.reduce((sum, input) => sum + input.bytes, 0)
      const wanted = Math.min(mostBuckets, Math.ceil(bytes / context.params.bucketBytes))
      const splitters = chooseSplitters(await sampleKeys(context, index), wanted)
      const writer = context.scratch('splitters')
      writer.write(encodeSplitters(splitters))
      return { value: { buckets: splitters.length + 1 }, files: { splitters: writer.finish() } }
    },
    carry(_args, [summarized], context) {
      const buckets = summariesSchema.parse(summarized?.value)
      return { value: {}, files: { carries: writeCarries(context, context.params.operation, buckets) } }
    },
  },
})

const rowsSchema = z.strictObject({ rows: z.int() })
const gatheredSchema = rowsSchema.extend({ skipped: z.int() })
const summariesSchema = z.array(sortedSchema)

interface Reading {
  split: Split
  /** Where the rows of tables begin. */
  index: readonly Part[]
}

async function readEvents(
  { split, index }: Reading,
  context: Context,
  visit: (event: PlaceEvent) => void,
): Promise<ReadCounts> {
  if (context.params.format === 'bed') return readBedEvents({ split, context }, visit)
  return await readRowEvents({ split, context, index }, visit)
}

function newSorter(context: Context): EventSorter {
  return new EventSorter(context, bucketsInMemory * context.params.bucketBytes)
}

/** From the input to regions, in one task. */
async function whole(split: Split, context: Context, index: readonly Part[]): Promise<StageAnswer> {
  const sorter = newSorter(context)
  try {
    const { skipped } = await readEvents({ split, index }, context, (event) => sorter.add(event))
    return writeRegions({ carry: null, skipped, isFirst: true }, context, (visit) => sorter.finish(visit))
  } finally {
    sorter.release()
  }
}

async function partition(reading: Reading, context: Context, sampled: Part | undefined): Promise<StageAnswer> {
  const ref = sampled?.files['splitters']
  invariant(ref !== undefined, 'intervals: what is partitioned has splitters')
  const buckets = new Buckets(decodeSplitters(readFileSync(context.path(ref))))
  const writer = new PartitionWriter(context.scratch('partition'), buckets.count)
  const encoder = new EventEncoder()
  const batch = new RecordBatch((full) => {
    buckets.find(full)
    writer.addAll(full, full.buckets)
  })
  try {
    const { skipped } = await readEvents(reading, context, (event) => {
      encoder.encode(event)
      batch.add(encoder)
    })
    batch.finish()
    const file = writer.finish()
    return { ...partitionAnswer(file), value: { rows: file.rows ?? 0, skipped } }
  } finally {
    for (const each of [batch, writer, buckets]) each.release()
  }
}

function sortBucket(bucket: number, directory: Part, context: Context): StageAnswer {
  const sorter = newSorter(context)
  try {
    for (const segment of segmentsOfBucket(directory, bucket, context)) {
      readSegment(context, segment, sorter.room(segment.bytes))
      sorter.added(segment.bytes, segment.rows)
      context.progress(0, segment.rows)
    }
    const writer = new EventWriter(context.scratch('events'))
    const summing = new Summing()
    sorter.finish((event) => {
      writer.write(event)
      summing.add(event)
    })
    const events = writer.finish()
    // What was skipped on reading is told once.
    const skipped = bucket === 0 ? gatheredSchema.parse(directory.value).skipped : 0
    return { value: [sortedSchema.parse({ events, summary: summing.finish(), skipped })], files: { events } }
  } finally {
    sorter.release()
  }
}

function visitEvents(context: Context, file: FileRef, visit: (event: PlaceEvent) => void): void {
  const cursor = new EventCursor(context, file)
  try {
    for (let count = 1; cursor.next(); count++) {
      visit(cursor)
      if (count % eventsPerReport === 0) context.progress(0, eventsPerReport)
    }
  } finally {
    cursor.close()
  }
}

interface Regions {
  carry: Carry | null
  skipped: number
  isFirst: boolean
}

function writeRegions(
  { carry, skipped, isFirst }: Regions,
  context: Context,
  visitAll: (visit: (event: PlaceEvent) => void) => void,
): StageAnswer {
  const output = new RegionOutput(context)
  if (isFirst) output.header()
  const sweep = new Sweep(context.params.operation, carry, (region) => output.take(region))
  visitAll((event) => sweep.add(event))
  return output.finish(sweep, skipped)
}

function addCounts(parts: readonly Part[]): z.output<typeof resultSchema> {
  const counts = parts.map(({ value }) => resultSchema.parse(value))
  const sum = (of: 'intervals' | 'skipped' | 'keys' | 'regions') => counts.reduce((all, each) => all + each[of], 0)
  return {
    intervals: sum('intervals'),
    skipped: sum('skipped'),
    keys: sum('keys'),
    regions: sum('regions'),
    length: addLengths(counts.map(({ length }) => length)),
    unit: counts[0]?.unit ?? 'positions',
  }
}
