import { join } from 'node:path'
import type { Engine } from '../engine/engine.ts'
import type { JobRun } from '../engine/jobRun.ts'

/** The files and folders that unfinished jobs are going to write: no other job may choose them. */
export class Promises {
  readonly #engine: Engine

  constructor(engine: Engine) {
    this.#engine = engine
  }

  has(path: string): boolean {
    return [...this.#engine.runs.values()].some((run) => run.job.outDir === path || artifactPaths(run).includes(path))
  }
}

function artifactPaths(run: JobRun): string[] {
  const { outDir } = run.job
  if (outDir === null) return []
  return run.plan.kind.artifacts(run.plan.kind.params.parse(run.job.params)).map((name) => join(outDir, name))
}
