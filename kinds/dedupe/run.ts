import { invariant } from '../../contract/invariant.ts'
import { type Part, type RunContext, type Split, type StageAnswer, defineRun } from '../../contract/run.ts'
import { kernels } from '../../datasets/kernels/kernels.ts'
import { gatherPartitions, partitionAnswer, segmentsOfBucket } from '../../datasets/shuffle/directory.ts'
import { PartitionWriter } from '../../datasets/shuffle/partitionFile.ts'
import { RecordBatch } from '../../datasets/shuffle/recordBatch.ts'
import { rereading } from '../../datasets/table/context.ts'
import { tableRuns } from '../../datasets/table/indexStages.ts'
import { bucketsFor } from '../../datasets/shuffle/buckets.ts'
import { judge } from './judge.ts'
import { KeyEncoder } from './keyRecord.ts'
import { type DedupeParams, kind, resultSchema } from './kind.ts'
import { readLineKeys, LineKeeper } from './lineRecords.ts'
import { readRowKeys, RowKeeper } from './rowRecords.ts'
import { VerdictWriter, Verdicts } from './verdicts.ts'

/** What is no row is set aside where keys are read; the second reading only leaves it out. */
type Context = RunContext<DedupeParams>

export const run = defineRun(kind, {
  maps: {
    ...tableRuns.maps,
    partition,
    judge({ items }, context, [directory]) {
      invariant(directory !== undefined && items.to === items.from + 1, 'dedupe: a task judges one bucket')
      const { keep, bucketBytes } = context.params
      const rules = { keepsLast: keep === 'last', mostBytes: 2 * bucketBytes }
      const verdicts = new VerdictWriter(context)
      try {
        judge(context, segmentsOfBucket(directory, items.from, context), { rules, verdicts })
        return verdicts.finish()
      } finally {
        verdicts.release()
      }
    },
    keep,
  },
  merges: {
    ...tableRuns.merges,
    gather: (parts, context) => gatherPartitions(parts, context),
    gatherVerdicts: (parts, context) => gatherPartitions(parts, context),
    count(parts) {
      const counts = parts.map(({ value }) => resultSchema.parse(value))
      const sum = (of: keyof (typeof counts)[number]) => counts.reduce((all, each) => all + each[of], 0)
      return { value: { rows: sum('rows'), kept: sum('kept'), duplicates: sum('duplicates'), keys: sum('keys') } }
    },
  },
  tasks: tableRuns.tasks,
})

async function partition(split: Split, context: Context, index: Part[]): Promise<StageAnswer> {
  const buckets = bucketsFor(context.inputs, context.params)
  const writer = new PartitionWriter(context.scratch('partition'), buckets)
  const key = new KeyEncoder()
  const batch = new RecordBatch((records) => {
    kernels().hashBuckets({ records, bucketCount: buckets, buckets: records.buckets })
    writer.addAll(records, records.buckets)
  })
  const take = (): void => batch.add(key)
  try {
    if (context.params.mode === 'rows') await readRowKeys({ split, context, index }, key, take)
    else readLineKeys({ split, context }, key, take)
    batch.finish()
    return partitionAnswer(writer.finish())
  } finally {
    batch.release()
    writer.release()
  }
}

async function keep(split: Split, context: Context, [directory, ...index]: Part[]): Promise<StageAnswer> {
  invariant(directory !== undefined, 'dedupe: verdicts are gathered')
  const verdicts = new Verdicts(context, directory)
  const reader = rereading(context)
  const keeper = context.params.mode === 'rows' ? new RowKeeper(context, split) : new LineKeeper(context, split)
  const count = { rows: 0, kept: 0, duplicates: 0, keys: 0 }
  await keeper.read({ split, reader, index }, (place) => {
    const copies = verdicts.of(place)
    count.rows += 1
    if (copies === 0) count.duplicates += 1
    else count.kept += 1
    if (copies > 1) count.keys += 1
    return copies
  })
  return { value: count, files: keeper.finish(count) }
}
