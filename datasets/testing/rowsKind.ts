import { z } from 'zod'
import { defineKind } from '../../contract/kind.ts'
import { definePlan } from '../../contract/plan.ts'
import { defineRun } from '../../contract/run.ts'
import { type PlanRequest, runPlan } from '../../tests/harness/runPlan.ts'
import { fieldText } from '../table/batch.ts'
import { tableRuns } from '../table/indexStages.ts'
import { tableParams, tableWishes } from '../table/params.ts'
import { indexTables, tableStages } from '../table/plan.ts'
import { readTable } from '../table/read.ts'

/** A kind that answers with the rows themselves: what a table kind is at its least, and how tests look through readTable. */
const rowSchema = z.strictObject({ offset: z.number(), fields: z.array(z.string().nullable()) })
const rowsSchema = z.array(rowSchema)
export type ReadRow = z.infer<typeof rowSchema>

const kind = defineKind({
  id: 'rows',
  version: 1,
  title: 'Rows',
  summary: 'The rows themselves.',
  accepts: ['table'],
  inputs: 'required',
  params: z.strictObject(tableParams),
  table: tableWishes,
  result: rowsSchema,
})

const plan = definePlan(kind, {
  stages: [...tableStages, 'scan', 'join'],
  *steps(job) {
    const uses = yield* indexTables(job)
    const scanned = yield* job.map('scan', job.cells(), { uses })
    return yield* job.merge('join', scanned)
  },
})

const run = defineRun(kind, {
  maps: {
    ...tableRuns.maps,
    async scan(split, context, uses) {
      const rows: ReadRow[] = []
      for await (const batch of readTable(split, context, uses))
        for (let row = 0; row < batch.rows; row += 1)
          rows.push({
            offset: batch.offsets[row] ?? -1,
            fields: Array.from({ length: batch.columns }, (_, column) => fieldText(batch, row, column)),
          })
      return { value: rows }
    },
  },
  merges: {
    ...tableRuns.merges,
    join: (parts) => ({ value: parts.flatMap((part) => rowsSchema.parse(part.value)) }),
  },
  tasks: tableRuns.tasks,
})

export const rowsKind = { plan, run }

/** Everything that a table gives, through plan, index and stages, cut where the seed says. */
export async function rowsOf(request: Omit<PlanRequest, 'kind'>) {
  const done = await runPlan({ ...request, kind: rowsKind })
  return { ...done, rows: rowsSchema.parse(done.result) }
}
