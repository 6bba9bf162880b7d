import { z } from 'zod'

/**
 * What a table is, as intake found it and a job keeps it, and what a person may say of it instead. Readers go by the descriptor alone, so
 * that neither kinds nor stages know formats or params of reading.
 */
export const tableFormats = ['csv', 'jsonl', 'json', 'parquet', 'xlsx', 'sqlite'] as const
export type TableFormat = (typeof tableFormats)[number]
export const tableEncodings = ['utf-8', 'utf-16le', 'utf-16be', 'latin-1'] as const
export const columnTypes = ['integer', 'decimal', 'boolean', 'date', 'timestamp', 'text', 'unknown'] as const
export type ColumnType = (typeof columnTypes)[number]

export const columnSchema = z.strictObject({
  name: z.string(),
  /** A guess from a sample, or what the format says; `unknown` when no value was seen. */
  type: z.enum(columnTypes),
})
export type Column = z.infer<typeof columnSchema>

/** What a table's own columns are when it is read as a part of a larger one (datasets/table/unite.ts). */
export const ownColumnsSchema = z.strictObject({
  columns: z.array(columnSchema),
  /** Of each column of the whole: the own column that its fields come from, the input's name, a value that all have, or nothing. */
  from: z.array(
    z.union([z.int().min(0), z.literal('file'), z.strictObject({ value: z.string().nullable() }), z.null()]),
  ),
  /** What the column for the file says, where the input's name does not tell it from others. */
  file: z.string().optional(),
})
export type OwnColumns = z.infer<typeof ownColumnsSchema>

/** One byte each. A quote that is doubled inside quotes stands for itself, whatever `escape` is. */
export const dialectSchema = z.strictObject({
  delimiter: z.string().length(1),
  quote: z.string().length(1).nullable(),
  /** Inside quotes it takes the next byte as it is. */
  escape: z.string().length(1).nullable(),
  header: z.boolean(),
})
export type Dialect = z.infer<typeof dialectSchema>

export const tableSchema = z.strictObject({
  format: z.enum(tableFormats),
  compression: z.enum(['gzip', 'zstd']).nullable(),
  encoding: z.enum(tableEncodings),
  /** Of CSV and its friends. */
  dialect: dialectSchema.nullable(),
  /** Where the first record begins, behind mark and header: a byte of the text (of what it is when decompressed). */
  dataStart: z.int().min(0),
  columns: z.array(columnSchema),
  /** Absent where `columns` are its own. */
  own: ownColumnsSchema.optional(),
  /** What becomes of records with fewer fields than columns; those with more are always set aside. */
  ragged: z.enum(['reject', 'pad']),
  /** Unquoted texts that mean null, beside the empty one. */
  nulls: z.array(z.string()),
  decimal: z.enum(['.', ',']),
  thousands: z.enum(['', ',', '.', ' ', "'", '_']),
  dayFirst: z.boolean(),
  /** Nested values become columns `a.b`; otherwise they are kept as JSON text. */
  flatten: z.boolean(),
  /** Sheet of a workbook, table of a database. */
  part: z.string().nullable(),
  /** Of a database, instead of a table. */
  query: z.string().nullable(),
})
export type Table = z.infer<typeof tableSchema>

/** One column of lines says no more than the lines. */
export function isProse({ format, columns, dialect }: Pick<Table, 'format' | 'columns' | 'dialect'>): boolean {
  return format === 'csv' && columns.length <= 1 && dialect?.header !== true
}

function isSeparator(character: string): boolean {
  const code = character.charCodeAt(0)
  return code > 0 && code < 0x7f && code !== 10 && code !== 13
}

const separator = z.union([
  z.string().length(1).refine(isSeparator, 'must be one ASCII character and no line end'),
  z.enum(['tab', 'comma', 'semicolon', 'pipe', 'space']),
])
const mark = z.union([z.string().regex(/^[\x21-\x7e]$/, 'must be one ASCII character'), z.literal('none')])

/** What a person may say of a table instead of what was guessed: the params that every kind over tables has. */
export const tableWishesSchema = z.strictObject({
  delimiter: separator
    .optional()
    .meta({ title: 'Delimiter', description: 'One character, or tab, comma, semicolon, pipe, space' }),
  quote: mark.optional().meta({ title: 'Quote', description: 'One character, or none' }),
  escape: mark
    .optional()
    .meta({ title: 'Escape', description: 'What stands before a quote inside quotes, beside doubling it; or none' }),
  header: z.boolean().optional().meta({ title: 'Header', description: 'Whether the first record names the columns' }),
  encoding: z
    .enum(tableEncodings)
    .optional()
    .meta({ title: 'Encoding', description: 'How bytes stand for characters' }),
  ragged: z.enum(['reject', 'pad']).optional().meta({
    title: 'Short records',
    description: 'reject: set aside what has too few fields; pad: fill up with nulls',
  }),
  nulls: z
    .array(z.string().max(100))
    .max(100)
    .optional()
    .meta({ title: 'Nulls', description: 'Texts that mean no value, beside the empty one' }),
  decimal: z
    .enum(['.', ','])
    .optional()
    .meta({ title: 'Decimal mark', description: 'What stands before the decimals of a number' }),
  thousands: z
    .enum(['', ',', '.', ' ', "'", '_'])
    .optional()
    .meta({ title: 'Thousands mark', description: 'What groups the digits of a large number' }),
  dayFirst: z.boolean().optional().meta({ title: 'Day first', description: 'Whether 01/02/2026 is in February' }),
  sheet: z.string().max(255).optional().meta({ title: 'Sheet', description: 'Of a workbook; the first one otherwise' }),
  table: z.string().max(1000).optional().meta({ title: 'Table', description: 'Of a database' }),
  query: z
    .string()
    .max(100_000)
    .optional()
    .meta({ title: 'Query', description: 'SQL over a database, instead of a table' }),
  flatten: z
    .boolean()
    .optional()
    .meta({ title: 'Flatten', description: 'Nested values become columns a.b; otherwise JSON text' }),
  fileColumn: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ title: 'File column', description: 'A column of this name tells which file a row is from' }),
})
export type TableWishes = z.infer<typeof tableWishesSchema>
