import type { Input } from '../../../contract/dataset.ts'
import { assertNever, Bug } from '../../../contract/invariant.ts'
import type { NewJob } from '../../../contract/job.ts'
import type { Operation, Plan } from '../../../contract/plan.ts'
import type { OpenList } from '../openList.ts'
import type { ActiveOperation } from './activeOperation.ts'
import { ActiveMap } from './mapOperation.ts'
import { ActiveMerge } from './mergeOperation.ts'
import { ActiveOpen } from './openOperation.ts'
import { ActiveTask } from './taskOperation.ts'
import { ActiveWrite } from './writeOperation.ts'

/** What an operation that is begun needs to know of its job. */
export interface Surroundings {
  plan: Plan
  job: NewJob
  inputs: readonly Input[]
  /** Maps that were begun before, by id. */
  maps: ReadonlyMap<string, ActiveMap>
  /** Items that come while the job runs. */
  list: OpenList
  /** Joins an output folder and a file's name. */
  join: (folder: string, name: string) => string
}

/** An operation that the plan asks for, ready to make tasks. */
export function activate(
  id: string,
  asked: Exclude<Operation, { type: 'all' }>,
  around: Surroundings,
): ActiveOperation {
  switch (asked.type) {
    case 'task':
      return new ActiveTask(id, asked)
    case 'map':
      return new ActiveMap(id, asked, {
        inputs: around.inputs,
        split: around.job.split,
        estimatedMs: estimatedMs(around),
      })
    case 'merge':
      return new ActiveMerge(id, asked.stage, mapOf(around, asked.from.operation))
    case 'write':
      return new ActiveWrite(id, asked, placeOf(asked, around))
    case 'open':
      return new ActiveOpen(id, asked, around.list)
    default:
      return assertNever(asked, 'activate')
  }
}

function estimatedMs({ plan: { kind }, job, inputs }: Surroundings): number {
  const bytes = inputs.reduce((sum, input) => sum + input.bytes, 0)
  return kind.cost(kind.params.parse(job.params), { bytes }).ms
}

function mapOf({ maps }: Surroundings, id: string): ActiveMap {
  const map = maps.get(id)
  if (map === undefined) throw new Bug(`no map has the id ${id}`)
  return map
}

function placeOf(
  asked: Extract<Operation, { type: 'write' }>,
  around: Surroundings,
): ConstructorParameters<typeof ActiveWrite>[2] {
  const { job, join } = around
  const folder = job.outDir
  if (folder === null) throw new Bug(`kind ${job.kind} writes ${asked.name}, but the job has no output folder`)
  const source = 'handle' in asked.from ? mapOf(around, asked.from.operation) : asked.from.files?.[asked.file]
  if (source === undefined) throw new Bug(`write ${asked.name}: its source has no file called ${asked.file}`)
  return {
    source,
    temporary: join(folder, `.${asked.name}.${job.id}.part`),
    final: join(folder, asked.name),
    force: job.force,
  }
}
