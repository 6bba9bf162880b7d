import { z } from 'zod'
import type { Input } from '../../contract/dataset.ts'
import { defineKind } from '../../contract/kind.ts'
import { tableParams, tableWishes } from '../../datasets/table/params.ts'

/** What is in each column of a table. Text compares by its bytes; only the empty field is null unless `nulls` lists more. */
const params = z.strictObject({
  top: z.int().min(0).max(1000).default(10).meta({
    title: 'Top',
    description: 'How many of the most frequent values of each column to tell',
  }),
  ...tableParams,
})
export type ProfileParams = z.output<typeof params>

export const profileTypes = ['integer', 'decimal', 'boolean', 'date', 'timestamp', 'text', 'mixed', 'unknown'] as const

/** A number for numbers, text for everything else: dates as ISO 8601, text as it stands, cut at 200 characters. */
const bound = z.union([z.number(), z.string()]).nullable()

const columnResultSchema = z.strictObject({
  name: z.string(),
  type: z.enum(profileTypes).meta({
    description: 'The narrowest type of all values; mixed when most but not all fit one; unknown when there are none',
  }),
  mostly: z.enum(profileTypes).nullable().meta({ description: 'What most values of a mixed column are' }),
  fits: z
    .number()
    .meta({ description: 'The share of values that are of this type, or of what a mixed column mostly is' }),
  rows: z.int(),
  nulls: z.int().meta({ description: 'Fields that hold nothing' }),
  empty: z.int().meta({ description: 'Fields that hold empty text, which stands in quotes' }),
  distinct: z.int().meta({ description: 'Different values, nulls not counted' }),
  distinctError: z.number().meta({ description: 'Relative standard error of distinct; 0 when it is exact' }),
  min: bound,
  max: bound,
  sum: z
    .union([z.number(), z.string()])
    .nullable()
    .meta({ description: 'Of the numbers: exact, and rounded once; of integers beyond 2^53 all digits, as text' }),
  mean: z.number().nullable(),
  stddev: z.number().nullable().meta({ description: 'Of a sample: divided by one less than the count' }),
  quantiles: z.array(z.strictObject({ q: z.number(), value: z.number() })),
  quantileError: z
    .number()
    .meta({ description: 'How far the rank of a quantile may be off, as a share of the count; 0 when exact' }),
  histogram: z.array(z.strictObject({ from: z.number(), to: z.number(), count: z.int() })),
  top: z.array(z.strictObject({ value: z.string(), count: z.int() })),
  topMissed: z.int().meta({ description: 'How much a count in top may be too small; 0 when they are exact' }),
  shortest: z.int().nullable().meta({ description: 'Characters of the shortest value' }),
  longest: z.int().nullable().meta({ description: 'Characters of the longest value' }),
  meanLength: z.number().nullable().meta({ description: 'Characters of a value on average' }),
})
export type ColumnResult = z.output<typeof columnResultSchema>

export const resultSchema = z.strictObject({ rows: z.int(), columns: z.array(columnResultSchema) })

export const kind = defineKind({
  id: 'profile',
  version: 1,
  title: 'Profile columns',
  summary:
    'Tells of each column of a table what is in it: type, nulls, distinct values, spread, quantiles, most frequent values.',
  accepts: ['table'],
  inputs: 'required',
  params,
  table: tableWishes,
  result: resultSchema,
  check: (_params, inputs) => differing(inputs),
  room: (_params, { bytes }) => Math.min(bytes, 64 * 1024 * 1024),
  cost: (_params, { bytes }) => ({ ms: bytes / 60_000 }),
})

/** Values of one column are read in one way. */
function differing(inputs: readonly Input[]): string | null {
  const notationOf = ({ table }: Input): string => `${table?.decimal} ${table?.thousands} ${table?.dayFirst}`
  const [first] = inputs
  const odd = inputs.find((input) => first !== undefined && notationOf(input) !== notationOf(first))
  return odd === undefined
    ? null
    : `${odd.name} seems to write numbers or dates otherwise than ${first!.name}; say how they are written (decimal, thousands, dayFirst), or profile them by jobs of their own`
}
