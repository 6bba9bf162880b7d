import { invariant } from '../../contract/invariant.ts'
import { tableOf } from '../../datasets/table/context.ts'
import { fieldReader } from '../../datasets/write/fieldValues.ts'
import { PackedWriter, packedRowsIn } from '../../datasets/write/packedRows.ts'
import { ParquetFoot, parquetHead, RowGroupWriter } from '../../datasets/write/parquet.ts'
import type { FormContext, RowForm } from './rowForm.ts'
import { typedColumns } from './types.ts'

/** Rows as values, which become a Parquet file for each folder: all of them have the same columns of the same types. */
export const parquetRows: RowForm = {
  rowWriter(of, buffer) {
    const kept = keptColumns(of)
    const readers = of.context.inputs.map((input) => kept.map(({ kind }) => fieldReader(tableOf(input), kind)))
    const writer = new PackedWriter((row) => {
      buffer.add(row)
    })
    return (batch, row) => {
      const ofInput = readers[batch.input]
      invariant(ofInput !== undefined, 'convert: a batch is of an input')
      for (const [at, { column }] of kept.entries()) writer.add(ofInput[at]!(batch, row * batch.columns + column))
      writer.endRow()
    }
  },
  fileWriter(of, pack) {
    const columns = keptColumns(of)
    let bytes = 0
    const groups = new RowGroupWriter(columns, (group) => {
      bytes += group.length
      pack.write(group)
    })
    return {
      begin() {
        pack.write(parquetHead)
        bytes = 0
      },
      rows(packed) {
        for (const row of packedRowsIn(Buffer.from(packed.buffer, packed.byteOffset, packed.length)))
          groups.add(row.bytes, (column) => row.values[column] ?? null)
      },
      end() {
        const described = groups.finish()
        const foot = new ParquetFoot(columns)
        foot.add(described, bytes)
        pack.write(foot.bytes())
      },
    }
  },
}

function keptColumns({ context, types, column: without }: FormContext) {
  return typedColumns(types, context)
    .map((column, at) => ({ ...column, column: at }))
    .filter(({ column }) => column !== without)
}
