import { Bug } from '../../contract/invariant.ts'
import type { JobState, TaskState } from '../../contract/transitions.ts'

/** States as the ledger's columns keep them. The numbers are for good: ledgers on disk have them. */
export const jobStateCodes: Readonly<Record<JobState, number>> = {
  queued: 0,
  paused: 1,
  running: 2,
  cancelling: 3,
  succeeded: 4,
  failed: 5,
  cancelled: 6,
}

/** Unfinished ones come first: the partial index of tasks is `state < 2`. */
export const taskStateCodes: Readonly<Record<TaskState, number>> = {
  pending: 0,
  running: 1,
  succeeded: 2,
  failed: 3,
  cancelled: 4,
  replaced: 5,
}

function inverse<State extends string>(codes: Readonly<Record<State, number>>): ReadonlyMap<number, State> {
  return new Map((Object.keys(codes) as State[]).map((state) => [codes[state], state]))
}
const jobStates = inverse(jobStateCodes)
const taskStates = inverse(taskStateCodes)

export function jobStateOf(code: number): JobState {
  const state = jobStates.get(code)
  if (state === undefined) throw new Bug(`no job state has the code ${code}`)
  return state
}

export function taskStateOf(code: number): TaskState {
  const state = taskStates.get(code)
  if (state === undefined) throw new Bug(`no task state has the code ${code}`)
  return state
}
