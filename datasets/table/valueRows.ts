import { type RowBatch, rowFlags } from './batch.ts'
import { Meter, type TablePiece } from './context.ts'

/**
 * Batches from rows of values, for formats whose records are no text: each value is written down once. A row is `push`ed with its place;
 * when that says so, the batch is full and is to be given on by `take`.
 */
export type Value = string | null

const mostBytes = 256 * 1024
const mostRows = 4096

export class ValueRows {
  readonly #piece: TablePiece
  readonly #columns: number
  /** What a column's values are marked with. */
  readonly #flags: readonly number[]
  readonly #meter: Meter
  readonly #starts: Uint32Array
  readonly #ends: Uint32Array
  readonly #fieldFlags: Uint8Array
  readonly #offsets = new Float64Array(mostRows)
  readonly #records = new Uint32Array(mostRows)
  #bytes = Buffer.allocUnsafe(mostBytes)
  #filled = 0
  #rows = 0
  #counted = 0
  /** Records met so far, those set aside too. */
  records = 0

  /** `isText`: of each column, whether its values are text, whatever they look like. */
  constructor(piece: TablePiece, isText: readonly boolean[]) {
    this.#piece = piece
    this.#columns = piece.table.columns.length
    this.#flags = isText.map((text) => (text ? rowFlags.quoted : 0))
    this.#meter = new Meter(piece)
    const fields = mostRows * this.#columns
    this.#starts = new Uint32Array(fields)
    this.#ends = new Uint32Array(fields)
    this.#fieldFlags = new Uint8Array(fields)
  }

  /** True when the batch is full. */
  push(values: readonly Value[], offset: number): boolean {
    const record = this.records++
    const place = { input: this.#piece.piece.input, record, offset }
    if (!this.#piece.context.record(place, () => rawOf(values))) return false
    for (let column = 0; column < this.#columns; column += 1) this.#put(values[column] ?? null, column)
    this.#offsets[this.#rows] = offset
    this.#records[this.#rows] = record
    this.#rows += 1
    return this.#piece.context.careful || this.#rows === mostRows || this.#filled >= mostBytes
  }

  /** Sets aside what fits no columns. */
  reject(values: readonly Value[], offset: number, reason: string): void {
    const record = this.records++
    this.#piece.context.reject({ input: this.#piece.piece.input, record, offset, reason, raw: rawOf(values) })
  }

  *take(fraction: number): Generator<RowBatch> {
    const rows = this.#rows
    this.#rows = 0
    this.#filled = 0
    if (rows > 0) yield this.#batch(rows)
    this.#meter.count(fraction, this.records - this.#counted)
    this.#counted = this.records
  }

  /** The rest; the piece is over. */
  *finish(): Generator<RowBatch> {
    yield* this.take(1)
    this.#piece.context.endPiece(this.records)
  }

  #put(value: Value, column: number): void {
    const field = this.#rows * this.#columns + column
    this.#starts[field] = this.#filled
    if (value === null) this.#fieldFlags[field] = rowFlags.null
    else {
      this.#fieldFlags[field] = this.#flags[column] ?? 0
      // No character takes more than three bytes for each of its code units.
      if (this.#filled + 3 * value.length > this.#bytes.length) this.#grow(3 * value.length)
      this.#filled += this.#bytes.write(value, this.#filled)
    }
    this.#ends[field] = this.#filled
  }

  #grow(more: number): void {
    const grown = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#filled + more))
    this.#bytes.copy(grown, 0, 0, this.#filled)
    this.#bytes = grown
  }

  #batch(rows: number): RowBatch {
    const [bytes, starts, ends, flags] = [this.#bytes, this.#starts, this.#ends, this.#fieldFlags]
    const columns = this.#columns
    const valueAt = (field: number) =>
      ((flags[field] ?? 0) & rowFlags.null) !== 0 ? null : bytes.toString('utf8', starts[field], ends[field])
    const raw = (row: number) => rawOf(Array.from({ length: columns }, (_, column) => valueAt(row * columns + column)))
    const { input } = this.#piece.piece
    return { input, rows, columns, bytes, starts, ends, flags, offsets: this.#offsets, records: this.#records, raw }
  }
}

/** There is no text as it stands in the source: the values, as JSON. */
function rawOf(values: readonly Value[]): string {
  return JSON.stringify(values).slice(0, 4096)
}
