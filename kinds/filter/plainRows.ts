import type { Table } from '../../contract/table.ts'
import { type RowBatch, rowFlags } from '../../datasets/table/batch.ts'
import type { RowBuffer } from '../../datasets/write/rowBuffer.ts'
import type { FilterParams } from './kind.ts'

/**
 * Rows that stand in their source as they would be written are copied as bytes, and neighbours together. Such a row has every column in
 * order, the delimiter of the output between them, and no quotes: with these a field may be written otherwise than it stands.
 */
const delimiters = { csv: ',', tsv: '\t', jsonl: null } as const
const lineFeed = 10
const quote = 34

type Asked = Pick<FilterParams, 'columns' | 'format' | 'spreadsheetSafe'>

/** Whether rows of the table can be such. */
export function mayCopy({ format, dialect, own }: Table, { columns, format: to, spreadsheetSafe }: Asked): boolean {
  if (format !== 'csv' || own !== undefined || columns.length > 0 || spreadsheetSafe) return false
  return dialect?.delimiter === delimiters[to]
}

export class PlainRows {
  readonly #buffer: RowBuffer
  /** Whether neighbours may be copied before the buffer hears of a record's end: compressed blocks end at certain records. */
  readonly #inRuns: boolean
  #batch: RowBatch | null = null
  /** The run at hand, not yet copied: [from, to) of the batch, without its last line end. Empty where both are one. */
  #from = 0
  #to = 0
  /** The first quote at or behind where it was last looked for. */
  #quoteAt = -1

  constructor(buffer: RowBuffer, compress: FilterParams['compress']) {
    this.#buffer = buffer
    this.#inRuns = compress === 'none'
  }

  begin(batch: RowBatch): void {
    this.#batch = batch
    this.#from = this.#to = 0
    this.#quoteAt = -1
  }

  /** Takes the row, unless it has to be written field by field. */
  take(row: number): boolean {
    const batch = this.#batch
    if (batch === null || !isRow(batch, row)) return false
    const first = row * batch.columns
    const from = batch.starts[first]!
    const to = batch.ends[first + batch.columns - 1]!
    if (this.#hasQuote(batch.bytes, from, to)) return false
    const isNext = this.#inRuns && this.#to > 0 && from === this.#to + 1 && batch.bytes[this.#to] === lineFeed
    if (!isNext) {
      this.flush()
      this.#from = from
    }
    this.#to = to
    return true
  }

  /** To be called before anything else is written, and at the end of a batch. */
  flush(): void {
    const length = this.#to - this.#from
    if (this.#batch === null || length === 0) return
    const buffer = this.#buffer
    buffer.reserve(length + 1)
    copy(buffer, this.#batch.bytes, { from: this.#from, to: this.#to })
    buffer.bytes[buffer.length++] = lineFeed
    buffer.endRecord()
    this.#from = this.#to = 0
  }

  #hasQuote(bytes: Uint8Array, from: number, to: number): boolean {
    if (this.#quoteAt < from) {
      const found = bytes.indexOf(quote, from)
      this.#quoteAt = found < 0 ? bytes.length : found
    }
    return this.#quoteAt < to
  }
}

/** Whether its fields stand one behind the other, nothing but a delimiter between them, and the empty ones are null. */
function isRow({ columns, starts, ends, flags }: RowBatch, row: number): boolean {
  const first = row * columns
  const last = first + columns - 1
  for (let field = first; field <= last; field++) {
    const isEmpty = starts[field] === ends[field]
    if (flags[field] !== (isEmpty ? rowFlags.null : 0)) return false
    if (field < last && starts[field + 1] !== ends[field]! + 1) return false
  }
  return starts[first]! < ends[last]!
}

/** Below this a loop is faster than a call. */
const shortBytes = 100

function copy(buffer: RowBuffer, bytes: Uint8Array, { from, to }: { from: number; to: number }): void {
  if (to - from > shortBytes) {
    buffer.bytes.set(bytes.subarray(from, to), buffer.length)
    buffer.length += to - from
    return
  }
  const target = buffer.bytes
  let length = buffer.length
  for (let at = from; at < to; at++) target[length++] = bytes[at]!
  buffer.length = length
}
