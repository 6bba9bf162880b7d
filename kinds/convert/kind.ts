import { z } from 'zod'
import type { Input } from '../../contract/dataset.ts'
import { defineKind } from '../../contract/kind.ts'
import { folderMediaType } from '../../contract/outcome.ts'
import { tableParams, tableWishes } from '../../datasets/table/params.ts'
import { partitionName } from '../../datasets/table/partitionNames.ts'
import { columnKinds } from '../../datasets/write/columnKinds.ts'
import { compressionNames, compressions } from '../../datasets/write/compression.ts'

/** The rows of tables, in input order, as a file of another format. */
const mediaTypes = {
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  jsonl: 'application/jsonl',
  parquet: 'application/vnd.apache.parquet',
  sqlite: 'application/vnd.sqlite3',
} as const
export type TargetFormat = keyof typeof mediaTypes
const targetFormats = ['csv', 'tsv', 'jsonl', 'parquet', 'sqlite'] as const satisfies readonly TargetFormat[]

/** More files than that are no use to anybody's file system. */
const mostPartitions = 100_000

const params = z.strictObject({
  to: z.enum(targetFormats).meta({
    title: 'To',
    description: 'The format to write; in parquet and sqlite columns have the types that all their values have',
  }),
  compress: z
    .enum(compressions)
    .default('none')
    .meta({ title: 'Compression', description: 'Whether a file of text is compressed, and how' }),
  spreadsheetSafe: z.boolean().default(false).meta({
    title: 'Safe for spreadsheets',
    description: 'Put an apostrophe before text in csv and tsv that a spreadsheet would take for a formula',
  }),
  partitionBy: z.string().min(1).max(10_000).optional().meta({
    title: 'Partition by',
    description: 'A column whose values become folders, column=value, with a file of the rows that have it in each',
  }),
  mostPartitions: z.int().min(1).max(mostPartitions).default(10_000).meta({
    title: 'Most partitions',
    description: 'How many folders there may be at most; with more different values the job fails',
  }),
  ...tableParams,
})
export type ConvertParams = z.output<typeof params>

export const kind = defineKind({
  id: 'convert',
  version: 1,
  title: 'Convert',
  summary:
    'Writes tables as CSV, TSV, JSON lines, Parquet or an SQLite database, with their values, types and order kept.',
  accepts: ['table'],
  inputs: 'required',
  params,
  table: tableWishes,
  result: z.strictObject({
    rows: z.int().meta({ description: 'How many rows were written' }),
    columns: z.array(z.string()).meta({ description: 'The names of the columns' }),
    types: z.array(z.enum(columnKinds)).optional().meta({
      description: 'What the columns are in a format that has types; an instant is a timestamp with its offset',
    }),
    partitions: z.int().optional().meta({ description: 'How many folders the rows went to' }),
  }),
  artifacts: (given) => [artifactOf(given).name],
  check,
  room: ({ partitionBy }, { bytes }) => bytes * (partitionBy === undefined ? 2.5 : 3.5),
  cost: ({ to }, { bytes }) => ({ ms: bytes / (isText(to) ? 100_000 : 10_000) }),
})

export function isText(to: TargetFormat): to is 'csv' | 'tsv' | 'jsonl' {
  return to !== 'parquet' && to !== 'sqlite'
}

type Written = Pick<ConvertParams, 'to' | 'compress' | 'partitionBy'>

export function artifactOf(given: Written): { name: string; mediaType: string } {
  if (given.partitionBy !== undefined) return { name: 'converted', mediaType: folderMediaType }
  const { mediaType } = compressionNames[given.compress]
  return { name: fileName('converted', given), mediaType: mediaType ?? mediaTypes[given.to] }
}

export function fileName(stem: string, { to, compress }: Written): string {
  return `${stem}.${to}${compressionNames[compress].suffix}`
}

const mostSqliteColumns = 2000

function check(params: ConvertParams, inputs: readonly Input[]): string | null {
  const { to, compress, spreadsheetSafe, partitionBy } = params
  const stranger = inputs.find(({ table }) => table === undefined)
  if (stranger !== undefined) return `${stranger.name} is no table`
  if (compress !== 'none' && !isText(to)) return `compress is for csv, tsv and jsonl, and to is ${to}`
  if (spreadsheetSafe && to !== 'csv' && to !== 'tsv') return `spreadsheetSafe is for csv and tsv, and to is ${to}`
  const names = inputs[0]?.table?.columns.map(({ name }) => name) ?? []
  if (partitionBy !== undefined) return complaintOfPartitions(partitionBy, to, names)
  return to === 'sqlite' ? complaintOfSqlite(names) : null
}

function complaintOfPartitions(column: string, to: TargetFormat, names: readonly string[]): string | null {
  if (to === 'sqlite') return 'partitionBy is for csv, tsv, jsonl and parquet, and to is sqlite'
  if (!names.includes(column)) return `partitionBy names ${column}, and the columns are ${names.join(', ')}`
  if (names.length === 1) return `partitionBy names ${column}, and there is no other column to write`
  const isTooLong = partitionName({ column, value: 'x' }) === null
  return isTooLong ? `the name of the column ${column} is too long for folders` : null
}

function complaintOfSqlite(names: readonly string[]): string | null {
  if (names.length > mostSqliteColumns)
    return `an SQLite table has at most ${mostSqliteColumns} columns, and this one has ${names.length}`
  const folded = names.map((name) => name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()))
  const again = names.find((_, at) => folded.indexOf(folded[at]!) < at)
  return again === undefined
    ? null
    : `SQLite does not tell the columns ${names[folded.indexOf(folded[names.indexOf(again)]!)]} and ${again} apart`
}
