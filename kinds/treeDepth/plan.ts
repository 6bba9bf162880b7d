import { z } from 'zod'
import type { Json } from '../../contract/json.ts'
import { type Answer, answerSchema } from '../../contract/outcome.ts'
import { type Planner, type PlanSteps, definePlan } from '../../contract/plan.ts'
import { indexTables, tableStages } from '../../datasets/table/plan.ts'
import { artifact, kind, sourceOf, type TreeDepthParams } from './kind.ts'

/**
 * Nodes get numbers and stand in one forest; a folder is looked at where it is. A task then walks a part of it, down from given nodes, until it has seen enough; what it
 * has not reached is divided among sub-plans that do the same, and a task joins what they have found.
 */
export const plan = definePlan(kind, {
  stages: [...tableStages, 'edges', 'gather', 'forest', 'document', 'folder', 'explore', 'join', 'paths'],
  *steps(job) {
    const source = sourceOf(job.params, job.inputs)
    const tree = yield* source === 'table'
      ? forestOfTable(job)
      : job.task(source === 'json' ? 'document' : 'folder', null)
    const measured = answerSchema.parse(yield* subtrees(job, { tree, above: tree, group: 0 }))
    const told = yield* job.task('paths', null, [tree, measured])
    yield* job.write(artifact, told, 'paths')
    return told
  },
})

function* forestOfTable(job: Planner<TreeDepthParams>): PlanSteps<Answer> {
  const index = yield* indexTables(job)
  const edges = yield* job.map('edges', job.cells(), { uses: index })
  const gathered = yield* job.merge('gather', edges)
  return yield* job.task('forest', null, [gathered])
}

const exploredSchema = z.looseObject({ groups: z.int().min(0) })

interface At {
  tree: Answer
  /** Whose task has left these nodes to others, as which group of them. */
  above: Answer
  group: number
}

/** Measures what hangs on a group of nodes. Returns an answer. */
function* subtrees(job: Planner<TreeDepthParams>, { tree, above, group }: At): PlanSteps<Json> {
  const explored = yield* job.task('explore', { group }, [tree, above])
  const { groups } = exploredSchema.parse(explored.value)
  if (groups === 0) return jsonOf(explored)
  const below = yield* job.all(
    Array.from({ length: groups }, (_, each) => () => subtrees(job, { tree, above: explored, group: each })),
  )
  const answers = below.map((each) => answerSchema.parse(each))
  return jsonOf(yield* job.task('join', null, [explored, ...answers]))
}

function jsonOf({ value, files }: Answer): Json {
  return { ...(value === undefined ? {} : { value }), ...(files === undefined ? {} : { files }) } as Json
}
