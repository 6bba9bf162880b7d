import { z } from 'zod'
import { invariant } from '../../contract/invariant.ts'
import type { Json } from '../../contract/json.ts'
import { type Answer, answerSchema } from '../../contract/outcome.ts'
import { type MapHandle, type Planner, type PlanSteps, type PlanThunk, definePlan } from '../../contract/plan.ts'
import { indexTables, tableStages } from '../../datasets/table/plan.ts'
import { artifactName, kind, type SortParams } from './kind.ts'

/**
 * `shuffle`: a sample says which records belong into which bucket; buckets are sorted by themselves and stand one after the other in
 * the artifact. What fits into one bucket is one task. `recursive`: each node has its halves sorted by sub-plans, and merges them.
 */
const shuffleStages = ['sortWhole', 'sample', 'partition', 'gather', 'sortBucket', 'count'] as const
const treeStages = ['check', 'sortCells', 'mergeHalves'] as const

export const plan = definePlan(kind, {
  stages: [...tableStages, ...shuffleStages, ...treeStages],
  *steps(job) {
    const index = job.params.mode === 'table' ? yield* indexTables(job) : []
    if (job.params.plan === 'recursive') return yield* recursive(job, index)
    const bytes = job.inputs.reduce((sum, input) => sum + input.bytes, 0)
    const sorted = bytes <= job.params.bucketBytes ? yield* whole(job, index) : yield* shuffled(job, index)
    const counted = yield* job.merge('count', sorted)
    yield* job.write(artifactOf(job), sorted, 'sorted')
    return counted
  },
})

function artifactOf({ params }: Planner<SortParams>): { name: string; mediaType: string } {
  return { name: artifactName(params), mediaType: params.mode === 'table' ? 'text/csv' : 'text/plain' }
}

function* whole(job: Planner<SortParams>, index: Answer[]): PlanSteps<MapHandle> {
  const source = job.cells()
  return yield* job.map('sortWhole', source, { cellsPerTask: Math.max(1, source.cells), uses: index })
}

const sampledSchema = z.strictObject({ buckets: z.int().min(1) })

function* shuffled(job: Planner<SortParams>, index: Answer[]): PlanSteps<MapHandle> {
  const sampled = yield* job.task('sample', null, index)
  const { buckets } = sampledSchema.parse(sampled.value)
  return yield* job.shuffle({ partition: 'partition', gather: 'gather', bucket: 'sortBucket' }, job.cells(), {
    buckets,
    uses: [sampled, ...index],
  })
}

function* recursive(job: Planner<SortParams>, index: Answer[]): PlanSteps<Answer> {
  const source = job.cells()
  // What is no number or no row is set aside with its place, which only a map over the cells knows; the sub-plans leave it out.
  if (job.params.mode !== 'lines') yield* job.map('check', source, { uses: index })
  const sorted = answerSchema.parse(yield* node(job, { from: 0, to: source.cells, isRoot: true, index }))
  yield* job.write(artifactOf(job), sorted, 'sorted')
  invariant(sorted.value !== undefined, 'sort: counts stand inline')
  return { value: sorted.value }
}

interface TreeNode {
  from: number
  to: number
  isRoot: boolean
  /** Where the rows of tables begin. */
  index: Answer[]
}

/** Sorts the cells [from, to): halves first, each by a sub-plan, and then both as one. Returns an answer. */
function* node(job: Planner<SortParams>, at: TreeNode): PlanSteps<Json> {
  const { from, to, isRoot, index } = at
  if (to - from <= leafCells(job)) return jsonOf(yield* job.task('sortCells', { from, to, isRoot }, index))
  const middle = (from + to) >> 1
  const half = (cells: { from: number; to: number }): PlanThunk => {
    return () => node(job, { ...cells, isRoot: false, index })
  }
  const halves = yield* job.all([half({ from, to: middle }), half({ from: middle, to })])
  const answers = halves.map((each) => answerSchema.parse(each))
  return jsonOf(yield* job.task('mergeHalves', { isRoot }, answers))
}

function leafCells({ inputs, params }: Planner<SortParams>): number {
  const largest = Math.max(1, ...inputs.map(({ cellBytes }) => cellBytes))
  return Math.max(1, Math.floor(params.bucketBytes / largest))
}

function jsonOf({ value, files }: Answer): Json {
  return { ...(value === undefined ? {} : { value }), ...(files === undefined ? {} : { files }) } as Json
}
