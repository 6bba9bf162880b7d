import type { Input } from '../../contract/dataset.ts'
import type { Json } from '../../contract/json.ts'
import type { Answer } from '../../contract/outcome.ts'
import type { MapHandle, Operation, Planner } from '../../contract/plan.ts'
import { bytesSource } from '../../datasets/bytes/grid.ts'
import { itemsSource } from '../../datasets/items/grid.ts'

/** Yields one operation and takes what comes back as its answer: the only place where an answer gets its type. */
function* ask<T>(operation: Operation): Generator<Operation, T, unknown> {
  return (yield operation) as T
}

/** The vocabulary of plans over one job's params and inputs. It only makes operations; the plan runner carries them out. */
export function makePlanner<Params>(params: Params, inputs: readonly Input[]): Planner<Params> {
  const planner: Planner<Params> = {
    params,
    inputs,
    cells: () => bytesSource(inputs),
    items: (count, perCell) => itemsSource(count, perCell),
    task: (stage, args, uses = []) => ask<Answer>({ type: 'task', stage, args, uses }),
    map: (stage, source, { partial = 'exact', cellsPerTask = null, uses = [] } = {}) =>
      ask<MapHandle>({ type: 'map', stage, source, partial, cellsPerTask, uses }),
    merge: (stage, from) => ask<Answer>({ type: 'merge', stage, from }),
    write: ({ name, mediaType }, from, file) => ask<void>({ type: 'write', name, mediaType, from, file }),
    all: (branches) => ask<Json[]>({ type: 'all', branches }),
    *shuffle(stages, source, { buckets, uses = [] }) {
      const partitioned = yield* planner.map(stages.partition, source, { uses })
      const gathered = yield* planner.merge(stages.gather, partitioned)
      return yield* planner.map(stages.bucket, itemsSource(buckets, 1), { cellsPerTask: 1, uses: [gathered, ...uses] })
    },
  }
  return planner
}
