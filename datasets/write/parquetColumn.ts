import { zstdCompressSync } from 'node:zlib'
import type { ColumnChunk, Encoding, SchemaElement } from 'hyparquet'
import type { ByteWriter } from 'hyparquet-writer'
import { writePageHeader } from 'hyparquet-writer/src/datapage.js'
import { invariant } from '../../contract/invariant.ts'
import type { ColumnKind, TypedColumn } from './columnKinds.ts'
import { bitPacked, packed, widthOf } from './bitPacking.ts'
import { DistinctValues } from './distinctValues.ts'
import type { FieldValue } from './fieldValues.ts'
import { RowBuffer } from './rowBuffer.ts'

/**
 * One column of a row group on its way into a Parquet file: its values as the bytes that they are written as, each different one once. No
 * value outlives the row that it came with, so that the group takes a few megabytes however many objects its rows are. It is written as
 * a chunk of one page (data page V2, zstd), behind a dictionary where that is half as long as the values.
 */
type Statistics = NonNullable<NonNullable<ColumnChunk['meta_data']>['statistics']>

export class ParquetColumn {
  readonly #column: TypedColumn
  readonly #element: SchemaElement
  readonly #values = new DistinctValues()
  #view = new DataView(this.#values.store.bytes.buffer)
  #defined = new Uint8Array(64)
  #rows = 0

  constructor(column: TypedColumn, element: SchemaElement) {
    this.#column = column
    this.#element = element
  }

  add(value: FieldValue): void {
    if (this.#rows === this.#defined.length) this.#defined = twice(this.#defined)
    this.#defined[this.#rows++] = value === null ? 0 : 1
    if (value !== null) this.#values.take(this.#put(value))
  }

  clear(): void {
    this.#rows = 0
    this.#values.clear()
  }

  /** Writes the chunk; the writer's offset is its place in the file. */
  write(writer: ByteWriter): ColumnChunk {
    const { type } = this.#element
    invariant(type !== undefined, 'a column has a physical type')
    const begin = writer.offset
    const values = this.#values
    const plainBytes = this.#plainBytes()
    const hasDictionary = this.#column.kind !== 'boolean' && 2 * this.#dictionaryBytes() <= plainBytes
    const codec: Codec = plainBytes < leastCompressed ? 'UNCOMPRESSED' : 'ZSTD'
    let uncompressed = hasDictionary ? this.#writeDictionary(writer, codec) : 0
    const dataAt = writer.offset
    const data = hasDictionary ? dictionaryIndexes(values) : this.#plain()
    const encoding: Encoding = hasDictionary ? 'RLE_DICTIONARY' : 'PLAIN'
    uncompressed += this.#writeData(writer, data, { encoding, codec })
    const meta_data = {
      type,
      encodings: hasDictionary ? (['PLAIN', encoding] satisfies Encoding[]) : [encoding],
      path_in_schema: [this.#column.name],
      codec,
      num_values: BigInt(this.#rows),
      total_compressed_size: BigInt(writer.offset - begin),
      total_uncompressed_size: BigInt(uncompressed),
      data_page_offset: BigInt(dataAt),
      ...(hasDictionary ? { dictionary_page_offset: BigInt(begin) } : {}),
      statistics: this.#statistics(),
    }
    return { meta_data, file_offset: BigInt(begin) }
  }

  /** Puts the value's bytes behind those that are kept, and tells how many they are. */
  #put(value: Exclude<FieldValue, null>): number {
    const { store } = this.#values
    store.reserve(typeof value === 'string' ? value.length * 3 : 8)
    if (this.#view.buffer !== store.bytes.buffer) this.#view = new DataView(store.bytes.buffer)
    const at = store.length
    switch (typeof value) {
      case 'bigint':
        this.#view.setBigInt64(at, value, true)
        return 8
      case 'number':
        if (this.#column.kind === 'date') this.#view.setInt32(at, value, true)
        else this.#view.setFloat64(at, value, true)
        return this.#column.kind === 'date' ? 4 : 8
      case 'boolean':
        store.bytes[at] = value ? 1 : 0
        return 1
      default:
        return putText(value, store.bytes, at)
    }
  }

  get #headBytes(): number {
    return this.#column.kind === 'text' ? 4 : 0
  }

  #dictionaryBytes(): number {
    return this.#values.store.length + this.#values.size * this.#headBytes
  }

  #plainBytes(): number {
    const values = this.#values
    let bytes = values.count * this.#headBytes
    for (const index of values.indexes) bytes += values.endOf(index) - values.startOf(index)
    return bytes
  }

  #plain(): Uint8Array {
    const values = this.#values
    if (this.#column.kind === 'boolean')
      return bitPacked(
        values.indexes.map((index) => values.store.bytes[index]!),
        1,
      ).subarray(0, Math.ceil(values.count / 8))
    const plain = new RowBuffer(this.#plainBytes())
    for (const index of values.indexes) this.#append(plain, index)
    return plain.bytes.subarray(0, plain.length)
  }

  #append(plain: RowBuffer, value: number): void {
    const [start, end] = [this.#values.startOf(value), this.#values.endOf(value)]
    const { bytes } = this.#values.store
    if (this.#headBytes > 0) {
      const length = end - start
      for (let shift = 0; shift < 32; shift += 8) plain.bytes[plain.length++] = (length >>> shift) & 255
    }
    for (let at = start; at < end; at++) plain.bytes[plain.length++] = bytes[at]!
  }

  #writeDictionary(writer: ByteWriter, codec: Codec): number {
    const plain = new RowBuffer(this.#dictionaryBytes())
    for (let value = 0; value < this.#values.size; value++) this.#append(plain, value)
    const bytes = plain.bytes.subarray(0, plain.length)
    const compressed = compress[codec](bytes)
    const begin = writer.offset
    writePageHeader(writer, {
      type: 'DICTIONARY_PAGE',
      uncompressed_page_size: bytes.length,
      compressed_page_size: compressed.length,
      dictionary_page_header: { num_values: this.#values.size, encoding: 'PLAIN' },
    })
    const head = writer.offset - begin
    writer.appendBytes(compressed)
    return head + bytes.length
  }

  #writeData(writer: ByteWriter, data: Uint8Array, how: { encoding: Encoding; codec: Codec }): number {
    const levels = packed(this.#defined.subarray(0, this.#rows), 1)
    const compressed = compress[how.codec](data)
    const begin = writer.offset
    writePageHeader(writer, {
      type: 'DATA_PAGE_V2',
      uncompressed_page_size: levels.length + data.length,
      compressed_page_size: levels.length + compressed.length,
      data_page_header_v2: {
        num_values: this.#rows,
        num_nulls: this.#rows - this.#values.count,
        num_rows: this.#rows,
        encoding: how.encoding,
        definition_levels_byte_length: levels.length,
        repetition_levels_byte_length: 0,
        is_compressed: how.codec === 'ZSTD',
      },
    })
    const head = writer.offset - begin
    writer.appendBytes(levels)
    writer.appendBytes(compressed)
    return head + levels.length + data.length
  }

  #statistics(): Statistics {
    const values = this.#values
    const null_count = BigInt(this.#rows - values.count)
    if (values.size === 0) return { null_count }
    let [least, most] = [0, 0]
    const compare = this.#comparison()
    for (let value = 1; value < values.size; value++) {
      if (compare(value, least) < 0) least = value
      if (compare(value, most) > 0) most = value
    }
    return { null_count, ...signedZeros(this.#value(least), this.#value(most)) }
  }

  #comparison(): (one: number, other: number) => number {
    const values = this.#values
    const { bytes } = values.store
    const view = new DataView(bytes.buffer)
    switch (widths[this.#column.kind]) {
      case 'bytes': {
        const buffer = Buffer.from(bytes.buffer)
        return (one, other) =>
          buffer.compare(buffer, values.startOf(other), values.endOf(other), values.startOf(one), values.endOf(one))
      }
      case 'int64':
        return (one, other) => {
          const [a, b] = [view.getBigInt64(8 * one, true), view.getBigInt64(8 * other, true)]
          return a < b ? -1 : Number(a > b)
        }
      case 'double':
        return (one, other) => view.getFloat64(8 * one, true) - view.getFloat64(8 * other, true)
      case 'int32':
        return (one, other) => view.getInt32(4 * one, true) - view.getInt32(4 * other, true)
      default:
        return (one, other) => bytes[one]! - bytes[other]!
    }
  }

  #value(value: number): bigint | number | boolean | string {
    const { bytes } = this.#values.store
    const [start, end] = [this.#values.startOf(value), this.#values.endOf(value)]
    const view = new DataView(bytes.buffer)
    switch (widths[this.#column.kind]) {
      case 'bytes':
        return Buffer.from(bytes.buffer).toString('utf8', start, end)
      case 'int64':
        return view.getBigInt64(start, true)
      case 'double':
        return view.getFloat64(start, true)
      case 'int32':
        return view.getInt32(start, true)
      default:
        return bytes[start] === 1
    }
  }
}

const encoder = new TextEncoder()

/** What is shorter gains nothing, and compressing takes more memory than thousands of small files may have. */
const leastCompressed = 256

const compress = {
  UNCOMPRESSED: (bytes: Uint8Array) => bytes,
  ZSTD: (bytes: Uint8Array): Uint8Array => zstdCompressSync(bytes),
} as const
type Codec = keyof typeof compress

/** Most texts are short and plain: those are done before an encoder would have begun. */
function putText(text: string, bytes: Uint8Array, at: number): number {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code > 127 || index > 64) return encoder.encodeInto(text, bytes.subarray(at)).written
    bytes[at + index] = code
  }
  return text.length
}

const widths: Record<ColumnKind, 'int64' | 'double' | 'int32' | 'bit' | 'bytes'> = {
  integer: 'int64',
  timestamp: 'int64',
  instant: 'int64',
  decimal: 'double',
  date: 'int32',
  boolean: 'bit',
  text: 'bytes',
}

/** The bits that each index takes, then the indexes. */
function dictionaryIndexes(values: DistinctValues): Uint8Array {
  const width = widthOf(values.size)
  const body = packed(values.indexes, width)
  const bytes = new Uint8Array(1 + body.length)
  bytes[0] = width
  bytes.set(body, 1)
  return bytes
}

/** Whether a zero has a sign is not told by comparing: the least is -0, the most is +0. */
function signedZeros<Value>(least: Value, most: Value): { min_value: Value | number; max_value: Value | number } {
  return { min_value: least === 0 ? -0 : least, max_value: most === 0 ? 0 : most }
}

function twice(array: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(2 * array.length)
  larger.set(array)
  return larger
}
