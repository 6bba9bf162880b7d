import { z } from 'zod'
import type { Input } from '../../contract/dataset.ts'
import { defineKind } from '../../contract/kind.ts'
import type { ColumnType, Table } from '../../contract/table.ts'
import { widerType } from '../../datasets/sniff/values.ts'
import { listedNames } from '../../datasets/table/listedNames.ts'
import { tableParams, tableWishes } from '../../datasets/table/params.ts'

/**
 * Intervals of BED files, or of tables with a start and an end: merged, or how many of them cover what, where none does, where several do. Those
 * of different keys (chromosomes, rooms, people) have nothing to do with each other.
 */
const operations = ['merge', 'coverage', 'gaps', 'overlaps'] as const
export type IntervalOperation = (typeof operations)[number]

const positionTypes = ['integer', 'decimal', 'date', 'timestamp'] as const
export type PositionType = (typeof positionTypes)[number]

const columnName = z.string().min(1).max(1000)
const smallestBucket = 1024
const largestBucket = 64 * 1024 * 1024

const params = z.strictObject({
  operation: z.enum(operations).default('merge').meta({
    title: 'Operation',
    description:
      'merge: those that overlap or touch become one; coverage: how many cover each stretch; gaps: what lies between them; overlaps: what two or more cover',
  }),
  format: z.enum(['bed', 'table']).optional().meta({
    title: 'Format',
    description:
      'bed: lines of chromosome, start, end, divided by tabs; table: columns with names. What the input is, if not given',
  }),
  start: columnName.default('start').meta({ title: 'Start', description: 'Column where an interval starts' }),
  end: columnName.default('end').meta({ title: 'End', description: 'Column where it ends' }),
  by: z.array(columnName).max(64).default([]).meta({
    title: 'Key columns',
    description: 'Intervals alike in all of them belong together; all do when empty',
  }),
  bounds: z.enum(['half-open', 'closed']).default('half-open').meta({
    title: 'Bounds',
    description: 'half-open: the end is the first position behind the interval; closed: it is the last one in it',
  }),
  positions: z.enum(positionTypes).optional().meta({
    title: 'Positions',
    description: 'What starts and ends are; as the columns suggest, if not given',
  }),
  spreadsheetSafe: z.boolean().default(false).meta({
    title: 'Safe for spreadsheets',
    description: 'Put an apostrophe before text in CSV that a spreadsheet would take for a formula',
  }),
  bucketBytes: z
    .int()
    .min(smallestBucket)
    .max(largestBucket)
    .default(8 * 1024 * 1024)
    .meta({ title: 'Bucket', description: 'About how many bytes of the input are sorted at once, on each worker' }),
  ...tableParams,
})
export type IntervalsParams = z.output<typeof params>

export const units = ['positions', 'days', 'milliseconds'] as const

export const resultSchema = z.strictObject({
  intervals: z.int().meta({ description: 'How many intervals were read, without those set aside' }),
  skipped: z
    .int()
    .meta({ description: 'Lines of BED files that hold none: comments, track and browser lines, blank ones' }),
  keys: z.int().meta({ description: 'How many keys they have' }),
  regions: z.int().meta({ description: 'How many rows were written' }),
  length: z.union([z.number(), z.string()]).meta({
    description: 'How long these are together, exactly: as text where no number of JSON is exact',
  }),
  unit: z.enum(units).meta({ description: 'What the length counts' }),
})

const artifactNames = { merge: 'merged', coverage: 'coverage', gaps: 'gaps', overlaps: 'overlaps' } as const

export function artifactOf({ operation, format }: Pick<IntervalsParams, 'operation' | 'format'>): {
  name: string
  mediaType: string
} {
  const name = artifactNames[operation]
  return format === 'bed'
    ? { name: `${name}.bed`, mediaType: 'text/tab-separated-values' }
    : { name: `${name}.csv`, mediaType: 'text/csv' }
}

/** Whether a region's depth is written. */
export function hasDepth(operation: IntervalOperation): boolean {
  return operation === 'coverage' || operation === 'overlaps'
}

export const kind = defineKind({
  id: 'intervals',
  version: 1,
  title: 'Combine intervals',
  summary:
    'Merges intervals of BED files or tables, by key; or tells how many cover each stretch, where several do, and the gaps between them.',
  accepts: ['text', 'table'],
  inputs: 'required',
  params,
  table: tableWishes,
  result: resultSchema,
  artifacts: (given) => [artifactOf(given).name],
  settle,
  check,
  room: (_params, { bytes }) => 6 * bytes,
  cost: (_params, { bytes }) => ({ ms: bytes / 20_000 }),
})

function settle(given: IntervalsParams, inputs: readonly Input[]): IntervalsParams {
  const format = given.format ?? (inputs.length > 0 && inputs.every(isBed) ? 'bed' : 'table')
  const found = format === 'bed' ? 'integer' : positionsOf(given, inputs)
  const positions = given.positions ?? found
  return { ...given, format, ...(positions === null ? {} : { positions }) }
}

/** By its name, or as a table without names that has its columns. */
function isBed({ name, table }: Input): boolean {
  if (/\.bed(\.gz|\.zst)?$/i.test(name)) return true
  if (table?.format !== 'csv' || table.dialect?.delimiter !== '\t' || table.dialect.header) return false
  return table.columns[1]?.type === 'integer' && table.columns[2]?.type === 'integer'
}

/** Null where the columns are neither numbers nor dates. */
function positionsOf({ start, end }: IntervalsParams, inputs: readonly Input[]): PositionType | null {
  const columns = inputs[0]?.table?.columns ?? []
  const type = columns
    .filter(({ name }) => name === start || name === end)
    .reduce<ColumnType>((wide, column) => widerType(wide, column.type), 'unknown')
  return type === 'unknown' ? 'integer' : (positionTypes.find((each) => each === type) ?? null)
}

function check(params: IntervalsParams, inputs: readonly Input[]): string | null {
  return params.format === 'bed' ? complaintAboutBed(params, inputs) : complaintAboutTables(params, inputs)
}

function complaintAboutBed(
  { by, bounds, positions, start, end }: IntervalsParams,
  inputs: readonly Input[],
): string | null {
  const packed = inputs.find(({ format }) => format !== 'text')
  if (packed !== undefined)
    return `${packed.name} is no text; BED is read unpacked, from stdin too: gzip -dc FILE | gristmill run intervals - -p format=bed`
  if (bounds === 'closed') return 'bounds=closed is for tables: BED files are half-open'
  if (positions !== 'integer') return `positions=${positions} is for tables: BED files have integers`
  const named = by.length > 0 || start !== 'start' || end !== 'end'
  return named ? 'start, end and by name columns of tables; -p format=table takes the input for one' : null
}

function complaintAboutTables({ start, end, by, positions }: IntervalsParams, inputs: readonly Input[]): string | null {
  const stranger = inputs.find(({ table }) => table === undefined)
  if (stranger !== undefined)
    return `${stranger.name} is neither a table nor a BED file; -p format=bed takes it for one`
  const unknown = unknownColumn({ start, end, by }, inputs[0]?.table)
  if (unknown !== null) return unknown
  if (start === end) return `start and end both name ${start}`
  const twice = by.find((name, at) => by.indexOf(name) < at || name === start || name === end)
  if (twice !== undefined) return `by names ${twice}, which is named already`
  return positions === undefined
    ? `${start} and ${end} hold neither numbers nor dates; -p positions=… says what is to be read in them`
    : null
}

function unknownColumn(
  { start, end, by }: Pick<IntervalsParams, 'start' | 'end' | 'by'>,
  table: Table | undefined,
): string | null {
  const columns = table?.columns.map(({ name }) => name) ?? []
  const wanted = [
    { param: 'start', name: start },
    { param: 'end', name: end },
    ...by.map((name) => ({ param: 'by', name })),
  ]
  const found = wanted.find(({ name }) => !columns.includes(name))
  if (found === undefined) return null
  const hint = table?.dialect?.header === false ? '; -p format=bed takes the input for BED' : ''
  return `${found.param} names ${found.name}, and the columns are ${listedNames(columns)}${hint}`
}
