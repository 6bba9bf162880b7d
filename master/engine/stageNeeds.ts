import { plainNeeds, type TaskNeeds } from '../../contract/needs.ts'
import type { NewJob } from '../../contract/job.ts'
import type { Plan } from '../../contract/plan.ts'

/** What tasks of a job's stages need: asked of its plan once for each stage, since it follows from what never changes. */
export class StageNeeds {
  readonly #plan: Plan
  readonly #job: NewJob
  readonly #known = new Map<string, TaskNeeds>()

  constructor(plan: Plan, job: NewJob) {
    this.#plan = plan
    this.#job = job
  }

  of(stage: string): TaskNeeds {
    const known = this.#known.get(stage)
    if (known !== undefined) return known
    const params = this.#plan.kind.params.parse(this.#job.params)
    const needs = { ...plainNeeds, ...this.#plan.needs(stage, { params, inputs: this.#job.inputs }) }
    this.#known.set(stage, needs)
    return needs
  }
}
