import { z } from 'zod'
import { frequentSchema } from '../../datasets/statistics/frequent.ts'
import { momentsSchema } from '../../datasets/statistics/moments.ts'
import { quantilesSchema } from '../../datasets/statistics/quantiles.ts'
import { classes } from './classify.ts'

/**
 * What is known of a table over some cells. Of each column: all its values with their counts while they are at most 10,000 different ones,
 * sketches of them beyond. Pure.
 */
export const mostExactValues = 10_000

const bounds = <T extends z.ZodType>(value: T) => z.tuple([value, value]).nullable()

const sketchSchema = z.strictObject({
  counts: z.record(z.enum(classes), z.int()),
  distinct: z.string(),
  frequent: frequentSchema,
  quantiles: quantilesSchema,
  /** Of the numbers, without rounding (datasets/statistics/exactSum.ts). */
  sum: z.string(),
  moments: momentsSchema,
  numbers: bounds(z.number()),
  /** Epoch milliseconds. */
  instants: bounds(z.number()),
  texts: bounds(z.string()),
  /** In characters; null while there is no value. */
  lengths: z.strictObject({ shortest: z.int(), longest: z.int(), sum: z.int() }).nullable(),
})
export type SketchState = z.output<typeof sketchSchema>

/** Different values and how often each came. Two lists, not one of pairs, which would take several times the memory. */
const exactSchema = z.strictObject({ values: z.array(z.string()), counts: z.array(z.int()) })
export type ExactValues = z.output<typeof exactSchema>

const columnPartialSchema = z.strictObject({
  nulls: z.int(),
  /** Empty texts: they are not among the values. */
  empty: z.int(),
  values: z.union([z.strictObject({ exact: exactSchema }), z.strictObject({ sketch: sketchSchema })]),
})
export type ColumnPartial = z.output<typeof columnPartialSchema>

export const tablePartialSchema = z.strictObject({
  rows: z.int(),
  names: z.array(z.string()),
  notation: z.strictObject({
    decimal: z.enum(['.', ',']),
    thousands: z.enum(['', ',', '.', ' ', "'", '_']),
    dayFirst: z.boolean(),
  }),
  columns: z.array(columnPartialSchema),
})
export type TablePartial = z.output<typeof tablePartialSchema>

/** Each value once, in the order in which they first come, with its counts added up. */
export function countValues(parts: readonly ExactValues[]): ExactValues {
  const counted = new Map<string, number>()
  for (const { values, counts } of parts)
    for (const [at, value] of values.entries()) counted.set(value, (counted.get(value) ?? 0) + counts[at]!)
  return { values: [...counted.keys()], counts: [...counted.values()] }
}
