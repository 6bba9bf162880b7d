import type { FileRef } from '../../contract/outcome.ts'
import type { Part, RunContext, Split } from '../../contract/run.ts'
import { inputOf } from '../../datasets/bytes/read.ts'
import { type RowBatch, rowFlags } from '../../datasets/table/batch.ts'
import { nameColumns } from '../../datasets/table/columns.ts'
import { type TableContext, tableOf } from '../../datasets/table/context.ts'
import { readTable } from '../../datasets/table/read.ts'
import { BlockWriter } from '../../datasets/write/blocks.ts'
import { copyField, copyRow, makeRowWriter, type RowWriter } from '../../datasets/write/rows.ts'
import type { DedupeParams } from './kind.ts'
import type { KeyEncoder, Place } from './keyRecord.ts'

/** Rows of tables, all with the same columns: the key is the values of the key columns. */

type Context = RunContext<DedupeParams>

export async function readRowKeys(
  { split, context, index }: { split: Split; context: Context; index: readonly Part[] },
  key: KeyEncoder,
  take: () => void,
): Promise<void> {
  const { keys } = columnsOf(context)
  for await (const batch of readTable(split, context, index))
    for (let row = 0; row < batch.rows; row++) {
      key.begin()
      for (const column of keys) addField(key, batch, row * batch.columns + column)
      key.close({ input: batch.input, offset: batch.offsets[row]! })
      take()
    }
}

function addField(key: KeyEncoder, { bytes, starts, ends, flags }: RowBatch, field: number): void {
  if ((flags[field]! & rowFlags.null) !== 0) key.nothing()
  else key.value(bytes, starts[field]!, ends[field]!)
}

/** The names of all columns, and the places of those that make the key. */
function columnsOf(context: Context): { names: string[]; keys: number[] } {
  const names = tableOf(inputOf(context, 0)).columns.map(({ name }) => name)
  const { by } = context.params
  return { names, keys: by.length === 0 ? [...names.keys()] : by.map((name) => names.indexOf(name)) }
}

export class RowKeeper {
  readonly #keys: readonly number[]
  readonly #unique: BlockWriter
  readonly #duplicates: BlockWriter
  readonly #rows: RowWriter
  readonly #counts: RowWriter

  constructor(context: Context, split: Split) {
    const { names, keys } = columnsOf(context)
    const { spreadsheetSafe } = context.params
    this.#keys = keys
    this.#unique = new BlockWriter(context.scratch('unique'), 'none')
    this.#duplicates = new BlockWriter(context.scratch('duplicates'), 'none')
    const counted = nameColumns([...keys.map((column) => names[column] ?? null), 'count'])
    this.#rows = makeRowWriter(this.#unique, { format: 'csv', spreadsheetSafe, names, bare: [] })
    this.#counts = makeRowWriter(this.#duplicates, { format: 'csv', spreadsheetSafe, names: counted, bare: [] })
    if (split.from > 0) return
    this.#rows.header(names)
    this.#counts.header(counted)
  }

  /** `judge` says of each row how often its key came, or 0 when it goes. */
  async read(
    { split, reader, index }: { split: Split; reader: TableContext; index: readonly Part[] },
    judge: (place: Place) => number,
  ): Promise<void> {
    for await (const batch of readTable(split, reader, index))
      for (let row = 0; row < batch.rows; row++) {
        const copies = judge({ input: batch.input, offset: batch.offsets[row]! })
        if (copies > 0) copyRow(this.#rows, batch, row)
        if (copies > 1) this.#list(batch, row, copies)
      }
  }

  finish({ kept, keys }: { kept: number; keys: number }): Record<string, FileRef> {
    return { unique: this.#unique.finish(kept), duplicates: this.#duplicates.finish(keys) }
  }

  #list(batch: RowBatch, row: number, copies: number): void {
    this.#counts.begin()
    for (const column of this.#keys) copyField(this.#counts, batch, row * batch.columns + column)
    this.#counts.text(String(copies))
    this.#counts.end()
  }
}
