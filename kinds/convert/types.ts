import { z } from 'zod'
import { invariant } from '../../contract/invariant.ts'
import type { Part, RunContext, Split, StageAnswer } from '../../contract/run.ts'
import type { RowBatch } from '../../datasets/table/batch.ts'
import { rereading, tableOf } from '../../datasets/table/context.ts'
import { readTable } from '../../datasets/table/read.ts'
import { type TypedColumn, columnKind, seenBefore, seenBits } from '../../datasets/write/columnKinds.ts'
import { type FieldValue, fieldClassifier, fieldReader } from '../../datasets/write/fieldValues.ts'
import type { ConvertParams } from './kind.ts'

/** What the columns are, found from all their values; and the values. Of each column the bits of what was seen, which join by or. */
type Context = RunContext<ConvertParams>

const seenSchema = z.array(z.int())

export async function scanTypes(split: Split, context: Context, index: readonly Part[]): Promise<StageAnswer> {
  const seen = seenInAdvance(context)
  const classifiers = context.inputs.map((input) => fieldClassifier(tableOf(input)))
  for await (const batch of readTable(split, rereading(context), index)) {
    const classify = classifiers[batch.input]
    invariant(classify !== undefined, 'convert: a batch is of an input')
    for (const column of seen.keys()) seen[column] = seenIn(batch, column, { seen: seen[column]!, classify })
  }
  return { value: seen }
}

type Classify = (batch: RowBatch, field: number) => number

function seenIn(batch: RowBatch, column: number, { seen, classify }: { seen: number; classify: Classify }): number {
  let found = seen
  const fields = batch.rows * batch.columns
  for (let field = column; field < fields && (found & seenBits.other) === 0; field += batch.columns)
    found |= classify(batch, field)
  return found
}

export function joinTypes(parts: readonly Part[], context: Context): StageAnswer {
  const all = parts.map(({ value }) => seenSchema.parse(value))
  return { value: seenInAdvance(context).map((seen, column) => all.reduce((or, each) => or | each[column]!, seen)) }
}

function seenInAdvance({ inputs }: Context): number[] {
  const tables = inputs.map(tableOf)
  return (tables[0]?.columns ?? []).map((_, column) =>
    tables.reduce((seen, { columns }) => seen | seenBefore(columns[column]!), 0),
  )
}

export function typedColumns(types: Part | undefined, context: Context): TypedColumn[] {
  const seen = seenSchema.parse(types?.value)
  const [first] = context.inputs
  invariant(first !== undefined, 'convert: there is an input')
  return tableOf(first).columns.map(({ name }, column) => ({ name, kind: columnKind(seen[column]!) }))
}

/** Visits the rows of a split, in order, with the bytes that their fields take. */
export async function readValues(
  context: Context,
  { split, columns, index }: { split: Split; columns: readonly TypedColumn[]; index: readonly Part[] },
  visit: (bytes: number, valueOf: (column: number) => FieldValue) => void,
): Promise<number> {
  const readers = context.inputs.map((input) => columns.map(({ kind }) => fieldReader(tableOf(input), kind)))
  let rows = 0
  for await (const batch of readTable(split, context, index)) {
    const ofInput = readers[batch.input]
    invariant(ofInput !== undefined, 'convert: a batch is of an input')
    for (let row = 0; row < batch.rows; row++) {
      const first = row * batch.columns
      visit(bytesOf(batch, first), (column) => ofInput[column]!(batch, first + column))
    }
    rows += batch.rows
  }
  return rows
}

function bytesOf({ starts, ends, columns }: RowBatch, first: number): number {
  let bytes = 0
  for (let field = first; field < first + columns; field++) bytes += ends[field]! - starts[field]!
  return bytes
}
