import type { Input } from '../../contract/dataset.ts'
import type { Answer } from '../../contract/outcome.ts'
import type { PlanSteps, Planner } from '../../contract/plan.ts'
import { cellsOfInput } from '../bytes/grid.ts'

/**
 * What comes before the first scan in the plan of a kind over tables: where records start, in every cell, when the cells themselves cannot
 * say. Pure. `const uses = yield* indexTables(job)`, then `job.map('scan', job.cells(), { uses })`.
 */
export const tableStages = ['index', 'indexed', 'starts'] as const

/** Answers for `uses`: none when no input needs an index. */
export function* indexTables(
  job: Pick<Planner<unknown>, 'inputs' | 'cells' | 'map' | 'merge' | 'task'>,
): PlanSteps<Answer[]> {
  if (!job.inputs.some(needsIndex)) return []
  const cells = yield* job.map('index', job.cells())
  const indexed = yield* job.merge('indexed', cells)
  return [yield* job.task('starts', {}, [indexed])]
}

/** A line end inside quotes ends no record, and the cells of what is compressed begin anywhere. */
export function needsIndex(input: Input): boolean {
  const { table } = input
  if (table === undefined || cellsOfInput(input) <= 1) return false
  if (table.format !== 'csv' && table.format !== 'jsonl') return false
  return table.compression !== null || (table.dialect?.quote ?? null) !== null
}
