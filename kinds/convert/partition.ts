import { invariant } from '../../contract/invariant.ts'
import { type Part, type RunContext, type Split, type StageAnswer, TaskFailure } from '../../contract/run.ts'
import { inputOf } from '../../datasets/bytes/read.ts'
import { partitionAnswer } from '../../datasets/shuffle/directory.ts'
import { PartitionWriter } from '../../datasets/shuffle/partitionFile.ts'
import { ByteHash } from '../../datasets/statistics/hash.ts'
import { fieldText, rejectRow } from '../../datasets/table/batch.ts'
import { tableOf } from '../../datasets/table/context.ts'
import { foldedName, partitionName } from '../../datasets/table/partitionNames.ts'
import { readTable } from '../../datasets/table/read.ts'
import { bucketsFor } from './buckets.ts'
import { type ConvertParams, isText } from './kind.ts'
import { KeyedRecord } from './keyedRecord.ts'
import type { RowForm } from './rowForm.ts'

/** Rows into buckets by the folder that they belong into; folders whose names differ in case only meet in one. */
type Context = RunContext<ConvertParams>

export async function partition(
  split: Split,
  context: Context,
  { uses, form }: { uses: readonly Part[]; form: RowForm },
): Promise<StageAnswer> {
  const { types, index } = usesOf(context, uses)
  const column = partitionColumn(context)
  const writer = new PartitionWriter(context.scratch('partition'), bucketsFor(context.inputs))
  const folders = new Folders(context)
  const record = new KeyedRecord()
  const putRow = form.rowWriter({ context, types, column }, record)
  try {
    for await (const batch of readTable(split, context, index))
      for (let row = 0; row < batch.rows; row++) {
        const value = fieldText(batch, row, column) ?? ''
        const bucket = folders.bucketOf(value)
        if (bucket === null) {
          rejectRow(context, { batch, row }, `its ${context.params.partitionBy} is too long for the name of a folder`)
          continue
        }
        record.beginRow(value)
        putRow(batch, row)
        record.endRow()
        writer.add(bucket, record)
      }
    return partitionAnswer(writer.finish())
  } finally {
    writer.release()
  }
}

/** What a partitioning plan's tasks use: where columns have types, these before the index. */
export function usesOf(
  { params }: Context,
  uses: readonly Part[],
): { types: Part | undefined; index: readonly Part[] } {
  return isText(params.to) ? { types: undefined, index: uses } : { types: uses[0], index: uses.slice(1) }
}

/** The number of the column that the folders name. */
export function partitionColumn(context: Context): number {
  const { columns } = tableOf(inputOf(context, 0))
  const column = columns.findIndex(({ name }) => name === context.params.partitionBy)
  invariant(column >= 0, 'convert: the column of the folders is there')
  return column
}

export function checkCount(count: number, { partitionBy, mostPartitions }: ConvertParams): void {
  if (count <= mostPartitions) return
  throw new TaskFailure(
    'refused-input',
    `cannot partition by ${partitionBy}: it has more than ${mostPartitions} different values, and each becomes a folder; ` +
      'choose a column with fewer, or raise mostPartitions (to 100000 at most)',
  )
}

class Folders {
  readonly #params: ConvertParams
  readonly #buckets: number
  /** By value; null for one that no folder can name. */
  readonly #bucketOf = new Map<string, number | null>()
  readonly #hash = new ByteHash()

  constructor({ params, inputs }: Context) {
    this.#params = params
    this.#buckets = bucketsFor(inputs)
  }

  bucketOf(value: string): number | null {
    const known = this.#bucketOf.get(value)
    if (known !== undefined) return known
    const name = partitionName({ column: this.#params.partitionBy ?? '', value })
    if (name === null) return null
    const folded = Buffer.from(foldedName(name))
    this.#hash.of(folded, 0, folded.length)
    const bucket = this.#hash.high % this.#buckets
    this.#bucketOf.set(value, bucket)
    checkCount(this.#bucketOf.size, this.#params)
    return bucket
  }
}
