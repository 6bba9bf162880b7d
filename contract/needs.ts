/**
 * What tasks need and what workers offer. A stage's needs follow from the job's params and inputs alone (contract/plan.ts), so that a
 * restarted master finds the same; what comes of them is decided in master/engine/dispatcher.ts.
 */
export interface TaskNeeds {
  /**
   * `cpu`: it computes; a worker is at one such task at a time.
   * `io`: it waits for others (a server, a child process) nearly all the time, and its stage function awaits; many of them are under way
   * in one worker that computes nothing, and none keeps a worker from computing.
   * `exclusive`: it computes, and meanwhile no other task runs, of no job.
   */
  use: 'cpu' | 'io' | 'exclusive'
  /** Memory that it takes beyond what every worker has. It waits until so much is free; more than all there is it gets alone. */
  memoryBytes: number
  /** So many tasks of the stage are under way at most; null: as many as there is room for. */
  atOnce: number | null
}

export const plainNeeds: TaskNeeds = { use: 'cpu', memoryBytes: 0, atOnce: null }

/** What a worker is there for: to compute, a task at a time, or to wait for many others. */
export const workerOffers = ['cpu', 'io'] as const
export type WorkerOffer = (typeof workerOffers)[number]

/** So many tasks a worker that waits has under way at once. */
export const mostTogether = 32

export function offerFor({ use }: Pick<TaskNeeds, 'use'>): WorkerOffer {
  return use === 'io' ? 'io' : 'cpu'
}
