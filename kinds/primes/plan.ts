import { invariant } from '../../contract/invariant.ts'
import { type Planner, type PlanSteps, definePlan } from '../../contract/plan.ts'
import type { Answer } from '../../contract/outcome.ts'
import { type PrimesParams, artifactName, kind } from './kind.ts'
import { segmentsOf } from './segments.ts'

/** Candidates are checked and their primes merged in order; a range is sieved segment by segment and only counts are merged. */
export const plan = definePlan(kind, {
  stages: ['check', 'combine', 'sieve', 'total'],
  steps: (job) => (job.params.mode === 'check' ? checkSteps(job) : rangeSteps(job)),
})

function* checkSteps(job: Planner<PrimesParams>): PlanSteps<Answer> {
  const source = job.inputs.length > 0 ? job.cells() : job.items(job.params.candidates?.length ?? 0)
  return yield* job.merge('combine', yield* job.map('check', source))
}

function* rangeSteps(job: Planner<PrimesParams>): PlanSteps<Answer> {
  const sieved = yield* job.map('sieve', job.items(segmentsOf(job.params).count))
  const { value } = yield* job.merge('total', sieved)
  if (job.params.list) yield* job.write({ name: artifactName, mediaType: 'text/plain' }, sieved, 'primes')
  invariant(value !== undefined, 'primes: a count stands inline')
  return { value }
}
