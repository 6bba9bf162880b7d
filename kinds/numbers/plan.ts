import { invariant } from '../../contract/invariant.ts'
import { definePlan } from '../../contract/plan.ts'
import { artifactName, kind, listedCount } from './kind.ts'
import { partialSchema, resultOf } from './partial.ts'

/** Outputs are made and summed up side by side; the artifact is every task's outputs, one after the other. */
export const plan = definePlan(kind, {
  stages: ['compute', 'combine'],
  *steps(job) {
    const source = job.inputs.length > 0 ? job.cells() : job.items(listedCount(job.params))
    const computed = yield* job.map('compute', source)
    const { value } = yield* job.merge('combine', computed)
    yield* job.write({ name: artifactName, mediaType: 'text/plain' }, computed, 'outputs')
    invariant(value !== undefined, 'numbers: a partial of 40 numbers and a sum stands inline')
    return { value: resultOf(partialSchema.parse(value)) }
  },
  partialResult: (merged) => resultOf(partialSchema.parse(merged)),
})
