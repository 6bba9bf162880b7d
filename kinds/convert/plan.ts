import type { Answer } from '../../contract/outcome.ts'
import { type Planner, type PlanSteps, definePlan } from '../../contract/plan.ts'
import { indexTables, tableStages } from '../../datasets/table/plan.ts'
import { cellsOfBlocks } from '../../datasets/write/compression.ts'
import { bucketsFor } from './buckets.ts'
import { type ConvertParams, artifactOf, isText, kind } from './kind.ts'

/**
 * Files of text are what the tasks wrote, one after the other. For files whose columns have types every value is looked at first; then
 * each task encodes its rows, and one puts them together. Partitioned, the rows of a folder come together first.
 */
export const plan = definePlan(kind, {
  stages: [
    ...tableStages,
    'write',
    'count',
    'types',
    'joinTypes',
    'encode',
    'gather',
    'assemble',
    'partition',
    'gatherPartitions',
    'group',
    'countPartitions',
  ],
  *steps(job) {
    const index = yield* indexTables(job)
    if (job.params.partitionBy !== undefined) return yield* partitioned(job, index)
    return isText(job.params.to) ? yield* text(job, index) : yield* typed(job, index)
  },
})

function* text(job: Planner<ConvertParams>, index: Answer[]): PlanSteps<Answer> {
  const blocks = job.params.compress === 'none' ? {} : { cellsPerTask: cellsOfBlocks(job.inputs) }
  const written = yield* job.map('write', job.cells(), { uses: index, ...blocks })
  const counted = yield* job.merge('count', written)
  yield* job.write(artifactOf(job.params), written, 'rows')
  return counted
}

function* typesOf(job: Planner<ConvertParams>, index: Answer[]): PlanSteps<Answer> {
  const seen = yield* job.map('types', job.cells(), { uses: index })
  return yield* job.merge('joinTypes', seen)
}

/** Rows go to buckets by the folder that they belong into; a bucket's task writes the files of its folders. */
function* partitioned(job: Planner<ConvertParams>, index: Answer[]): PlanSteps<Answer> {
  const uses = isText(job.params.to) ? index : [yield* typesOf(job, index), ...index]
  const stages = { partition: 'partition', gather: 'gatherPartitions', bucket: 'group' }
  const grouped = yield* job.shuffle(stages, job.cells(), { buckets: bucketsFor(job.inputs), uses })
  const counted = yield* job.merge('countPartitions', grouped)
  yield* job.write(artifactOf(job.params), grouped, 'pack')
  return counted
}

function* typed(job: Planner<ConvertParams>, index: Answer[]): PlanSteps<Answer> {
  const types = yield* typesOf(job, index)
  const encoded = yield* job.map('encode', job.cells(), {
    uses: [types, ...index],
    cellsPerTask: cellsOfBlocks(job.inputs),
  })
  const gathered = yield* job.merge('gather', encoded)
  const assembled = yield* job.task('assemble', {}, [types, gathered])
  yield* job.write(artifactOf(job.params), assembled, 'file')
  return assembled
}
