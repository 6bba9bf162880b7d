import { z } from 'zod'
import type { Answer } from '../../contract/outcome.ts'
import { definePlan, type Planner, type PlanSteps } from '../../contract/plan.ts'
import { indexTables, tableStages } from '../../datasets/table/plan.ts'
import { artifacts, collects, type CommandParams, kind } from './kind.ts'

/** Items are listed first, whatever they are; then each is a task. */
export const plan = definePlan(kind, {
  stages: [...tableStages, 'read', 'list', 'files', 'run', 'count', 'tell'],
  needs: (stage, { params: { use, atOnce } }) => (stage === 'run' ? { use, atOnce: atOnce ?? null } : {}),
  *steps(job) {
    const listed = yield* itemsOf(job)
    const { items } = listedSchema.parse(listed.value)
    const ran = yield* job.map('run', job.items(items, perTask(items)), { cellsPerTask: 1, uses: [listed] })
    const counted = yield* job.merge('count', ran)
    yield* job.write(artifacts.output, ran, 'output')
    yield* job.write(artifacts.results, ran, 'results')
    yield* job.write(artifacts.joblog, ran, 'joblog')
    if (collects(job.params)) yield* job.write(artifacts.outputs, ran, 'outputs')
    return yield* job.task('tell', null, [counted])
  },
})

const listedSchema = z.strictObject({ items: z.int().min(0) })

function* itemsOf(job: Planner<CommandParams>): PlanSteps<Answer> {
  if (job.params.per === 'file') return yield* job.task('files', null)
  const uses = job.params.per === 'row' ? yield* indexTables(job) : []
  const read = yield* job.map('read', job.cells(), { uses })
  return yield* job.merge('list', read)
}

/** Each task leaves a few files: of more items than this some share a task. */
const mostTasks = 50_000

function perTask(items: number): number {
  return Math.max(1, Math.ceil(items / mostTasks))
}
