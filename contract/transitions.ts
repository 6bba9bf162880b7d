import { Bug } from './invariant.ts'

/**
 * The two lifecycles as data. Every change of a job's or a task's state is one of these arrows; whatever else is a bug.
 * ARCHITECTURE.md draws its diagrams from these tables (`npm run diagrams`).
 */
export const jobStates = ['queued', 'paused', 'running', 'cancelling', 'succeeded', 'failed', 'cancelled'] as const
export type JobState = (typeof jobStates)[number]

export const taskStates = ['pending', 'running', 'succeeded', 'failed', 'cancelled', 'replaced'] as const
export type TaskState = (typeof taskStates)[number]

export interface Arrow<State extends string> {
  from: State
  to: State
  /** What moves it, in the glossary's words. */
  by: string
}

export const jobTransitions: readonly Arrow<JobState>[] = [
  { from: 'queued', to: 'running', by: 'first task dispatched' },
  { from: 'queued', to: 'paused', by: 'pause' },
  { from: 'paused', to: 'queued', by: 'resume, before it ever ran' },
  { from: 'running', to: 'paused', by: 'pause' },
  { from: 'paused', to: 'running', by: 'resume' },
  { from: 'running', to: 'succeeded', by: 'plan returned' },
  { from: 'running', to: 'failed', by: 'task failed for good' },
  { from: 'running', to: 'cancelling', by: 'cancel' },
  { from: 'queued', to: 'cancelled', by: 'cancel' },
  { from: 'paused', to: 'cancelled', by: 'cancel' },
  { from: 'cancelling', to: 'running', by: 'undo' },
  { from: 'cancelling', to: 'cancelled', by: 'drained' },
  { from: 'cancelling', to: 'succeeded', by: 'plan returned while draining' },
  { from: 'failed', to: 'queued', by: 'retry' },
  { from: 'cancelled', to: 'queued', by: 'retry' },
]

export const taskTransitions: readonly Arrow<TaskState>[] = [
  { from: 'pending', to: 'running', by: 'dispatch' },
  { from: 'running', to: 'succeeded', by: 'outcome' },
  { from: 'running', to: 'failed', by: 'no attempt left' },
  { from: 'running', to: 'cancelled', by: 'cancel' },
  { from: 'running', to: 'replaced', by: 'halve' },
  { from: 'pending', to: 'cancelled', by: 'cancel' },
  { from: 'pending', to: 'replaced', by: 'halve' },
  { from: 'running', to: 'pending', by: 'retry or interrupt' },
  { from: 'failed', to: 'pending', by: 'retry of the job' },
  { from: 'cancelled', to: 'pending', by: 'retry of the job' },
  { from: 'succeeded', to: 'pending', by: 'scratch result missing' },
]

export const finalJobStates: ReadonlySet<JobState> = new Set(['succeeded', 'failed', 'cancelled'])
export const unfinishedTaskStates: ReadonlySet<TaskState> = new Set(['pending', 'running'])

export function isAllowed<State extends string>(table: readonly Arrow<State>[], from: State, to: State): boolean {
  return table.some((arrow) => arrow.from === from && arrow.to === to)
}

export function assertAllowed<State extends string>(
  table: readonly Arrow<State>[],
  step: { from: State; to: State },
  story: string,
): void {
  if (!isAllowed(table, step.from, step.to)) throw new Bug(`${story}: ${step.from} cannot become ${step.to}`)
}
