import type { RunContext } from '../../contract/run.ts'

/**
 * Complete records of one table, whatever its format: every field is UTF-8 text in `bytes`. Field (row, column) has the number
 * row * columns + column. Everything in it is used again for the next batch.
 */
export interface RowBatch {
  input: number
  rows: number
  columns: number
  bytes: Uint8Array
  /** Of each field, [start, end) in `bytes`. */
  starts: Uint32Array
  ends: Uint32Array
  /** Of each field; see `rowFlags`. */
  flags: Uint8Array
  /** Of each row: the first byte of its record in the text of its source, or the number of its record where the format has no such byte. */
  offsets: Float64Array
  /** Of each row: which record of its piece it is, from 0; records set aside count too. */
  records: Uint32Array
  /** The row as it stands in its source, its first 4 KiB. */
  raw(row: number): string
}

/** `quoted`: the value was written in quotes, so that it is no null, whatever it looks like. */
export const rowFlags = { null: 1, quoted: 2 } as const

/** So many bytes of a record are kept when it is set aside. */
export const mostRawBytes = 4096

/** Sets a row aside that a kind cannot use; the kind leaves it out. */
/** @public for kinds over tables */
export function rejectRow(
  context: Pick<RunContext, 'reject'>,
  { batch, row }: { batch: RowBatch; row: number },
  reason: string,
): void {
  const record = batch.records[row] ?? 0
  context.reject({ input: batch.input, record, offset: batch.offsets[row] ?? 0, reason, raw: batch.raw(row) })
}

/** A field as text; null when there is none. */
export function fieldText(batch: RowBatch, row: number, column: number): string | null {
  const field = row * batch.columns + column
  if (((batch.flags[field] ?? 0) & rowFlags.null) !== 0) return null
  const { buffer, byteOffset, byteLength } = batch.bytes
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8', batch.starts[field], batch.ends[field])
}
