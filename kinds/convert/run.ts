import { z } from 'zod'
import { invariant } from '../../contract/invariant.ts'
import { type RunContext, defineRun } from '../../contract/run.ts'
import { gatherPartitions, segmentsOfBucket } from '../../datasets/shuffle/directory.ts'
import { tableRuns } from '../../datasets/table/indexStages.ts'
import { countPartitions, group } from './group.ts'
import { type ConvertParams, kind } from './kind.ts'
import { partition, usesOf } from './partition.ts'
import { gatherParts } from './parts.ts'
import type { RowForm } from './rowForm.ts'
import { sampleText, textRows, writeText } from './textRows.ts'
import { joinTypes, scanTypes } from './types.ts'

/** Rows as they stand into text; rows as values into files whose columns have types. */
type Context = RunContext<ConvertParams>

const countedSchema = z.strictObject({ rows: z.int(), columns: z.array(z.string()) })

export const run = defineRun(kind, {
  maps: {
    ...tableRuns.maps,
    write: (split, context, index) => writeText(split, context, index),
    types: (split, context, index) => scanTypes(split, context, index),
    async encode(split, context, [types, ...index]) {
      const { encode } = await fileFormat(context)
      return await encode(split, context, { types, index })
    },
    async partition(split, context, uses) {
      return await partition(split, context, { uses, form: await rowForm(context) })
    },
    async group({ items }, context, [directory, ...uses]) {
      invariant(directory !== undefined && items.to === items.from + 1, 'convert: a task groups one bucket')
      const segments = segmentsOfBucket(directory, items.from, context)
      return group(context, segments, { types: usesOf(context, uses).types, form: await rowForm(context) })
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
    gatherPartitions: (parts, context) => gatherPartitions(parts, context),
    countPartitions: (parts, context) => countPartitions(parts, context),
  },
  tasks: {
    ...tableRuns.tasks,
    async assemble(_args, [types, gathered], context) {
      const { assemble } = await fileFormat(context)
      return assemble(context, types, gathered)
    },
  },
  sample: (split, context, rows) => sampleText(split, context, rows),
})

async function rowForm({ params }: Context): Promise<RowForm> {
  return params.to === 'parquet' ? (await import('./parquetRows.ts')).parquetRows : textRows
}

/** What writes Parquet or databases is loaded only where it is needed. */
async function fileFormat({ params }: Context) {
  return params.to === 'parquet' ? await import('./parquetFile.ts') : await import('./sqliteFile.ts')
}
