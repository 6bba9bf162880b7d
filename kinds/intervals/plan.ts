import { z } from 'zod'
import type { Answer } from '../../contract/outcome.ts'
import { type MapHandle, type Planner, type PlanSteps, definePlan } from '../../contract/plan.ts'
import { indexTables, tableStages } from '../../datasets/table/plan.ts'
import { artifactOf, type IntervalsParams, kind } from './kind.ts'

/**
 * Each interval becomes two events, where it starts and where it ends. A sample says which events belong into which bucket, so that buckets
 * stand one after the other by key and position; each is sorted by itself. What reaches from one bucket into the next is then known from what
 * each of them comes to, and regions are written, again all buckets side by side. What fits into one bucket is one task.
 */
export const plan = definePlan(kind, {
  stages: [...tableStages, 'whole', 'sample', 'partition', 'gather', 'sort', 'summarize', 'carry', 'regions', 'count'],
  *steps(job) {
    const index = job.params.format === 'table' ? yield* indexTables(job) : []
    const bytes = job.inputs.reduce((sum, input) => sum + input.bytes, 0)
    const written = bytes <= job.params.bucketBytes ? yield* whole(job, index) : yield* shuffled(job, index)
    const counted = yield* job.merge('count', written)
    yield* job.write(artifactOf(job.params), written, 'regions')
    return counted
  },
})

function* whole(job: Planner<IntervalsParams>, index: Answer[]): PlanSteps<MapHandle> {
  const source = job.cells()
  return yield* job.map('whole', source, { cellsPerTask: Math.max(1, source.cells), uses: index })
}

const sampledSchema = z.strictObject({ buckets: z.int().min(1) })

function* shuffled(job: Planner<IntervalsParams>, index: Answer[]): PlanSteps<MapHandle> {
  const sampled = yield* job.task('sample', null, index)
  const { buckets } = sampledSchema.parse(sampled.value)
  const stages = { partition: 'partition', gather: 'gather', bucket: 'sort' }
  const sorted = yield* job.shuffle(stages, job.cells(), { buckets, uses: [sampled, ...index] })
  const summarized = yield* job.merge('summarize', sorted)
  const carried = yield* job.task('carry', null, [summarized])
  return yield* job.map('regions', job.items(buckets, 1), { uses: [carried] })
}
