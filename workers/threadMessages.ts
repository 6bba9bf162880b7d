import type { Outcome } from '../contract/outcome.ts'
import type { FromWorker, TaskOrder, ToWorker, Work, WorkerJob } from '../contract/workerMessages.ts'

/**
 * What control and its threads tell each other. Both ends are of one build and one process: control has parsed everything that came from
 * outside, so these are trusted.
 */
export interface ThreadData {
  role: 'compute' | 'inspect'
  memory: SharedArrayBuffer
}

/** Tickets of a batch count up from `firstTicket`, in the order of its tasks (workers/shared.ts). */
export type ToCompute =
  | { type: 'job'; job: WorkerJob }
  | { type: 'tasks'; job: number; work: Work; tasks: TaskOrder[]; together?: boolean | undefined; firstTicket: number }
  | { type: 'forget'; job: number }
  /** Nothing follows: answer `ended` when all that came before has been dealt with. */
  | { type: 'quit' }

export interface FinishedOrder {
  seq: number
  attempt: number
  outcome: Outcome
}

export type FromCompute =
  | { type: 'outcomes'; job: number; tickets: number[]; outcomes: FinishedOrder[] }
  | { type: 'log'; line: string }
  | { type: 'ended' }

export type ToInspector = Extract<ToWorker, { type: 'inspect' | 'sample' }>
export type FromInspector = Extract<FromWorker, { type: 'inspected' | 'sampled' }>
