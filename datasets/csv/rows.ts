import type { Table } from '../../contract/table.ts'
import { type RowBatch, mostRawBytes, rowFlags } from '../table/batch.ts'
import type { TablePiece } from '../table/context.ts'
import { type FieldTable, csvFields, fieldFlags, makeFieldTable, rulesOf } from './fields.ts'

/**
 * From the fields of a block to batches of rows: what does not fit the columns is set aside, what is escaped is written out behind the
 * text, what means null is marked.
 */
export interface RecordBlock {
  /** The text, and from `arena` on room for as many bytes again. */
  bytes: Uint8Array
  arena: number
  fields: FieldTable
  /** Of each record, its place in the source. */
  offsets: Float64Array
}

const newline = 10
const carriageReturn = 13

export class RowMaker {
  readonly #piece: TablePiece
  readonly #table: Table
  readonly #columns: number
  readonly #nulls: readonly Buffer[]
  readonly #mended: ReadonlyMap<number, Uint8Array> | null
  #out: Output
  #arenaAt = 0
  /** Records met so far, those set aside too. */
  records = 0

  constructor(piece: TablePiece) {
    this.#piece = piece
    this.#table = piece.table
    this.#columns = piece.table.columns.length
    this.#nulls = piece.table.nulls.map((text) => Buffer.from(text))
    this.#mended = piece.context.mended(piece.piece.input)
    this.#out = makeOutput(0, this.#columns)
  }

  *batches(block: RecordBlock): Generator<RowBatch> {
    if (block.fields.records === 0) return
    if (this.#isClean(block.fields)) {
      yield this.#asItStands(block)
      this.records += block.fields.records
      return
    }
    yield* this.#sifted(block)
  }

  /** A record that has no end or is too large: it takes its number and is set aside, unless it has been mended. */
  *broken(offset: number, reason: string, raw: string): Generator<RowBatch> {
    const record = this.records++
    const place = { input: this.#piece.piece.input, record, offset }
    const mended = this.#mended?.get(offset)
    if (!this.#piece.context.record(place, () => raw)) return
    if (mended === undefined) this.#piece.context.reject({ ...place, reason, raw })
    else yield* this.#mendedRow(mended, place)
  }

  /** Nothing has to be looked at row by row. */
  #isClean(fields: FieldTable): boolean {
    if (this.#piece.context.careful || this.#mended !== null || this.#nulls.length > 0) return false
    if ((fields.seen & (fieldFlags.escaped | fieldFlags.junk)) !== 0) return false
    for (let record = 0; record <= fields.records; record += 1)
      if (fields.recordFields[record] !== record * this.#columns) return false
    return true
  }

  #asItStands({ bytes, fields, offsets }: RecordBlock): RowBatch {
    const rows = fields.records
    const out = this.#fresh(rows)
    for (let row = 0; row < rows; row += 1) out.records[row] = this.records + row
    return {
      ...this.#shape(bytes, rows),
      starts: fields.starts,
      ends: fields.ends,
      flags: fields.flags,
      offsets,
      records: out.records,
      raw: (row) => rawText(bytes, fields.recordStarts[row] ?? 0, fields.recordStarts[row + 1] ?? 0),
    }
  }

  *#sifted(block: RecordBlock): Generator<RowBatch> {
    const out = this.#fresh(block.fields.records)
    this.#arenaAt = block.arena
    for (let record = 0; record < block.fields.records; record += 1) {
      const place = {
        input: this.#piece.piece.input,
        record: this.records++,
        offset: block.offsets[record] ?? 0,
      }
      const mended = this.#mended?.get(place.offset)
      const raw = () => rawOf(block, record)
      if (!this.#piece.context.record(place, raw)) continue
      if (mended !== undefined) {
        yield* this.#flush(block)
        yield* this.#mendedRow(mended, place)
        this.#arenaAt = block.arena
        continue
      }
      const reason = this.#complaint(block.fields, record)
      if (reason === null) this.#keep(block, { record, number: place.record })
      else this.#piece.context.reject({ ...place, reason, raw: raw() })
      // What breaks a worker is one record's fault only if that record is alone.
      if (this.#piece.context.careful) yield* this.#flush(block)
    }
    if (out.rows > 0) yield* this.#flush(block)
  }

  *#flush(block: RecordBlock): Generator<RowBatch> {
    const out = this.#out
    if (out.rows === 0) return
    yield {
      ...this.#shape(block.bytes, out.rows),
      starts: out.starts,
      ends: out.ends,
      flags: out.flags,
      offsets: out.offsets,
      records: out.records,
      raw: (row) => rawOf(block, out.from[row] ?? 0),
    }
    out.rows = 0
  }

  *#mendedRow(text: Uint8Array, place: { input: number; record: number; offset: number }): Generator<RowBatch> {
    const dialect = this.#table.dialect
    if (dialect === null) return
    const bytes = new Uint8Array(2 * text.length)
    bytes.set(text)
    const fields = makeFieldTable(this.#columns + text.length + 1, 2)
    csvFields(fields, { bytes, from: 0, to: text.length, isLast: true }, rulesOf(dialect, 1))
    const raw = () => rawText(text, 0, text.length)
    const reason =
      fields.records === 1 && fields.end === text.length ? this.#complaint(fields, 0) : 'it is not one record'
    if (reason !== null) {
      this.#piece.context.reject({ ...place, reason, raw: raw() })
      return
    }
    const block = { bytes, arena: text.length, fields, offsets: Float64Array.of(place.offset) }
    this.#fresh(1)
    this.#arenaAt = text.length
    this.#keep(block, { record: 0, number: place.record })
    yield* this.#flush(block)
  }

  #complaint(fields: FieldTable, record: number): string | null {
    const first = fields.recordFields[record] ?? 0
    const count = (fields.recordFields[record + 1] ?? 0) - first
    for (let field = first; field < first + count; field += 1)
      if (((fields.flags[field] ?? 0) & fieldFlags.junk) !== 0)
        return `text follows the closing quote of field ${field - first + 1}`
    if (count === this.#columns || (count < this.#columns && this.#table.ragged === 'pad')) return null
    return `${count} ${count === 1 ? 'field' : 'fields'} instead of ${this.#columns}`
  }

  #keep(block: RecordBlock, { record, number }: { record: number; number: number }): void {
    const { fields } = block
    const out = this.#out
    const first = fields.recordFields[record] ?? 0
    const count = (fields.recordFields[record + 1] ?? 0) - first
    const base = out.rows * this.#columns
    for (let column = 0; column < this.#columns; column += 1)
      if (column < count) this.#keepField(block, first + column, base + column)
      else {
        out.starts[base + column] = out.ends[base + column] = 0
        out.flags[base + column] = rowFlags.null
      }
    out.offsets[out.rows] = block.offsets[record] ?? 0
    out.records[out.rows] = number
    out.from[out.rows] = record
    out.rows += 1
  }

  #keepField({ bytes, fields }: RecordBlock, from: number, to: number): void {
    const out = this.#out
    let start = fields.starts[from] ?? 0
    let end = fields.ends[from] ?? 0
    let flags = fields.flags[from] ?? 0
    if ((flags & fieldFlags.escaped) !== 0) [start, end] = this.#unescape(bytes, start, end)
    if ((flags & fieldFlags.quoted) === 0 && this.#meansNull(bytes, start, end)) flags |= fieldFlags.null
    out.starts[to] = start
    out.ends[to] = end
    out.flags[to] = flags & (rowFlags.null | rowFlags.quoted)
  }

  /** Writes the text out behind what the arena holds: each quote and escape that stands before another byte is left out. */
  #unescape(bytes: Uint8Array, from: number, to: number): [number, number] {
    const quote = this.#table.dialect?.quote?.charCodeAt(0)
    const escape = this.#table.dialect?.escape?.charCodeAt(0)
    const start = this.#arenaAt
    for (let at = from; at < to; at += 1) {
      if (bytes[at] === quote || bytes[at] === escape) at += 1
      bytes[this.#arenaAt++] = bytes[at] as number
    }
    return [start, this.#arenaAt]
  }

  #meansNull(bytes: Uint8Array, start: number, end: number): boolean {
    return this.#nulls.some(
      (text) => text.length === end - start && text.every((byte, index) => byte === bytes[start + index]),
    )
  }

  #shape(bytes: Uint8Array, rows: number) {
    return { input: this.#piece.piece.input, rows, columns: this.#columns, bytes }
  }

  #fresh(rows: number): Output {
    if (this.#out.records.length < rows) this.#out = makeOutput(rows, this.#columns)
    this.#out.rows = 0
    return this.#out
  }
}

/** The arrays of a batch that are not the block's own. */
interface Output {
  rows: number
  starts: Uint32Array
  ends: Uint32Array
  flags: Uint8Array
  offsets: Float64Array
  records: Uint32Array
  /** Which record of the block each row is. */
  from: Uint32Array
}

function makeOutput(rows: number, columns: number): Output {
  const fields = rows * columns
  return {
    rows: 0,
    starts: new Uint32Array(fields),
    ends: new Uint32Array(fields),
    flags: new Uint8Array(fields),
    offsets: new Float64Array(rows),
    records: new Uint32Array(rows),
    from: new Uint32Array(rows),
  }
}

function rawOf({ bytes, fields }: RecordBlock, record: number): string {
  return rawText(bytes, fields.recordStarts[record] ?? 0, fields.recordStarts[record + 1] ?? 0)
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
