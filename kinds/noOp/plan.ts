import { definePlan } from '../../contract/plan.ts'
import { kind } from './kind.ts'

/** One task per item, whatever the engine would choose, and no merge: exactly `tasks` tasks. */
export const plan = definePlan(kind, {
  stages: ['wait'],
  // The items of an open list have a stage of their own, and wait as the tasks do.
  needs: (_stage, { params: { use = 'cpu', memoryBytes = 0 } }) => ({ use, memoryBytes }),
  closed: (items) => ({ value: { tasks: items } }),
  *steps(job) {
    yield* job.map('wait', job.items(job.params.tasks, 1), { cellsPerTask: 1 })
    return { value: { tasks: job.params.tasks } }
  },
})
