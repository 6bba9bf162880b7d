import type { RunContext } from '../../contract/run.ts'
import type { RowBatch } from '../../datasets/table/batch.ts'
import type { BatchedRecord } from '../../datasets/shuffle/recordBatch.ts'
import { quiet, tableOf } from '../../datasets/table/context.ts'
import { readTable } from '../../datasets/table/read.ts'
import { KeyComparison } from './keyComparison.ts'
import type { SortParams } from './kind.ts'
import { bytesBefore, type Reading, type RecordVisitor } from './lineOrder.ts'
import { RecordEncoder } from './records.ts'
import { keyColumns, RowKeys } from './rowKey.ts'
import { headerLine, RowText } from './rowText.ts'

/** How rows of tables become records: the line of CSV that they are written as, and the key of their columns. */

/** How keys compare where their bytes do not tell; null where they do. */
export function comparisonOf({
  params,
  inputs,
}: Pick<RunContext<SortParams>, 'params' | 'inputs'>): KeyComparison | null {
  const [first] = inputs
  if (params.mode !== 'table' || first === undefined) return null
  const columns = keyColumns(params, tableOf(first))
  return columns.some(({ as }) => as === 'locale') ? new KeyComparison(columns, params.locale) : null
}

/** What stands before the first record. */
export function headOf({ params, inputs }: Pick<RunContext<SortParams>, 'params' | 'inputs'>): string {
  const [first] = inputs
  return params.mode === 'table' && first !== undefined ? headerLine(tableOf(first), params.spreadsheetSafe) : ''
}

export async function readRowRecords(
  context: RunContext<SortParams>,
  { split, rejects, index }: Reading,
  visitor: Pick<RecordVisitor, 'add'>,
): Promise<void> {
  const records = new RowRecords(context)
  const reader = rejects ? context : { ...quiet(context), progress: context.progress.bind(context) }
  const whole = { from: 0, to: 0, items: { from: 0, to: 0 }, ...split }
  for await (const batch of readTable(whole, reader, index))
    for (let row = 0; row < batch.rows; row++) visitor.add(records.of(batch, row))
}

/** Makes records of rows, one after the other. */
export class RowRecords {
  readonly #keys: RowKeys[]
  readonly #texts: RowText
  readonly #encoder = new RecordEncoder()
  readonly #before: number[]
  readonly #record: BatchedRecord

  constructor(context: RunContext<SortParams>) {
    const tables = context.inputs.map(tableOf)
    const hasLengths = comparisonOf(context) !== null
    this.#keys = tables.map((table) => new RowKeys(keyColumns(context.params, table), table, hasLengths))
    this.#texts = new RowText(tables[0]!, context.params.spreadsheetSafe)
    this.#before = bytesBefore(context)
    const { record: bytes } = this.#encoder
    this.#record = { bytes, start: 0, keyStart: 0, keyEnd: 0, end: 0, position: 0 }
  }

  of(batch: RowBatch, row: number): BatchedRecord {
    const keys = this.#keys[batch.input]!
    keys.read(batch, row)
    this.#texts.write(batch, row)
    const encoder = this.#encoder
    encoder.encode({ bytes: this.#texts.bytes, start: 0, end: this.#texts.length }, keys)
    const record = this.#record
    record.bytes = encoder.record
    record.keyStart = encoder.keyStart
    record.keyEnd = encoder.keyEnd
    record.end = encoder.length
    record.position = (this.#before[batch.input] ?? 0) + (batch.offsets[row] ?? 0)
    return record
  }
}
