import { definePlan } from '../../contract/plan.ts'
import { indexTables, tableStages } from '../../datasets/table/plan.ts'
import { describeTable } from './describe.ts'
import { kind } from './kind.ts'
import { tablePartialSchema } from './partial.ts'

/** Sketches depend on how they are folded: cell by cell, along the fixed tree. What was folded last is told in a person's terms. */
export const plan = definePlan(kind, {
  stages: [...tableStages, 'scan', 'combine', 'describe'],
  *steps(job) {
    const uses = yield* indexTables(job)
    const scanned = yield* job.map('scan', job.cells(), { partial: 'perCell', uses })
    const combined = yield* job.merge('combine', scanned)
    return yield* job.task('describe', {}, [combined])
  },
  partialResult: (merged, params) => describeTable(tablePartialSchema.parse(merged), params),
})
