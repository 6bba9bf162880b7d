import { z } from 'zod'
import type { Input } from '../../contract/dataset.ts'
import { defineKind } from '../../contract/kind.ts'
import { listedNames } from '../../datasets/table/listedNames.ts'
import { tableParams, tableWishes } from '../../datasets/table/params.ts'

/**
 * Rows or lines without those whose key has come before (or comes again), in input order. Keys are equal when the values of all their
 * columns are: `"a"` equals `a`, null equals null and not empty text, `1` does not equal `1.0`.
 */
const smallestBucket = 1024
const largestBucket = 64 * 1024 * 1024

const params = z.strictObject({
  mode: z.enum(['rows', 'lines']).optional().meta({
    title: 'Mode',
    description:
      'rows: of tables, by columns; lines: of text, by all their bytes but the line end. Not set: rows of what has columns, else lines',
  }),
  by: z.array(z.string().min(1).max(1000)).max(1000).default([]).meta({
    title: 'Key columns',
    description: 'Rows alike in all of them are repeated; all columns when empty',
  }),
  keep: z
    .enum(['first', 'last'])
    .default('first')
    .meta({ title: 'Keep', description: 'Which of the rows or lines with the same key stays' }),
  spreadsheetSafe: z.boolean().default(false).meta({
    title: 'Safe for spreadsheets',
    description: 'Put an apostrophe before text in CSV that a spreadsheet would take for a formula',
  }),
  bucketBytes: z
    .int()
    .min(smallestBucket)
    .max(largestBucket)
    .default(32 * 1024 * 1024)
    .meta({ title: 'Bucket', description: 'About how many bytes of the input are compared at once, on each worker' }),
  ...tableParams,
})
export type DedupeParams = z.output<typeof params>

export const resultSchema = z.strictObject({
  rows: z.int().meta({ description: 'How many rows or lines were read, without those set aside' }),
  kept: z.int().meta({ description: 'How many of them were written' }),
  duplicates: z.int().meta({ description: 'How many were left out' }),
  keys: z.int().meta({ description: 'How many keys came more than once' }),
})

export const duplicatesName = 'duplicates.csv'

export const kind = defineKind({
  id: 'dedupe',
  version: 1,
  title: 'Remove duplicates',
  summary:
    'Keeps the first or the last of the rows of tables, or lines of text, with the same key; lists those that came more than once.',
  accepts: ['text', 'table'],
  inputs: 'required',
  params,
  table: tableWishes,
  result: resultSchema,
  artifacts: (given) => [artifactOf(given).name, duplicatesName],
  settle: (given, inputs) => ({ ...given, mode: given.mode ?? modeFor(given, inputs) }),
  check,
  room: (_params, { bytes }) => 3.5 * bytes,
  cost: (_params, { bytes }) => ({ ms: bytes / 30_000 }),
})

export function artifactOf({ mode }: Pick<DedupeParams, 'mode'>): { name: string; mediaType: string } {
  return mode === 'rows'
    ? { name: 'unique.csv', mediaType: 'text/csv' }
    : { name: 'unique.txt', mediaType: 'text/plain' }
}

/** Any text can be taken for a table of one column: only what is more, or is said to be a table, has rows. */
function modeFor({ by, header, delimiter }: DedupeParams, inputs: readonly Input[]): 'rows' | 'lines' {
  if (by.length > 0 || header !== undefined || delimiter !== undefined) return 'rows'
  return inputs.every(({ table }) => table !== undefined && (table.format !== 'csv' || table.columns.length > 1))
    ? 'rows'
    : 'lines'
}

function check({ mode, by }: DedupeParams, inputs: readonly Input[]): string | null {
  if (mode === 'rows') return complaintAboutTables(by, inputs)
  if (by.length > 0) return 'by names columns, and mode lines has none'
  const binary = inputs.find(({ format }) => format !== 'text')
  return binary === undefined ? null : `${binary.name} is no text, and mode lines reads lines of text`
}

function complaintAboutTables(by: readonly string[], inputs: readonly Input[]): string | null {
  const stranger = inputs.find(({ table }) => table === undefined)
  if (stranger !== undefined) return `${stranger.name} is no table; -p mode=lines takes lines of text`
  const columns = inputs[0]?.table?.columns.map(({ name }) => name) ?? []
  const unknown = by.find((name) => !columns.includes(name))
  if (unknown !== undefined) return `by names ${unknown}, and the columns are ${listedNames(columns)}`
  const twice = by.find((name, at) => by.indexOf(name) < at)
  return twice === undefined ? null : `by names ${twice} twice`
}
