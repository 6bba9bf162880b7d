import { definePlan } from '../../contract/plan.ts'
import { kind } from './kind.ts'

/** One task per item, whatever the engine would choose, and no merge: exactly `tasks` tasks. */
export const plan = definePlan(kind, {
  stages: ['wait'],
  needs: (_stage, { params: { use, memoryBytes } }) => ({ use, memoryBytes }),
  *steps(job) {
    yield* job.map('wait', job.items(job.params.tasks, 1), { cellsPerTask: 1 })
    return { value: { tasks: job.params.tasks } }
  },
})
