import { type RowBatch, mostRawBytes, rowFlags } from './batch.ts'
import type { TablePiece } from './context.ts'

/**
 * From records of a text to batches of rows: each record gets its number, what is no row is set aside, what a person has mended takes the
 * place of what stands there. What a record's fields are is the decoder's to say.
 */
export interface RecordBlock {
  /** The text; from `arena` on there is room for as many bytes again. */
  bytes: Uint8Array
  arena: number
  records: number
  /** Record r is [recordStarts[r], recordStarts[r + 1]), its line end included. */
  recordStarts: Uint32Array
  /** Of each record, its place in the source. */
  offsets: Float64Array
}

export interface RecordDecoder<Block extends RecordBlock> {
  /** The fields of all records, when nothing has to be looked at record by record; what is changed stands in the arena. */
  whole(block: Block): Pick<RowBatch, 'starts' | 'ends' | 'flags'> | null
  /** Writes the record's fields into the row from `base` on, what is changed into the arena; or says why it is no row. */
  decode(block: Block, record: number, row: Row): string | null
  /** A text as a block of one record; null when it is not one. */
  single(text: Uint8Array): Block | null
}

/** The rows of a batch while it is being made. */
export interface Row {
  starts: Uint32Array
  ends: Uint32Array
  flags: Uint8Array
  base: number
  /** Where the arena is free; decoders move it on. */
  arena: number
}

interface Output extends Row {
  rows: number
  offsets: Float64Array
  records: Uint32Array
  /** Which record of the block each row is. */
  from: Uint32Array
}

interface Place {
  input: number
  record: number
  offset: number
}

const newline = 10
const carriageReturn = 13

export class Sieve<Block extends RecordBlock> {
  readonly #piece: TablePiece
  readonly #columns: number
  readonly #decoder: RecordDecoder<Block>
  readonly #mended: ReadonlyMap<number, Uint8Array> | null
  #out: Output
  /** Records met so far, those set aside too. */
  records = 0

  constructor(piece: TablePiece, decoder: RecordDecoder<Block>) {
    this.#piece = piece
    this.#columns = piece.table.columns.length
    this.#decoder = decoder
    this.#mended = piece.context.mended(piece.piece.input)
    this.#out = makeOutput(0, this.#columns)
  }

  *batches(block: Block): Generator<RowBatch> {
    if (block.records === 0) return
    const whole = this.#piece.context.careful || this.#mended !== null ? null : this.#decoder.whole(block)
    if (whole === null) yield* this.#sifted(block)
    else yield this.#asItStands(block, whole)
  }

  /** A record that has no end or is too large: it takes its number and is set aside, unless it has been mended. */
  *broken(offset: number, reason: string, raw: string): Generator<RowBatch> {
    const place = this.#nextPlace(offset)
    const mended = this.#mended?.get(offset)
    if (!this.#piece.context.record(place, () => raw)) return
    if (mended === undefined) this.#piece.context.reject({ ...place, reason, raw })
    else yield* this.#mendedRow(mended, place)
  }

  #asItStands(block: Block, whole: Pick<RowBatch, 'starts' | 'ends' | 'flags'>): RowBatch {
    const rows = block.records
    const { records } = this.#fresh(rows)
    for (let row = 0; row < rows; row += 1) records[row] = this.records + row
    this.records += rows
    return { ...this.#shape(block, rows), ...whole, offsets: block.offsets, records, raw: (row) => rawOf(block, row) }
  }

  *#sifted(block: Block): Generator<RowBatch> {
    const out = this.#fresh(block.records)
    out.arena = block.arena
    for (let record = 0; record < block.records; record += 1) {
      const place = this.#nextPlace(block.offsets[record] ?? 0)
      const mended = this.#mended?.get(place.offset)
      const raw = () => rawOf(block, record)
      if (!this.#piece.context.record(place, raw)) continue
      if (mended === undefined) this.#keep(block, record, { ...place, raw })
      else {
        yield* this.#flush(block)
        yield* this.#mendedRow(mended, place)
        out.arena = block.arena
      }
      // What breaks a worker is one record's fault only if that record is alone.
      if (this.#piece.context.careful) yield* this.#flush(block)
    }
    yield* this.#flush(block)
  }

  *#flush(block: Block): Generator<RowBatch> {
    const out = this.#out
    if (out.rows === 0) return
    const { starts, ends, flags, offsets, records } = out
    const raw = (row: number) => rawOf(block, out.from[row] ?? 0)
    yield { ...this.#shape(block, out.rows), starts, ends, flags, offsets, records, raw }
    out.rows = 0
  }

  *#mendedRow(text: Uint8Array, place: Place): Generator<RowBatch> {
    const raw = () => rawText(text, 0, text.length)
    const block = this.#decoder.single(text)
    if (block === null) {
      this.#piece.context.reject({ ...place, reason: 'what was put in its place is not one record', raw: raw() })
      return
    }
    block.offsets[0] = place.offset
    this.#fresh(1).arena = block.arena
    this.#keep(block, 0, { ...place, raw })
    yield* this.#flush(block)
  }

  #keep(block: Block, record: number, { raw, ...place }: Place & { raw: () => string }): void {
    const out = this.#out
    out.base = out.rows * this.#columns
    const complaint = this.#decoder.decode(block, record, out)
    if (complaint !== null) {
      this.#piece.context.reject({ ...place, reason: complaint, raw: raw() })
      return
    }
    out.offsets[out.rows] = place.offset
    out.records[out.rows] = place.record
    out.from[out.rows] = record
    out.rows += 1
  }

  #nextPlace(offset: number): Place {
    return { input: this.#piece.piece.input, record: this.records++, offset }
  }

  #shape({ bytes }: Block, rows: number) {
    return { input: this.#piece.piece.input, rows, columns: this.#columns, bytes }
  }

  #fresh(rows: number): Output {
    if (this.#out.records.length < rows) this.#out = makeOutput(rows, this.#columns)
    this.#out.rows = 0
    return this.#out
  }
}

/** Fills the columns from `from` on with nulls. */
export function fillNulls(row: Row, from: number, columns: number): void {
  row.starts.fill(0, row.base + from, row.base + columns)
  row.ends.fill(0, row.base + from, row.base + columns)
  row.flags.fill(rowFlags.null, row.base + from, row.base + columns)
}

function makeOutput(rows: number, columns: number): Output {
  const fields = rows * columns
  return {
    rows: 0,
    base: 0,
    arena: 0,
    starts: new Uint32Array(fields),
    ends: new Uint32Array(fields),
    flags: new Uint8Array(fields),
    offsets: new Float64Array(rows),
    records: new Uint32Array(rows),
    from: new Uint32Array(rows),
  }
}

function rawOf({ bytes, recordStarts }: RecordBlock, record: number): string {
  return rawText(bytes, recordStarts[record] ?? 0, recordStarts[record + 1] ?? 0)
}

/** A record's text without its line end, its first 4 KiB. */
export function rawText(bytes: Uint8Array, from: number, to: number): string {
  let end = to
  while (end > from && (bytes[end - 1] === newline || bytes[end - 1] === carriageReturn)) end -= 1
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(
    'utf8',
    from,
    Math.min(end, from + mostRawBytes),
  )
}
