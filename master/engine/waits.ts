import { offerFor, type TaskNeeds } from '../../contract/needs.ts'
import type { JobRun } from './jobRun.ts'
import { isFull, type Room } from './room.ts'
import type { Slots } from './slots.ts'

/**
 * What a job's tasks wait for, in a person's words; null when none waits, or only for its turn behind others of its own job. Asked for when
 * somebody looks: it decides nothing.
 */
export function whatItWaitsFor(run: JobRun, at: { room: Room; slots: Slots; now: number }): string | null {
  if (!run.takesWork) return null
  if (run.waitsForItems) return 'more items'
  for (const next of nextOf(run)) {
    const what = waitOf(run, next, at)
    if (what !== null) return what
  }
  return run.tasks.running > 0 ? null : 'a free worker'
}

/** What is known of a task before it is given to anybody, or even made. */
interface NextTask {
  stage: string
  needs: TaskNeeds
  /** Not to be started before this instant. */
  notBefore: number
}

/** Of each stage that has tasks to give or could make some, the next one. */
function* nextOf(run: JobRun): Generator<NextTask> {
  for (const task of run.tasks.firstOfStages())
    if (task.operation.ready(task)) yield { ...task, stage: task.operation.stage }
  for (const { stage, urgent, needs } of run.making)
    if (!urgent && run.tasks.waiting(stage) === 0) yield { stage, needs, notBefore: 0 }
}

function waitOf(run: JobRun, next: NextTask, at: { room: Room; slots: Slots; now: number }): string | null {
  const { stage, needs, notBefore } = next
  if (at.room.keepsFrom(run, needs)) return 'a task that runs alone'
  if (notBefore > at.now) return `another attempt in ${Math.ceil((notBefore - at.now) / 1000)} s`
  if (isFull(run, stage, needs)) return `${stage}: no more than ${needs.atOnce} may be under way at once`
  if (needs.use === 'exclusive' && at.slots.inFlight > 0) return `all other tasks to end: ${stage} runs alone`
  const { freeBytes } = at.room
  if (needs.memoryBytes > freeBytes)
    return `memory: a task of ${stage} takes ${sizeText(needs.memoryBytes)}, and ${sizeText(freeBytes)} are free for tasks`
  return at.slots.count(offerFor(needs)) === 0 ? 'a worker to start' : null
}

function sizeText(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`
}
