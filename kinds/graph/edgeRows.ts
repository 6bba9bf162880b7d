import { invariant } from '../../contract/invariant.ts'
import type { Part, RunContext, Split } from '../../contract/run.ts'
import { inputOf } from '../../datasets/bytes/read.ts'
import { rejectRow, type RowBatch, rowFlags } from '../../datasets/table/batch.ts'
import { tableOf } from '../../datasets/table/context.ts'
import { readTable } from '../../datasets/table/read.ts'
import type { GraphParams } from './kind.ts'

/** Rows as edges: two names in the bytes of a batch, valid until the next one. A row without its second name is a node alone. */
export interface EdgeRow {
  batch: RowBatch
  row: number
  /** The numbers of the fields. */
  from: number
  to: number | null
}

export async function eachEdgeRow(
  { split, context, index }: { split: Split; context: RunContext<GraphParams>; index: readonly Part[] },
  visit: (edge: EdgeRow) => void,
): Promise<void> {
  const { from, to } = context.params
  const names = tableOf(inputOf(context, 0)).columns.map(({ name }) => name)
  const [source, target] = [from, to].map((name) => names.findIndex((column) => column === name))
  invariant(source !== undefined && target !== undefined && source >= 0 && target >= 0, 'graph: columns are there')
  for await (const batch of readTable(split, context, index))
    for (let row = 0; row < batch.rows; row += 1) {
      const first = row * batch.columns
      if (isEmpty(batch, first + source)) rejectRow(context, { batch, row }, `column ${from} names no node`)
      else visit({ batch, row, from: first + source, to: isEmpty(batch, first + target) ? null : first + target })
    }
}

/** Empty text in quotes is no name either. */
function isEmpty({ flags, starts, ends }: RowBatch, field: number): boolean {
  return (flags[field]! & rowFlags.null) !== 0 || starts[field] === ends[field]
}
