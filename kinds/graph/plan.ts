import type { Answer } from '../../contract/outcome.ts'
import { definePlan, type Planner, type PlanSteps } from '../../contract/plan.ts'
import { bucketsFor } from '../../datasets/shuffle/buckets.ts'
import { indexTables, tableStages } from '../../datasets/table/plan.ts'
import { artifactsOf, type GraphParams, kind } from './kind.ts'

/**
 * Each task makes a graph of its rows; these are folded into one, neighbours first, and a task looks for what was asked. Degrees need no
 * graph: edges go to both their nodes by hash, are counted there, and go back to where their nodes are first named.
 */
export const plan = definePlan(kind, {
  stages: [
    ...tableStages,
    'edges',
    'gather',
    'components',
    'cycles',
    'order',
    'reachable',
    'spread',
    'gatherEdges',
    'count',
    'gatherCounts',
    'list',
    'total',
  ],
  *steps(job) {
    const index = yield* indexTables(job)
    if (job.params.find === 'degrees') return yield* degrees(job, index)
    const edges = yield* job.map('edges', job.cells(), { uses: index })
    const gathered = yield* job.merge('gather', edges)
    const found = yield* job.task(job.params.find, null, [gathered])
    for (const artifact of artifactsOf(job.params)) yield* job.write(artifact, found, artifact.file)
    return found
  },
})

function* degrees(job: Planner<GraphParams>, index: Answer[]): PlanSteps<Answer> {
  const buckets = bucketsFor(job.inputs, job.params)
  const stages = { partition: 'spread', gather: 'gatherEdges', bucket: 'count' }
  const counted = yield* job.shuffle(stages, job.cells(), { buckets, uses: index })
  const counts = yield* job.merge('gatherCounts', counted)
  const listed = yield* job.map('list', job.items(buckets, 1), { cellsPerTask: 1, uses: [counts] })
  const total = yield* job.merge('total', listed)
  for (const artifact of artifactsOf(job.params)) yield* job.write(artifact, listed, artifact.file)
  return total
}
