import { z } from 'zod'
import type { Input } from '../../contract/dataset.ts'
import { openEndSchema } from '../../contract/open.ts'
import type { Answer } from '../../contract/outcome.ts'
import type { Operation, Plan, PlanSteps } from '../../contract/plan.ts'
import { makePlanner } from './planner.ts'

/** The stage in which items are answered as they come. */
export const itemStage = 'item'

/** Whoever gave the items went away before the list was ended. */
export class InputEndedEarly extends Error {
  override name = 'InputEndedEarly'
}

const answeredSchema = z.object({ value: z.strictObject({ items: z.int(), end: openEndSchema }) })

/** A kind's steps over a job's inputs; where these are an open list, its items one by one first. */
export function* stepsOf(plan: Plan, params: unknown, inputs: readonly Input[]): PlanSteps<Answer> {
  if (inputs[0]?.open === undefined) return yield* plan.steps(makePlanner(params, inputs))
  const { items, end } = answeredSchema.parse(yield { type: 'open', stage: itemStage } satisfies Operation).value
  if (end.early !== null) throw new InputEndedEarly(end.early)
  if (plan.closed !== null) return plan.closed(items)
  return yield* plan.steps(makePlanner(params, [end.input]))
}
