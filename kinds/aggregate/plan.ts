import { definePlan } from '../../contract/plan.ts'
import { indexTables, tableStages } from '../../datasets/table/plan.ts'
import { artifactOf, kind } from './kind.ts'

/**
 * Every task leaves its groups in the order of their keys; such files are merged. Only the whole one is put in the order asked for and written.
 * A merge's value is a result already.
 */
export const plan = definePlan(kind, {
  stages: [...tableStages, 'scan', 'combine', 'finish'],
  *steps(job) {
    const uses = yield* indexTables(job)
    const scanned = yield* job.map('scan', job.cells(), { uses })
    const combined = yield* job.merge('combine', scanned)
    const finished = yield* job.task('finish', {}, [combined])
    yield* job.write(artifactOf(job.params), finished, 'rows')
    return finished
  },
})
