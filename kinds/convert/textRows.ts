import type { Part, RunContext, SampleRows, Split, StageAnswer } from '../../contract/run.ts'
import { inputOf } from '../../datasets/bytes/read.ts'
import { tableOf } from '../../datasets/table/context.ts'
import { readTable } from '../../datasets/table/read.ts'
import { BlockWriter, CompressedBlocks } from '../../datasets/write/blocks.ts'
import { RowBuffer } from '../../datasets/write/rowBuffer.ts'
import { copyField, copyRow, makeRowWriter, type RowWriter, type WriteOptions } from '../../datasets/write/rows.ts'
import { SampleWriter } from '../../datasets/write/sampleWriter.ts'
import { type ConvertParams, isText } from './kind.ts'
import type { RowForm } from './rowForm.ts'

/** Rows as text, as they stand in their sources. */
type Context = RunContext<ConvertParams>

export async function writeText(split: Split, context: Context, index: readonly Part[]): Promise<StageAnswer> {
  const block = new BlockWriter(context.scratch('rows'), context.params.compress)
  const options = writeOptions(context)
  const rows = await copyRows(split, context, { index, options, writer: makeRowWriter(block, options) })
  return { value: { rows, columns: [...options.names] }, files: { rows: block.finish(rows) } }
}

/** The same rows for every format: what their columns are is known only when all of them have been read. */
export async function sampleText(split: Split, context: Context, rows: SampleRows): Promise<void> {
  const options = writeOptions(context)
  await copyRows(split, context, { index: [], options, writer: new SampleWriter(rows, options) })
}

async function copyRows(
  split: Split,
  context: Context,
  { index, options, writer }: { index: readonly Part[]; options: WriteOptions; writer: RowWriter },
): Promise<number> {
  if (split.from === 0) writer.header(options.names)
  let rows = 0
  for await (const batch of readTable(split, context, index)) {
    for (let row = 0; row < batch.rows; row++) copyRow(writer, batch, row)
    rows += batch.rows
  }
  return rows
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

function textWriter(
  context: Context,
  buffer: RowBuffer,
  without: number,
): { writer: RowWriter; names: readonly string[] } {
  const options = writeOptions(context, without)
  return { writer: makeRowWriter(buffer, options), names: options.names }
}

/** The names are those of the columns that are written. */
function writeOptions(context: Context, without = -1): WriteOptions {
  const { to, spreadsheetSafe } = context.params
  const tables = context.inputs.map(tableOf)
  const columns = [...tableOf(inputOf(context, 0)).columns.entries()].filter(([column]) => column !== without)
  const isBare = (column: number) => tables.every((table) => bareTypes.has(table.columns[column]?.type ?? 'text'))
  return {
    format: isText(to) ? to : 'csv',
    spreadsheetSafe,
    names: columns.map(([, { name }]) => name),
    bare: columns.map(([column]) => isBare(column)),
  }
}

const bareTypes: ReadonlySet<string> = new Set(['integer', 'decimal', 'boolean'])
