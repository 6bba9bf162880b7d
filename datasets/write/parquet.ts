import { deserialize, serialize } from 'node:v8'
import type { RowGroup, SchemaElement } from 'hyparquet'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { z } from 'zod'
import type { ColumnKind, TypedColumn } from './columnKinds.ts'
import type { FieldValue } from './fieldValues.ts'
import { ParquetColumn } from './parquetColumn.ts'

/**
 * Parquet files put together from row groups that were made apart. The groups of a part are encoded and compressed by whoever has the rows;
 * what says where they stand is kept beside them and moved to their place in the whole by whoever writes the end of the file.
 */
/** What a Parquet file begins with. */
export const parquetHead = Buffer.from('PAR1')

/** A row group ends when its fields have so many bytes of text, or it has so many rows. */
const groupBytes = 4 * 1024 * 1024
const groupRows = 65_536

export class RowGroupWriter {
  readonly #columns: ParquetColumn[]
  readonly #writer = new ByteWriter()
  readonly #write: (bytes: Uint8Array) => void
  #groups: RowGroup[] = []
  #rows = 0
  #held = 0

  /** `write` gets the row groups, one after the other. */
  constructor(columns: readonly TypedColumn[], write: (bytes: Uint8Array) => void) {
    this.#columns = columns.map((column) => new ParquetColumn(column, elementOf(column)))
    this.#write = write
    this.#writer.offset = parquetHead.length
  }

  /** The next row, of so many bytes of text: its value in each column. */
  add(bytes: number, valueOf: (column: number) => FieldValue): void {
    const columns = this.#columns
    for (let at = 0; at < columns.length; at++) columns[at]!.add(valueOf(at))
    this.#rows += 1
    this.#held += bytes
    if (this.#held >= groupBytes || this.#rows >= groupRows) this.#flush()
  }

  /** What the end of the file must know of these groups; empty when there was no row. What is added from now on is of another file. */
  finish(): Uint8Array {
    this.#flush()
    const described = serialize(this.#groups)
    this.#groups = []
    this.#writer.offset = parquetHead.length
    return described
  }

  #flush(): void {
    if (this.#rows > 0) this.#writeGroup()
    this.#rows = 0
    this.#held = 0
  }

  #writeGroup(): void {
    const begin = this.#writer.offset
    const columns = this.#columns.map((column) => {
      const chunk = column.write(this.#writer)
      column.clear()
      return chunk
    })
    this.#groups.push({
      columns,
      num_rows: BigInt(this.#rows),
      total_byte_size: columns.reduce((sum, chunk) => sum + (chunk.meta_data?.total_uncompressed_size ?? 0n), 0n),
      total_compressed_size: BigInt(this.#writer.offset - begin),
    })
    this.#write(this.#writer.getBytes())
    this.#writer.index = 0
  }
}

/** What stands behind the row groups of all parts. */
export class ParquetFoot {
  readonly #columns: readonly TypedColumn[]
  readonly #groups: RowGroup[] = []
  #bytes = parquetHead.length

  constructor(columns: readonly TypedColumn[]) {
    this.#columns = columns
  }

  /** The next part: what its writer left of its groups, and how many bytes these have. */
  add(described: Uint8Array, bytes: number): void {
    const away = BigInt(this.#bytes - parquetHead.length)
    for (const group of groupsSchema.parse(deserialize(described))) this.#groups.push(moved(group, away))
    this.#bytes += bytes
  }

  bytes(): Uint8Array {
    const writer = new ByteWriter()
    const file = new ParquetWriter({ writer, schema: schemaOf(this.#columns), ...coding })
    writer.index = 0
    writer.offset = this.#bytes
    file.row_groups = this.#groups
    file.num_rows = this.#groups.reduce((sum, group) => sum + group.num_rows, 0n)
    void file.finish()
    return writer.getBytes()
  }
}

const groupsSchema = z.array(z.custom<RowGroup>((value) => typeof value === 'object' && value !== null))

/** A group whose bytes stand that far behind where they were written. */
function moved(group: RowGroup, away: bigint): RowGroup {
  const columns = group.columns.map((chunk) => {
    const { meta_data: data } = chunk
    if (data === undefined) return chunk
    const { dictionary_page_offset: dictionary } = data
    const meta_data = {
      ...data,
      data_page_offset: data.data_page_offset + away,
      ...(dictionary === undefined ? {} : { dictionary_page_offset: dictionary + away }),
    }
    return { ...chunk, meta_data, file_offset: chunk.file_offset + away }
  })
  return { ...group, columns }
}

const coding = { codec: 'UNCOMPRESSED', createdBy: 'gristmill' } as const

function schemaOf(columns: readonly TypedColumn[]): SchemaElement[] {
  return [{ name: 'schema', num_children: columns.length }, ...columns.map(elementOf)]
}

function elementOf({ name, kind }: TypedColumn): SchemaElement {
  return { name, repetition_type: 'OPTIONAL', ...elements[kind] }
}

const elements: Record<ColumnKind, Partial<SchemaElement>> = {
  integer: { type: 'INT64' },
  decimal: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
  date: { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } },
  timestamp: { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MICROS' } },
  instant: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MICROS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
  },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
}
