import { closeSync, openSync, readSync, rmSync } from 'node:fs'
import type { Part, RunContext, ScratchWriter, Split, StageAnswer } from '../../contract/run.ts'
import type { FieldValue } from '../../datasets/write/fieldValues.ts'
import { PackedWriter, packedRows } from '../../datasets/write/packedRows.ts'
import { writeDatabase } from '../../datasets/write/sqlite.ts'
import type { ConvertParams } from './kind.ts'
import { encodedAnswer, fileOf, type Gathered, gatheredIn } from './parts.ts'
import { readValues, typedColumns } from './types.ts'

/** SQLite: values by all tasks, put into the database by the last one, in order. */
type Context = RunContext<ConvertParams>

export async function encode(
  split: Split,
  context: Context,
  { types, index }: { types: Part | undefined; index: readonly Part[] },
): Promise<StageAnswer> {
  const columns = typedColumns(types, context)
  const file = context.scratch('values')
  const writer = new PackedWriter((row) => {
    file.write(row)
  })
  const rows = await readValues(context, { split, columns, index }, (_bytes, valueOf) => {
    for (const column of columns.keys()) writer.add(valueOf(column))
    writer.endRow()
  })
  return encodedAnswer(rows, { values: file.finish(rows) })
}

export function assemble(context: Context, types: Part | undefined, gathered: Part | undefined): StageAnswer {
  const columns = typedColumns(types, context)
  const { rows, parts } = gatheredIn(gathered)
  const file = context.scratch('file')
  // A database is not written from its beginning to its end: it is made in a file of its own, and then copied.
  const path = context.path(context.scratch('database').finish())
  try {
    writeDatabase(path, columns, rowsOf(context, parts))
    copyFile(context, path, file)
  } finally {
    rmSync(path)
  }
  const value = { rows, columns: columns.map(({ name }) => name), types: columns.map(({ kind }) => kind) }
  return { value, files: { file: file.finish(rows) } }
}

const rowsPerProgress = 1000

function* rowsOf(context: Context, parts: Gathered['parts']): Generator<FieldValue[]> {
  for (const part of parts) {
    const values = fileOf(part, 'values')
    let rows = 0
    for (const row of packedRows(context, values)) {
      yield row
      rows += 1
      if (rows % rowsPerProgress === 0) context.progress(0, rowsPerProgress)
    }
    context.progress(values.bytes, rows % rowsPerProgress)
  }
}

const blockBytes = 1024 * 1024

function copyFile(context: Context, path: string, to: ScratchWriter): void {
  const fd = openSync(path, 'r')
  const block = new Uint8Array(blockBytes)
  try {
    for (let got = readSync(fd, block); got > 0; got = readSync(fd, block)) {
      to.write(block.subarray(0, got))
      context.progress(0, 0)
    }
  } finally {
    closeSync(fd)
  }
}
