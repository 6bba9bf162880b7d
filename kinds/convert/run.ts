import { z } from 'zod'
import { type Part, type RunContext, type Split, type StageAnswer, defineRun } from '../../contract/run.ts'
import { inputOf } from '../../datasets/bytes/read.ts'
import { tableOf } from '../../datasets/table/context.ts'
import { tableRuns } from '../../datasets/table/indexStages.ts'
import { readTable } from '../../datasets/table/read.ts'
import { BlockWriter } from '../../datasets/write/blocks.ts'
import { copyRow, makeRowWriter } from '../../datasets/write/rows.ts'
import { type ConvertParams, isText, kind } from './kind.ts'
import { gatherParts } from './parts.ts'
import { joinTypes, scanTypes } from './types.ts'

/** Rows as they stand into text; rows as values into files whose columns have types. */
type Context = RunContext<ConvertParams>

const countedSchema = z.strictObject({ rows: z.int(), columns: z.array(z.string()) })

export const run = defineRun(kind, {
  maps: {
    ...tableRuns.maps,
    write,
    types: (split, context, index) => scanTypes(split, context, index),
    async encode(split, context, [types, ...index]) {
      const { encode } = await fileFormat(context)
      return await encode(split, context, { types, index })
    },
  },
  merges: {
    ...tableRuns.merges,
    count(parts) {
      const counts = parts.map(({ value }) => countedSchema.parse(value))
      return { value: { rows: counts.reduce((sum, { rows }) => sum + rows, 0), columns: counts[0]?.columns ?? [] } }
    },
    joinTypes: (parts, context) => joinTypes(parts, context),
    gather: (parts) => gatherParts(parts),
  },
  tasks: {
    ...tableRuns.tasks,
    async assemble(_args, [types, gathered], context) {
      const { assemble } = await fileFormat(context)
      return assemble(context, types, gathered)
    },
  },
})

/** What writes Parquet or databases is loaded only where it is needed. */
async function fileFormat({ params }: Context) {
  return params.to === 'parquet' ? await import('./parquetFile.ts') : await import('./sqliteFile.ts')
}

async function write(split: Split, context: Context, index: Part[]): Promise<StageAnswer> {
  const { to, compress, spreadsheetSafe } = context.params
  const block = new BlockWriter(context.scratch('rows'), compress)
  const tables = context.inputs.map(tableOf)
  const names = tableOf(inputOf(context, 0)).columns.map(({ name }) => name)
  const isBare = (column: number) => tables.every(({ columns }) => bareTypes.has(columns[column]?.type ?? 'text'))
  const writer = makeRowWriter(block, {
    format: isText(to) ? to : 'csv',
    spreadsheetSafe,
    names,
    bare: names.map((_, column) => isBare(column)),
  })
  if (split.from === 0) writer.header(names)
  let rows = 0
  for await (const batch of readTable(split, context, index)) {
    for (let row = 0; row < batch.rows; row++) copyRow(writer, batch, row)
    rows += batch.rows
  }
  return { value: { rows, columns: names }, files: { rows: block.finish(rows) } }
}

const bareTypes: ReadonlySet<string> = new Set(['integer', 'decimal', 'boolean'])
