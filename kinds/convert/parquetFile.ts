import { closeSync, openSync, readFileSync } from 'node:fs'
import type { FileRef } from '../../contract/outcome.ts'
import {
  type Part,
  PartLost,
  type RunContext,
  type ScratchWriter,
  type Split,
  type StageAnswer,
} from '../../contract/run.ts'
import { readAt } from '../../datasets/bytes/read.ts'
import { ParquetFoot, parquetHead, RowGroupWriter } from '../../datasets/write/parquet.ts'
import type { ConvertParams } from './kind.ts'
import { encodedAnswer, fileOf, gatheredIn } from './parts.ts'
import { readValues, typedColumns } from './types.ts'

/** Parquet: row groups by all tasks, copied one behind the other by the last one, which writes where they stand. */
type Context = RunContext<ConvertParams>

export async function encode(
  split: Split,
  context: Context,
  { types, index }: { types: Part | undefined; index: readonly Part[] },
): Promise<StageAnswer> {
  const columns = typedColumns(types, context)
  const groups = context.scratch('groups')
  const writer = new RowGroupWriter(columns, (bytes) => {
    groups.write(bytes)
  })
  const rows = await readValues(context, { split, columns, index }, (bytes, valueOf) => {
    writer.add(bytes, valueOf)
  })
  const described = context.scratch('described')
  described.write(writer.finish())
  return encodedAnswer(rows, { groups: groups.finish(rows), described: described.finish() })
}

export function assemble(context: Context, types: Part | undefined, gathered: Part | undefined): StageAnswer {
  const columns = typedColumns(types, context)
  const { rows, parts } = gatheredIn(gathered)
  const file = context.scratch('file')
  const foot = new ParquetFoot(columns)
  file.write(parquetHead)
  for (const part of parts) {
    const groups = fileOf(part, 'groups')
    copy(context, groups, file)
    foot.add(readFileSync(context.path(fileOf(part, 'described'))), groups.bytes)
  }
  file.write(foot.bytes())
  const value = { rows, columns: columns.map(({ name }) => name), types: columns.map(({ kind }) => kind) }
  return { value, files: { file: file.finish(rows) } }
}

const blockBytes = 1024 * 1024

function copy(context: Context, from: FileRef, to: ScratchWriter): void {
  const fd = openSync(context.path(from), 'r')
  const block = new Uint8Array(blockBytes)
  try {
    for (let at = 0; at < from.bytes;) {
      const got = readAt(fd, block, at)
      if (got === 0) throw new PartLost(from.file, `it ends before byte ${from.bytes}`)
      to.write(block.subarray(0, got))
      context.progress(got, 0)
      at += got
    }
  } finally {
    closeSync(fd)
  }
}
