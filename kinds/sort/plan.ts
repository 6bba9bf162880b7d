import { z } from 'zod'
import type { Json } from '../../contract/json.ts'
import { type Answer, answerSchema } from '../../contract/outcome.ts'
import { type MapHandle, type Planner, type PlanSteps, type PlanThunk, definePlan } from '../../contract/plan.ts'
import { invariant } from '../../contract/invariant.ts'
import { artifactName, kind, type SortParams } from './kind.ts'

/**
 * `shuffle`: a sample says which lines belong into which bucket; buckets are sorted by themselves and stand one after the other in
 * the artifact. What fits into one bucket is one task. `recursive`: each node has its halves sorted by sub-plans, and merges them.
 */
export const plan = definePlan(kind, {
  stages: ['sortWhole', 'sample', 'partition', 'gather', 'sortBucket', 'count', 'check', 'sortCells', 'mergeHalves'],
  *steps(job) {
    if (job.params.plan === 'recursive') return yield* recursive(job)
    const bytes = job.inputs.reduce((sum, input) => sum + input.bytes, 0)
    const sorted = bytes <= job.params.bucketBytes ? yield* whole(job) : yield* shuffled(job)
    const counted = yield* job.merge('count', sorted)
    yield* job.write({ name: artifactName, mediaType: 'text/plain' }, sorted, 'sorted')
    return counted
  },
})

const sampledSchema = z.strictObject({ buckets: z.int().min(1) })

function* whole(job: Planner<SortParams>): PlanSteps<MapHandle> {
  const source = job.cells()
  return yield* job.map('sortWhole', source, { cellsPerTask: Math.max(1, source.cells) })
}

function* shuffled(job: Planner<SortParams>): PlanSteps<MapHandle> {
  const sampled = yield* job.task('sample', null)
  const { buckets } = sampledSchema.parse(sampled.value)
  return yield* job.shuffle({ partition: 'partition', gather: 'gather', bucket: 'sortBucket' }, job.cells(), {
    buckets,
    uses: [sampled],
  })
}

function* recursive(job: Planner<SortParams>): PlanSteps<Answer> {
  const source = job.cells()
  // What is no number is set aside with its row, which only a map over the cells knows; the sub-plans leave it out.
  if (job.params.mode === 'numbers') yield* job.map('check', source)
  const sorted = answerSchema.parse(yield* node(job, { from: 0, to: source.cells, isRoot: true }))
  yield* job.write({ name: artifactName, mediaType: 'text/plain' }, sorted, 'sorted')
  invariant(sorted.value !== undefined, 'sort: counts stand inline')
  return { value: sorted.value }
}

/** Sorts the cells [from, to): halves first, each by a sub-plan, and then both as one. Returns an answer. */
function* node(job: Planner<SortParams>, at: { from: number; to: number; isRoot: boolean }): PlanSteps<Json> {
  const { from, to, isRoot } = at
  if (to - from <= leafCells(job)) return jsonOf(yield* job.task('sortCells', { from, to, isRoot }))
  const middle = (from + to) >> 1
  const half =
    (first: number, end: number): PlanThunk =>
    () =>
      node(job, { from: first, to: end, isRoot: false })
  const halves = yield* job.all([half(from, middle), half(middle, to)])
  return jsonOf(
    yield* job.task(
      'mergeHalves',
      { isRoot },
      halves.map((each) => answerSchema.parse(each)),
    ),
  )
}

function leafCells({ inputs, params }: Planner<SortParams>): number {
  const largest = Math.max(1, ...inputs.map(({ cellBytes }) => cellBytes))
  return Math.max(1, Math.floor(params.bucketBytes / largest))
}

function jsonOf({ value, files }: Answer): Json {
  return { ...(value === undefined ? {} : { value }), ...(files === undefined ? {} : { files }) } as Json
}
