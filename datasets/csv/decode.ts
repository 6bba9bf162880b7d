import type { Table } from '../../contract/table.ts'
import { rowFlags } from '../table/batch.ts'
import { type RecordBlock, type RecordDecoder, type Row, fillNulls } from '../table/sieve.ts'
import { fieldFlags } from '../kernels/requests.ts'
import { type FieldTable, fieldsOf } from './fields.ts'
import { rulesOf } from './rules.ts'

/** The fields of delimited records as rows: what does not fit the columns is no row, what is escaped is written out, texts may mean null. */
export interface CsvBlock extends RecordBlock {
  fields: FieldTable
}

/** The flag in any of four fields. */
const anyEscaped = fieldFlags.escaped * 0x01010101

export class CsvDecoder implements RecordDecoder<CsvBlock> {
  readonly #table: Table
  readonly #columns: number
  readonly #nulls: readonly Buffer[]
  readonly #quote: number
  readonly #escape: number

  constructor(table: Table) {
    this.#table = table
    this.#columns = table.columns.length
    this.#nulls = table.nulls.map((text) => Buffer.from(text))
    this.#quote = table.dialect?.quote?.charCodeAt(0) ?? -1
    this.#escape = table.dialect?.escape?.charCodeAt(0) ?? -1
  }

  whole(block: CsvBlock) {
    const { fields } = block
    if (this.#nulls.length > 0 || (fields.seen & fieldFlags.junk) !== 0) return null
    for (let record = 0; record <= fields.records; record += 1)
      if (fields.recordFields[record] !== record * this.#columns) return null
    if ((fields.seen & fieldFlags.escaped) !== 0) this.#unescapeAll(block)
    const { starts, ends, flags } = fields
    return { starts, ends, flags }
  }

  decode(block: CsvBlock, record: number, row: Row): string | null {
    const { fields } = block
    const complaint = this.#complaint(fields, record)
    if (complaint !== null) return complaint
    const first = fields.recordFields[record] ?? 0
    const count = (fields.recordFields[record + 1] ?? 0) - first
    for (let column = 0; column < count; column += 1) this.#field(block, first + column, { row, column })
    fillNulls(row, count, this.#columns)
    return null
  }

  single(text: Uint8Array): CsvBlock | null {
    const { dialect } = this.#table
    if (dialect === null) return null
    const bytes = new Uint8Array(2 * text.length)
    bytes.set(text)
    const fields = fieldsOf(text, rulesOf(dialect, this.#columns), true)
    if (fields.records !== 1 || fields.end !== text.length) return null
    return {
      bytes,
      arena: text.length,
      records: 1,
      recordStarts: fields.recordStarts,
      offsets: new Float64Array(1),
      fields,
    }
  }

  #complaint(fields: FieldTable, record: number): string | null {
    const first = fields.recordFields[record] ?? 0
    const count = (fields.recordFields[record + 1] ?? 0) - first
    if ((fields.seen & fieldFlags.junk) !== 0)
      for (let field = first; field < first + count; field += 1)
        if (((fields.flags[field] ?? 0) & fieldFlags.junk) !== 0)
          return `text follows the closing quote of field ${field - first + 1}`
    if (count === this.#columns || (count < this.#columns && this.#table.ragged === 'pad')) return null
    return `${count} ${count === 1 ? 'field' : 'fields'} instead of ${this.#columns}`
  }

  #field({ bytes, fields }: CsvBlock, from: number, { row, column }: { row: Row; column: number }): void {
    const to = row.base + column
    let start = fields.starts[from] ?? 0
    let end = fields.ends[from] ?? 0
    let flags = fields.flags[from] ?? 0
    if ((flags & fieldFlags.escaped) !== 0) [start, end] = this.#unescape(bytes, { start, end, row })
    if ((flags & fieldFlags.quoted) === 0 && this.#meansNull(bytes, start, end)) flags |= rowFlags.null
    row.starts[to] = start
    row.ends[to] = end
    row.flags[to] = flags & (rowFlags.null | rowFlags.quoted)
  }

  /** In the fields' own places: a few of them are no reason to look at each. */
  #unescapeAll({ bytes, arena, fields }: CsvBlock): void {
    const { starts, ends, flags, records, recordFields } = fields
    const count = recordFields[records] ?? 0
    const fours = new Uint32Array(flags.buffer, flags.byteOffset, flags.length >>> 2)
    const row = { arena }
    for (let field = 0; field < count; field += 1) {
      while ((field & 3) === 0 && field + 4 <= count && (fours[field >>> 2]! & anyEscaped) === 0) field += 4
      const flag = field < count ? flags[field]! : 0
      if ((flag & fieldFlags.escaped) === 0) continue
      const [start, end] = this.#unescape(bytes, { start: starts[field]!, end: ends[field]!, row })
      starts[field] = start
      ends[field] = end
      flags[field] = flag & ~fieldFlags.escaped
    }
  }

  /** Writes the text into the arena: each quote and escape that stands before another byte is left out. */
  #unescape(
    bytes: Uint8Array,
    { start, end, row }: { start: number; end: number; row: Pick<Row, 'arena'> },
  ): [number, number] {
    const from = row.arena
    for (let at = start; at < end; at += 1) {
      if (bytes[at] === this.#quote || bytes[at] === this.#escape) at += 1
      bytes[row.arena++] = bytes[at] as number
    }
    return [from, row.arena]
  }

  #meansNull(bytes: Uint8Array, start: number, end: number): boolean {
    return this.#nulls.some(
      (text) => text.length === end - start && text.every((byte, index) => byte === bytes[start + index]),
    )
  }
}
