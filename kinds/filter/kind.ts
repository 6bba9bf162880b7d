import { z } from 'zod'
import type { Input } from '../../contract/dataset.ts'
import { defineKind } from '../../contract/kind.ts'
import { expressionComplaint } from '../../datasets/expression/compile.ts'
import { ExpressionError } from '../../datasets/expression/types.ts'
import { tableParams, tableWishes } from '../../datasets/table/params.ts'
import { typeScope } from '../../datasets/table/columnTypes.ts'
import { compressionNames, compressions } from '../../datasets/write/compression.ts'
import { outputColumns } from './columns.ts'

/** The rows of a table for which an expression is true, in input order, with columns chosen, renamed and computed. */
export const outputFormats = ['csv', 'tsv', 'jsonl'] as const

const params = z.strictObject({
  where: z.string().max(10_000).optional().meta({
    title: 'Where',
    description:
      "Which rows to keep, such as price > 10 and name != 'test'; all when empty. Odd column names stand in `backticks`",
  }),
  columns: z.array(z.string().max(10_000)).max(10_000).default([]).meta({
    title: 'Columns',
    description: 'Which columns to write, each as name, new = old, or name = expression; all when empty',
  }),
  format: z.enum(outputFormats).default('csv').meta({ title: 'Format', description: 'What to write' }),
  compress: z
    .enum(compressions)
    .default('none')
    .meta({ title: 'Compression', description: 'Whether the file is compressed, and how' }),
  spreadsheetSafe: z.boolean().default(false).meta({
    title: 'Safe for spreadsheets',
    description: 'Put an apostrophe before text that a spreadsheet would take for a formula',
  }),
  ...tableParams,
})
export type FilterParams = z.output<typeof params>

export const kind = defineKind({
  id: 'filter',
  version: 1,
  title: 'Filter rows',
  summary: 'Keeps the rows of a table for which an expression is true; chooses, renames and computes columns.',
  accepts: ['table'],
  inputs: 'required',
  params,
  table: tableWishes,
  result: z.strictObject({
    rows: z.int().meta({ description: 'How many rows were read, without those set aside' }),
    kept: z.int().meta({ description: 'How many of them were written' }),
    columns: z.array(z.string()).meta({ description: 'The names of the columns written' }),
  }),
  artifacts: (given) => [artifactOf(given).name],
  check,
  room: (_params, { bytes }) => bytes * 2,
  cost: (_params, { bytes }) => ({ ms: bytes / 100_000 }),
})

const mediaTypes = { csv: 'text/csv', tsv: 'text/tab-separated-values', jsonl: 'application/jsonl' } as const

export function artifactOf({ format, compress }: Pick<FilterParams, 'format' | 'compress'>): {
  name: string
  mediaType: string
} {
  const { suffix, mediaType } = compressionNames[compress]
  return { name: `filtered.${format}${suffix}`, mediaType: mediaType ?? mediaTypes[format] }
}

function check({ where, columns }: FilterParams, inputs: readonly Input[]): string | null {
  for (const { table, name } of inputs) {
    if (table === undefined) return `${name} is no table`
    const complaint = where === undefined ? null : expressionComplaint(where, typeScope(table), 'boolean')
    if (complaint !== null) return `where: ${complaint}`
    try {
      outputColumns(table, columns, typeScope(table))
    } catch (error) {
      if (error instanceof ExpressionError) return `columns: ${error.message}`
      throw error
    }
  }
  return null
}
