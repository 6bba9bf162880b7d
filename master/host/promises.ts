import { join } from 'node:path'
import type { NewJob } from '../../contract/job.ts'
import type { Plan } from '../../contract/plan.ts'
import type { Engine } from '../engine/engine.ts'

type Writing = Pick<NewJob, 'kind' | 'params' | 'outDir'>

/** The files and folders that unfinished jobs are going to write: no other job may choose them. */
export class Promises {
  readonly #engine: Engine
  readonly #plans: readonly Plan[]

  constructor(engine: Engine, plans: readonly Plan[]) {
    this.#engine = engine
    this.#plans = plans
  }

  has(path: string): boolean {
    return [...this.#engine.runs.values()].some(
      ({ job }) => job.outDir === path || this.artifactPaths(job).includes(path),
    )
  }

  /** A file of a job that has ended which another one is going to write by now; null when there is none. */
  taken(job: Writing): string | null {
    return this.artifactPaths(job).find((path) => this.has(path)) ?? null
  }

  artifactPaths({ kind: id, params, outDir }: Writing): string[] {
    const kind = this.#plans.map((plan) => plan.kind).find((each) => each.id === id)
    if (outDir === null || kind === undefined) return []
    return kind.artifacts(kind.params.parse(params)).map((name) => join(outDir, name))
  }
}
