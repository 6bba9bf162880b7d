import type { Part, RunContext, Split, StageAnswer } from '../../contract/run.ts'
import { inputOf } from '../../datasets/bytes/read.ts'
import { tableOf } from '../../datasets/table/context.ts'
import { readTable } from '../../datasets/table/read.ts'
import { BlockWriter, CompressedBlocks } from '../../datasets/write/blocks.ts'
import { RowBuffer } from '../../datasets/write/rowBuffer.ts'
import { copyField, copyRow, makeRowWriter, type RowWriter } from '../../datasets/write/rows.ts'
import { type ConvertParams, isText } from './kind.ts'
import type { RowForm } from './rowForm.ts'

/** Rows as text, as they stand in their sources. */
type Context = RunContext<ConvertParams>

export async function writeText(split: Split, context: Context, index: readonly Part[]): Promise<StageAnswer> {
  const block = new BlockWriter(context.scratch('rows'), context.params.compress)
  const { writer, names } = textWriter(context, block)
  if (split.from === 0) writer.header(names)
  let rows = 0
  for await (const batch of readTable(split, context, index)) {
    for (let row = 0; row < batch.rows; row++) copyRow(writer, batch, row)
    rows += batch.rows
  }
  return { value: { rows, columns: names }, files: { rows: block.finish(rows) } }
}

export const textRows: RowForm = {
  rowWriter({ context, column }, buffer) {
    const { writer } = textWriter(context, buffer, column)
    return (batch, row) => {
      writer.begin()
      for (let each = 0; each < batch.columns; each++)
        if (each !== column) copyField(writer, batch, row * batch.columns + each)
      writer.end()
    }
  },
  fileWriter({ context, column }, pack) {
    const header = new RowBuffer(4096)
    const { writer, names } = textWriter(context, header, column)
    writer.header(names)
    const write = (bytes: Uint8Array): void => {
      pack.write(bytes)
    }
    const blocks = new CompressedBlocks(write, context.params.compress)
    return {
      begin() {
        blocks.add(header.bytes.subarray(0, header.length))
      },
      rows(bytes) {
        blocks.add(bytes)
      },
      end() {
        blocks.end()
      },
    }
  },
}

/** The names are those of the columns that are written. */
function textWriter(context: Context, buffer: RowBuffer, without = -1): { writer: RowWriter; names: string[] } {
  const { to, spreadsheetSafe } = context.params
  const tables = context.inputs.map(tableOf)
  const columns = [...tableOf(inputOf(context, 0)).columns.entries()].filter(([column]) => column !== without)
  const isBare = (column: number) => tables.every((table) => bareTypes.has(table.columns[column]?.type ?? 'text'))
  const names = columns.map(([, { name }]) => name)
  const bare = columns.map(([column]) => isBare(column))
  const format = isText(to) ? to : 'csv'
  return { writer: makeRowWriter(buffer, { format, spreadsheetSafe, names, bare }), names }
}

const bareTypes: ReadonlySet<string> = new Set(['integer', 'decimal', 'boolean'])
