import { definePlan } from '../../contract/plan.ts'
import { indexTables, tableStages } from '../../datasets/table/plan.ts'
import { bucketsFor } from '../../datasets/shuffle/buckets.ts'
import { artifactOf, duplicatesName, kind } from './kind.ts'

/**
 * Keys go into buckets by their hash. In each bucket it is found which records stay, and the verdicts go back to where the records stand;
 * then every task reads its rows again and leaves out what the verdicts say.
 */
export const plan = definePlan(kind, {
  stages: [...tableStages, 'partition', 'gather', 'judge', 'gatherVerdicts', 'keep', 'count'],
  *steps(job) {
    const index = job.params.mode === 'rows' ? yield* indexTables(job) : []
    const stages = { partition: 'partition', gather: 'gather', bucket: 'judge' }
    const buckets = bucketsFor(job.inputs, job.params)
    const judged = yield* job.shuffle(stages, job.cells(), { buckets, uses: index })
    const verdicts = yield* job.merge('gatherVerdicts', judged)
    const kept = yield* job.map('keep', job.cells(), { uses: [verdicts, ...index] })
    const counted = yield* job.merge('count', kept)
    yield* job.write(artifactOf(job.params), kept, 'unique')
    yield* job.write({ name: duplicatesName, mediaType: 'text/csv' }, kept, 'duplicates')
    return counted
  },
})
