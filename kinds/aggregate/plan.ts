import { z } from 'zod'
import type { Answer } from '../../contract/outcome.ts'
import { definePlan, type Planner, type PlanSteps } from '../../contract/plan.ts'
import { indexTables, tableStages } from '../../datasets/table/plan.ts'
import { type AggregateParams, artifactOf, kind } from './kind.ts'

/**
 * Every task leaves its groups in the order of their keys; such files are merged. Only the whole one is put in the order asked for and written.
 * A merge's value is a result already. Groups that are many are not merged into one file: their keys are cut into ranges, each of which
 * is a task, and its rows a part of the artifact.
 */
export const plan = definePlan(kind, {
  stages: [...tableStages, 'scan', 'combine', 'finish', 'cut', 'finishRange', 'total'],
  *steps(job) {
    const uses = yield* indexTables(job)
    const scanned = yield* job.map('scan', job.cells(), { uses })
    const combined = yield* job.merge('combine', scanned)
    if (combined.files?.['list'] !== undefined) return yield* finishApart(job, combined)
    const finished = yield* job.task('finish', {}, [combined])
    yield* job.write(artifactOf(job.params), finished, 'rows')
    return finished
  },
})

const cutSchema = z.strictObject({ ranges: z.int().min(1) })

function* finishApart(job: Planner<AggregateParams>, combined: Answer): PlanSteps<Answer> {
  const cut = yield* job.task('cut', {}, [combined])
  const { ranges } = cutSchema.parse(cut.value)
  const finished = yield* job.map('finishRange', job.items(ranges, 1), { cellsPerTask: 1, uses: [combined, cut] })
  const total = yield* job.merge('total', finished)
  yield* job.write(artifactOf(job.params), finished, 'rows')
  return total
}
