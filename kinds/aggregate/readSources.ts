import type { Table } from '../../contract/table.ts'
import { valueText } from '../../datasets/expression/functions.ts'
import type { Value } from '../../datasets/expression/types.ts'
import { fieldText, rowFlags, type RowBatch } from '../../datasets/table/batch.ts'
import { FieldFault, type RowAt } from '../../datasets/table/scope.ts'
import { plainDecimal, quickNumberReader } from '../../datasets/table/values.ts'
import { BatchValues } from './batchValues.ts'
import { ByteSink } from './byteSink.ts'
import { ByteTable } from '../../datasets/bytes/byteTable.ts'
import { longDecimal } from './decimalText.ts'
import type { Source } from './sources.ts'

/** The rows of a batch that count: 1 for those that do. Whoever finds that one cannot be used says why. */
export interface Taken {
  rows: Uint8Array
  refuse(at: RowAt, reason: string): void
}

/** Reads a source's values batch by batch, column by column. Rows that are not taken are left out. */
export interface SourceReader {
  readonly values: BatchValues
  read(batch: RowBatch, taken: Taken): void
}

export function readerOf(source: Source<RowAt>, table: Table): SourceReader {
  if (source.column !== null && source.type === 'text') return new TextReader(source.column)
  if (source.column !== null && source.type === 'number') return new NumberReader(source, source.column, table)
  return new ComputedReader(source)
}

class TextReader implements SourceReader {
  readonly values = new BatchValues('text')
  readonly #column: number

  constructor(column: number) {
    this.#column = column
  }

  read({ rows, columns, bytes, starts, ends, flags }: RowBatch, taken: Taken): void {
    const { values } = this
    values.reserve(rows)
    values.bytes = bytes
    for (let row = 0, field = this.#column; row < rows; row++, field += columns) {
      if (taken.rows[row] === 0) continue
      if ((flags[field]! & rowFlags.null) !== 0) values.setNull(row)
      else values.setPlace(row, starts[field]!, ends[field]!)
    }
  }
}

class NumberReader implements SourceReader {
  readonly values = new BatchValues('number')
  readonly #source: Source<RowAt>
  readonly #column: number
  readonly #table: Table
  readonly #quick: ReturnType<typeof quickNumberReader>
  readonly #long = new ByteSink()

  constructor(source: Source<RowAt>, column: number, table: Table) {
    this.#source = source
    this.#column = column
    this.#table = table
    this.#quick = quickNumberReader(table)
  }

  read(batch: RowBatch, taken: Taken): void {
    const { rows, columns, bytes, starts, ends, flags } = batch
    const { values } = this
    values.reserve(rows)
    this.#long.clear()
    for (let row = 0, field = this.#column; row < rows; row++, field += columns) {
      if (taken.rows[row] === 0) continue
      const start = starts[field]!
      const end = ends[field]!
      // What is empty is nothing, in quotes too: only text can be empty.
      if (start === end || (flags[field]! & rowFlags.null) !== 0) {
        values.setNull(row)
        continue
      }
      const quick = this.#quick(bytes, start, end)
      if (Number.isNaN(quick)) this.#readSlowly({ batch, row }, taken)
      else values.setNumber(row, quick)
    }
    values.bytes = this.#long.bytes
  }

  #readSlowly(at: RowAt, taken: Taken): void {
    const value = evaluated(this.#source, at, taken)
    if (value === null) {
      this.values.setNull(at.row)
      return
    }
    this.values.setNumber(at.row, Number(value))
    const plain = plainDecimal(fieldText(at.batch, at.row, this.#column) ?? '', this.#table)
    const long = plain === null || Number(value) === 0 ? null : longDecimal(plain)
    if (long === null) return
    const start = this.#long.length
    const bytes = Buffer.from(long)
    this.#long.copy(bytes, 0, bytes.length)
    this.values.setPlace(at.row, start, this.#long.length)
  }
}

/** Null for a row that cannot be used, too: that one is no longer taken. */
function evaluated({ evaluate }: Source<RowAt>, at: RowAt, taken: Taken): Value {
  try {
    const value = evaluate(at)
    // What is no number (0/0) or beyond all numbers is nothing, as where it is written.
    return typeof value === 'number' && !Number.isFinite(value) ? null : value
  } catch (error) {
    if (!(error instanceof FieldFault)) throw error
    taken.refuse(at, error.message)
    return null
  }
}

/** What was computed from so many different fields is kept to be used again. */
const mostRemembered = 1 << 14
const mostTextBytes = 1 << 22
/** In the place of whether it is null: a field that has to be looked at again, since its row is to be refused. */
const unusable = 2

/** An expression, or a column that has to be understood first. Equal fields give equal values: what comes of one column is remembered. */
class ComputedReader implements SourceReader {
  readonly values: BatchValues
  readonly #source: Source<RowAt>
  readonly #column: number | null
  readonly #known = new ByteTable()
  /** By entry of the table: the values, and where texts stand in the sink. */
  readonly #results: BatchValues
  readonly #texts = new ByteSink()

  constructor(source: Source<RowAt>) {
    this.#source = source
    this.values = new BatchValues(source.type)
    this.#results = new BatchValues(source.type)
    this.#results.reserve(2 * mostRemembered)
    this.#column = source.uses.length === 1 ? source.uses[0]! : null
  }

  read(batch: RowBatch, taken: Taken): void {
    this.values.reserve(batch.rows)
    if (this.#column === null || this.#known.size > mostRemembered || this.#texts.length > mostTextBytes) {
      this.#known.clear()
      this.#texts.clear()
    }
    for (let row = 0; row < batch.rows; row++) {
      if (taken.rows[row] === 0) continue
      if (this.#column === null) this.#compute({ batch, row }, taken)
      else this.#recall({ batch, row }, this.#column, taken)
    }
    this.values.bytes = this.#texts.bytes
  }

  #recall(at: RowAt, column: number, taken: Taken): void {
    const { batch, row } = at
    const field = row * batch.columns + column
    const isNull = (batch.flags[field]! & rowFlags.null) !== 0
    const room = this.#known.size < 2 * mostRemembered
    if (isNull || !room) {
      this.#compute(at, taken)
      return
    }
    const before = this.#known.size
    const entry = this.#known.numberOf(batch.bytes, batch.starts[field]!, batch.ends[field]!)
    if (entry < before && this.#results.nulls[entry] !== unusable) {
      this.#copy(this.#results, entry, this.values, row)
      return
    }
    this.#compute(at, taken)
    this.#copy(this.values, row, this.#results, entry)
    if (taken.rows[row] === 0) this.#results.nulls[entry] = unusable
  }

  // oxlint-disable-next-line max-params -- called for every row
  #copy(from: BatchValues, place: number, to: BatchValues, row: number): void {
    to.nulls[row] = from.nulls[place]!
    to.numbers[row] = from.numbers[place]!
    to.starts[row] = from.starts[place]!
    to.ends[row] = from.ends[place]!
  }

  #compute(at: RowAt, taken: Taken): void {
    const value = evaluated(this.#source, at, taken)
    if (value === null) this.values.setNull(at.row)
    else if (this.values.isText) this.#setText(at.row, value)
    else this.values.setNumber(at.row, Number(value))
  }

  #setText(row: number, value: Value): void {
    const start = this.#texts.length
    const bytes = Buffer.from(valueText(value, this.#source.type))
    this.#texts.copy(bytes, 0, bytes.length)
    this.values.setPlace(row, start, this.#texts.length)
  }
}
