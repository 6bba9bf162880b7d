import type { Part, RunContext } from '../../contract/run.ts'
import type { RowBatch } from '../../datasets/table/batch.ts'
import type { PackWriter } from '../../datasets/write/pack.ts'
import type { RowBuffer } from '../../datasets/write/rowBuffer.ts'
import type { ConvertParams } from './kind.ts'

/**
 * In which form rows travel to the file of their folder, and how files are made of them: as the text that they will be, or as values. The
 * column that the folders name is left out.
 */
export interface RowForm {
  /** Puts a row into the buffer. */
  rowWriter(of: FormContext, buffer: RowBuffer): (batch: RowBatch, row: number) => void
  fileWriter(of: FormContext, pack: PackWriter): PartitionFile
}

export interface FormContext {
  context: RunContext<ConvertParams>
  /** What the columns are, for files whose columns have types. */
  types: Part | undefined
  /** The number of the column that the folders name. */
  column: number
}

/** Writes one file of a pack after the other. */
export interface PartitionFile {
  begin(): void
  /** Rows one behind the other, as the form has them; how they are cut is of no consequence. */
  rows(bytes: Uint8Array): void
  end(): void
}
