import { invariant } from '../../contract/invariant.ts'
import { definePlan } from '../../contract/plan.ts'
import { indexTables, tableStages } from '../../datasets/table/plan.ts'
import { cellsOfBlocks } from '../../datasets/write/compression.ts'
import { artifactOf, kind } from './kind.ts'

/** Every task filters its rows into a file of its own; the artifact is these files in order, the first with the header. */
export const plan = definePlan(kind, {
  stages: [...tableStages, 'filter', 'count'],
  *steps(job) {
    const uses = yield* indexTables(job)
    const blocks = job.params.compress === 'none' ? {} : { cellsPerTask: cellsOfBlocks(job.inputs) }
    const filtered = yield* job.map('filter', job.cells(), { uses, ...blocks })
    const counted = yield* job.merge('count', filtered)
    yield* job.write(artifactOf(job.params), filtered, 'rows')
    invariant(counted.value !== undefined || counted.ref !== undefined, 'filter: a count has a value')
    return counted
  },
})
