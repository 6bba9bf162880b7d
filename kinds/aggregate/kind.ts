import { z } from 'zod'
import type { Input } from '../../contract/dataset.ts'
import { defineKind } from '../../contract/kind.ts'
import { typeScope } from '../../datasets/table/columnTypes.ts'
import { tableParams, tableWishes } from '../../datasets/table/params.ts'
import { complaintAboutOrder } from './order.ts'
import { measureOps } from './measures.ts'
import { type Shape, ShapeError, shapeOf, typesOfShape } from './shape.ts'

/** Rows of tables by groups, and figures of each group. What stands in a group follows SQL; every figure is exact. */
export const outputFormats = ['csv', 'tsv', 'jsonl'] as const

const text = z.string().max(10_000)

const measure = z.union([
  text.min(1),
  z.strictObject({
    op: z.enum(measureOps),
    /** A column, or an expression over columns. */
    column: text.optional(),
    /** Of a quantile. */
    q: z.number().min(0).max(1).optional(),
    /** Of the output column. */
    name: text.min(1).optional(),
  }),
])

const params = z.strictObject({
  by: z.array(text.min(1)).max(1000).default([]).meta({
    title: 'Group by',
    description: 'Columns, parts of dates such as month(day), or name = expression; one group of all rows when empty',
  }),
  measures: z
    .array(measure)
    .max(1000)
    .default([])
    .meta({
      title: 'Measures',
      description: `What to tell of each group, such as count, mean(price) or quantile(price, 0.9); of ${measureOps.join(', ')}`,
    }),
  where: text.optional().meta({
    title: 'Where',
    description:
      "Which rows count, such as price > 10 and name != 'test'; all when empty. Odd column names stand in `backticks`",
  }),
  order: z.array(text.min(1)).max(1000).default([]).meta({
    title: 'Order',
    description:
      'Columns of the output, the most important first; descending ones as -name or name desc; else by groups',
  }),
  format: z.enum(outputFormats).default('csv').meta({ title: 'Format', description: 'What to write' }),
  spreadsheetSafe: z.boolean().default(false).meta({
    title: 'Safe for spreadsheets',
    description: 'Put an apostrophe before text that a spreadsheet would take for a formula',
  }),
  memoryBytes: z
    .int()
    .min(1024)
    .max(1024 * 1024 * 1024)
    .default(64 * 1024 * 1024)
    .meta({
      title: 'Memory',
      description: 'About how many bytes groups may take in each worker before they are written to its disk',
    }),
  ...tableParams,
})
export type AggregateParams = z.output<typeof params>

/** So many rows stand in the result; the artifact has all. */
export const mostShownRows = 1000

const cell = z.union([z.number(), z.string(), z.boolean()]).nullable()

export const resultSchema = z.strictObject({
  read: z.int().meta({ description: 'How many rows were read, without those set aside' }),
  kept: z.int().meta({ description: 'How many of them were counted: those for which where is true' }),
  groups: z.int(),
  columns: z.array(z.string()),
  rows: z.array(z.array(cell)).meta({ description: `The first ${mostShownRows} groups` }),
})
export type AggregateResult = z.output<typeof resultSchema>

export const kind = defineKind({
  id: 'aggregate',
  version: 1,
  title: 'Group and summarize',
  summary:
    'Groups the rows of tables by columns and tells figures of each group: counts, sums, means, medians and more.',
  accepts: ['table'],
  inputs: 'required',
  params,
  table: tableWishes,
  result: resultSchema,
  artifacts: (given) => [artifactOf(given).name],
  check,
  room: (_params, { bytes }) => 2 * bytes,
  cost: (_params, { bytes }) => ({ ms: bytes / 80_000 }),
})

const mediaTypes = { csv: 'text/csv', tsv: 'text/tab-separated-values', jsonl: 'application/jsonl' } as const

export function artifactOf({ format }: Pick<AggregateParams, 'format'>): { name: string; mediaType: string } {
  return { name: `aggregated.${format}`, mediaType: mediaTypes[format] }
}

function check(given: AggregateParams, inputs: readonly Input[]): string | null {
  let first: Shape<never> | null = null
  for (const { table, name } of inputs) {
    if (table === undefined) return `${name} is no table`
    try {
      const shape = shapeOf(given, table, typeScope(table))
      const other = first === null ? null : firstDifference(first, shape)
      if (other !== null) return `${name} has another type than ${inputs[0]!.name} in ${other}`
      first ??= shape
    } catch (error) {
      if (error instanceof ShapeError) return error.message
      throw error
    }
  }
  return first === null ? null : complaintAboutOrder(given.order, first)
}

/** Values of all inputs come together. */
function firstDifference(one: Shape<never>, other: Shape<never>): string | null {
  const types = typesOfShape(other)
  return typesOfShape(one).find(({ type }, at) => types[at]!.type !== type)?.text ?? null
}
