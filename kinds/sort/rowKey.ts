import type { Column, Table } from '../../contract/table.ts'
import { assertNever, invariant } from '../../contract/invariant.ts'
import { parseInstant } from '../../datasets/expression/instants.ts'
import { type RowBatch, rowFlags } from '../../datasets/table/batch.ts'
import { type Comparison, readSortColumn } from './by.ts'
import { DecimalKeys } from '../../datasets/kernels/decimalKey.ts'
import { valueClass } from './keyComparison.ts'
import { isDescending, type SortParams } from './kind.ts'

/**
 * The key of a row: for each column that it is sorted by a class (nulls first, values, values that are none of the kind, nulls last) and the
 * value, so written that bytes compare as values do and none is the beginning of another. Descending ones have theirs inverted, their
 * class not: nulls stay where they are wanted, and what is no number comes behind those that are, in the order of its bytes.
 */
const classes = { nullFirst: 0, value: valueClass, other: 2, nullLast: 3 } as const

interface KeyColumn {
  index: number
  as: Comparison
  isDescending: boolean
  nullsFirst: boolean
}

export function keyColumns(params: SortParams, table: Table): KeyColumn[] {
  return (params.by ?? []).map((text) => {
    const { column, as, descending, nullsFirst } = readSortColumn(text)
    const index = table.columns.findIndex(({ name }) => name === column)
    invariant(index >= 0, `sort: there is no column ${column}`)
    const found = as ?? comparisonFor(table.columns[index]!.type)
    return { index, as: found, isDescending: descending ?? isDescending(params), nullsFirst }
  })
}

function comparisonFor(type: Column['type']): Comparison {
  if (type === 'integer' || type === 'decimal') return 'numeric'
  return type === 'date' || type === 'timestamp' ? 'date' : 'bytes'
}

export class RowKeys {
  /** The key that `read` has made stands in [0, length). */
  bytes = new Uint8Array(1024)
  length = 0
  readonly #columns: readonly KeyColumn[]
  readonly #table: Table
  readonly #hasLengths: boolean
  readonly #decimals = new DecimalKeys(false)
  #plain = new Uint8Array(256)

  /** `hasLengths`: parts are compared one by one, and by more than their bytes (keyComparison.ts). */
  constructor(columns: readonly KeyColumn[], table: Table, hasLengths: boolean) {
    this.#columns = columns
    this.#table = table
    this.#hasLengths = hasLengths
  }

  read(batch: RowBatch, row: number): void {
    this.length = 0
    for (const column of this.#columns) {
      const at = this.length
      if (this.#hasLengths) this.length += 4
      this.#readField(batch, row * batch.columns + column.index, column)
      if (this.#hasLengths) new DataView(this.bytes.buffer).setUint32(at, this.length - at - 4, true)
    }
  }

  #readField(batch: RowBatch, field: number, column: KeyColumn): void {
    const start = batch.starts[field]!
    const end = batch.ends[field]!
    const flags = batch.flags[field]!
    // Twice its length, should each byte have to be told from an end, and room for what stands around it.
    this.#reserve(2 * (end - start) + 32)
    const isEmpty = start === end && (flags & rowFlags.quoted) === 0
    if ((flags & rowFlags.null) !== 0 || isEmpty) {
      this.bytes[this.length++] = column.nullsFirst ? classes.nullFirst : classes.nullLast
      return
    }
    const classAt = this.length++
    const valueAt = this.length
    const isValue = this.#writeValue(batch.bytes, { start, end }, column.as)
    this.bytes[classAt] = isValue ? classes.value : classes.other
    if (!isValue) this.#writeText(batch.bytes, start, end)
    if (column.isDescending && !(column.as === 'locale' && isValue))
      for (let at = valueAt; at < this.length; at++) this.bytes[at]! ^= 0xff
  }

  /** False for a value that is none of its kind. */
  #writeValue(bytes: Uint8Array, { start, end }: { start: number; end: number }, as: Comparison): boolean {
    switch (as) {
      case 'numeric':
        return this.#writeNumber(bytes, start, end)
      case 'date':
        return this.#writeInstant(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8'))
      case 'locale':
        this.bytes.set(bytes.subarray(start, end), this.length)
        this.length += end - start
        return true
      case 'bytes':
        this.#writeText(bytes, start, end)
        return true
      default:
        return assertNever(as, 'value compared')
    }
  }

  #writeNumber(bytes: Uint8Array, start: number, end: number): boolean {
    const { decimal, thousands } = this.#table
    const isPlain = decimal === '.' && thousands === ''
    const length = isPlain ? 0 : this.#makePlain(bytes, start, end)
    const complaint = isPlain ? this.#decimals.read(bytes, start, end) : this.#decimals.read(this.#plain, 0, length)
    if (complaint !== null) return false
    this.#reserve(this.#decimals.length + 16)
    this.bytes.set(this.#decimals.bytes.subarray(0, this.#decimals.length), this.length)
    this.length += this.#decimals.length
    return true
  }

  /** Without marks between thousands, and with a point. */
  #makePlain(bytes: Uint8Array, start: number, end: number): number {
    if (this.#plain.length < end - start) this.#plain = new Uint8Array(2 * (end - start))
    const decimal = this.#table.decimal.charCodeAt(0)
    const thousands = this.#table.thousands === '' ? -1 : this.#table.thousands.charCodeAt(0)
    let length = 0
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!
      if (byte !== thousands) this.#plain[length++] = byte === decimal ? point : byte
    }
    return length
  }

  /** Milliseconds, counted from far before any, so that they are not negative. */
  #writeInstant(text: string): boolean {
    const instant = parseInstant(text.trim(), this.#table.dayFirst ? 'day-first' : 'month-first')
    if (instant === null) return false
    const biased = instant.ms + 2 ** 52
    const view = new DataView(this.bytes.buffer)
    view.setUint32(this.length, Math.floor(biased / 2 ** 32))
    view.setUint32(this.length + 4, biased % 2 ** 32)
    this.length += 8
    return true
  }

  /** A zero byte of the text is followed by 255, two of them end it: a text comes before those that it begins. */
  #writeText(bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!
      this.bytes[this.length++] = byte
      if (byte === 0) this.bytes[this.length++] = 0xff
    }
    this.bytes[this.length++] = 0
    this.bytes[this.length++] = 0
  }

  #reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return
    const larger = new Uint8Array(2 * (this.length + more))
    larger.set(this.bytes.subarray(0, this.length))
    this.bytes = larger
  }
}

const point = 46
