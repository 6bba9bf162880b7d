import { definePlan } from '../../contract/plan.ts'
import { artifactName, kind } from './kind.ts'

/** Tables sorted by word are counted and merged; only the whole one is put in order of frequency. A merge's value is a result already. */
export const plan = definePlan(kind, {
  stages: ['count', 'combine', 'rank'],
  *steps(job) {
    const counted = yield* job.map('count', job.cells())
    const combined = yield* job.merge('combine', counted)
    const ranked = yield* job.task('rank', {}, [combined])
    yield* job.write({ name: artifactName, mediaType: 'text/csv' }, ranked, 'csv')
    return combined
  },
})
