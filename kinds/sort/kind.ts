import { z } from 'zod'
import type { Input } from '../../contract/dataset.ts'
import { defineKind } from '../../contract/kind.ts'
import { tableParams, tableWishes } from '../../datasets/table/params.ts'
import { complaintAboutColumns } from './by.ts'

/**
 * Lines in order. `lines`: by their bytes, as `LC_ALL=C sort` has them. `numbers`: by their values, exactly, each kept as it is written and
 * equal ones in the order in which they stood; a line that is no decimal literal is set aside. `table`: rows of a table by columns, equal ones
 * in the order in which they stood, as CSV.
 */
export function artifactName({ mode }: Pick<SortParams, 'mode'>): string {
  return mode === 'table' ? 'sorted.csv' : 'sorted.txt'
}

const smallestBucket = 1024
const largestBucket = 64 * 1024 * 1024

export const resultSchema = z.strictObject({
  /** Lines or rows read and not set aside. */
  rows: z.int(),
  /** Lines or rows written: fewer where repeated ones were left out. */
  written: z.int(),
})

const params = z.strictObject({
  mode: z.enum(['lines', 'numbers', 'table']).optional().meta({
    title: 'Mode',
    description:
      'lines: by their bytes, as LC_ALL=C sort does; numbers: by value; table: rows, by columns. Not set: table where columns are named, else lines',
  }),
  by: z.array(z.string().min(1).max(1000)).min(1).max(64).optional().meta({
    title: 'Columns',
    description:
      'For a table, the most important first: name, name:desc, name:locale; also :numeric, :bytes, :date, :nulls-first',
  }),
  locale: z
    .string()
    .max(100)
    .default('en')
    .refine(isLocale, 'must be the tag of a language, such as de or sv-SE')
    .meta({ title: 'Language', description: 'Whose order columns with :locale follow' }),
  order: z
    .enum(['ascending', 'descending'])
    .default('ascending')
    .meta({ title: 'Order', description: 'Which end comes first' }),
  reverse: z
    .boolean()
    .default(false)
    .meta({ title: 'Reverse', description: 'Turns the order around, as sort -r does; equal ones stay as they came' }),
  unique: z
    .boolean()
    .default(false)
    .meta({ title: 'Unique', description: 'Keeps the first of lines, or of numbers of one value, that are equal' }),
  spreadsheetSafe: z.boolean().default(false).meta({
    title: 'Safe for spreadsheets',
    description: 'For a table: put an apostrophe before text that a spreadsheet would take for a formula',
  }),
  plan: z.enum(['shuffle', 'recursive']).default('shuffle').meta({
    title: 'Plan',
    description: 'shuffle: sort what belongs together on each worker; recursive: the merge sort of textbooks, slower',
  }),
  bucketBytes: z
    .int()
    .min(smallestBucket)
    .max(largestBucket)
    .default(8 * 1024 * 1024)
    .meta({ title: 'Bucket', description: 'About how many bytes of the input are sorted at once, on each worker' }),
  ...tableParams,
})

export type SortParams = z.output<typeof params>

export const kind = defineKind({
  id: 'sort',
  version: 1,
  title: 'Sort',
  summary: 'Puts lines of any number of files in order, by their bytes or as numbers, or rows of tables by columns.',
  accepts: ['text', 'table'],
  inputs: 'required',
  params,
  result: resultSchema,
  artifacts: (params) => [artifactName(params)],
  table: tableWishes,
  settle: (given) => ({ ...given, mode: given.mode ?? (given.by === undefined ? 'lines' : 'table') }),
  check: complaintOf,
  room: (_params, { bytes }) => 2.5 * bytes,
  cost: (_params, { bytes }) => ({ ms: bytes / 60_000 }),
})

export function isDescending({ order, reverse }: Pick<SortParams, 'order' | 'reverse'>): boolean {
  return (order === 'descending') !== reverse
}

function complaintOf({ mode, by }: SortParams, inputs: readonly Input[]): string | null {
  if (mode !== 'table') {
    if (by !== undefined) return `by names columns, and mode ${mode} has none`
    const binary = inputs.find(({ format }) => format !== 'text')
    return binary === undefined ? null : `${binary.name} is no text, and mode ${mode} sorts lines of text`
  }
  return by === undefined ? 'by is missing: mode table sorts by columns' : complaintAboutColumns(by, inputs)
}

function isLocale(tag: string): boolean {
  try {
    return Intl.Collator.supportedLocalesOf(tag).length > 0
  } catch {
    // A tag that is not well-formed is thrown at.
    return false
  }
}
