import { z } from 'zod'
import type { Input } from '../../contract/dataset.ts'
import type { Answer } from '../../contract/outcome.ts'
import type { PlanSteps, Planner } from '../../contract/plan.ts'
import { cellsOfInput } from '../bytes/grid.ts'

/**
 * What comes before the first scan in the plan of a kind over tables: where records start, in every cell, when the cells themselves cannot
 * say. Pure. `const uses = yield* indexTables(job)`, then `job.map('scan', job.cells(), { uses })`.
 */
export const tableStages = ['kept', 'index', 'indexed', 'starts'] as const

/** What `kept` answers: whether earlier jobs left the index of every input that needs one, and when it looked. */
export const keptAnswerSchema = z.strictObject({ all: z.boolean(), at: z.number() })

/** Answers for `uses`: none when no input needs an index. Inputs of which an earlier job left it are not looked through again. */
export function* indexTables(
  job: Pick<Planner<unknown>, 'inputs' | 'cells' | 'map' | 'merge' | 'task'>,
): PlanSteps<Answer[]> {
  if (!job.inputs.some(needsIndex)) return []
  if (!job.inputs.some(isWorthKeeping)) return [yield* indexAll(job, {})]
  const { all, at } = keptAnswerSchema.parse((yield* job.task('kept', {})).value)
  return [all ? yield* job.task('starts', { lookedAt: at }) : yield* indexAll(job, { lookedAt: at })]
}

function* indexAll(
  job: Pick<Planner<unknown>, 'cells' | 'map' | 'merge' | 'task'>,
  args: { lookedAt?: number },
): PlanSteps<Answer> {
  const cells = yield* job.map('index', job.cells())
  const indexed = yield* job.merge('indexed', cells)
  return yield* job.task('starts', args, [indexed])
}

/** A line end inside quotes ends no record, and the cells of what is compressed begin anywhere. */
export function needsIndex(input: Input): boolean {
  const { table } = input
  if (table === undefined || cellsOfInput(input) <= 1) return false
  if (table.format !== 'csv' && table.format !== 'jsonl') return false
  return table.compression !== null || (table.dialect?.quote ?? null) !== null
}

/** Of smaller inputs the index takes no longer than looking for a kept one. */
const leastKeptBytes = 4 * 1024 * 1024

/** What was spooled for one job is met by no other. */
export function isWorthKeeping(input: Input): boolean {
  return needsIndex(input) && !input.spooled && input.bytes >= leastKeptBytes
}
