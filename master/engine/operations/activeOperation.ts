import type { Json } from '../../../contract/json.ts'
import type { LedgerTask } from '../../../contract/ledger.ts'
import type { Answer, Artifact, Recorded } from '../../../contract/outcome.ts'
import type { TaskOrder, Work } from '../../../contract/workerMessages.ts'

/** A finished piece of a map or a merge: the cells it covers and what came of them. */
export interface Node {
  seq: number
  from: number
  to: number
  answer: Answer
}

/** A task to be made: its cells, and what else it needs to be made again after a restart. */
export interface TaskSpec {
  from: number
  to: number
  args?: Json
}

/** What an order needs beyond the task's own numbers. */
export type OrderDetails = Pick<TaskOrder, 'args' | 'uses' | 'copies' | 'target' | 'final' | 'bytes' | 'crc32' | 'rows'>

/** How much of the job stands behind the split size: changes while the job runs. */
export interface SplitContext {
  workers: number
  /** Measured milliseconds per cell of this operation, null before the first outcome. */
  msPerCell: number | null
}

export interface FinishedPart {
  seq: number
  from: number
  to: number
  answer: Answer
  rows: number
  artifact: Artifact | undefined
}

/**
 * One operation of a plan while it is carried out: it makes tasks and takes their answers. Pure: whoever owns it (jobRun.ts) numbers
 * the tasks, records them and runs them.
 */
export interface ActiveOperation {
  readonly id: string
  readonly stage: string
  /** Tasks of later stages go before those of maps, so that answers appear early and scratch files do not pile up. */
  readonly urgent: boolean
  /** They read what others have left: their bytes and rows are not the job's, and nothing of them may be set aside. */
  readonly secondary: boolean
  /** Whether an unfinished task of its own has everything that its order needs; false while a lost part is computed again. */
  ready(task: { from: number; args?: Json }): boolean
  /** Specifications of at most `limit` more tasks; fewer when it has to wait for answers. */
  make(limit: number, context: SplitContext): TaskSpec[]
  /** A task of the ledger that is not finished or has succeeded, when a job is taken up again. */
  restore(task: LedgerTask): void
  succeeded(part: FinishedPart): void
  order(task: { seq: number; from: number; to: number; args?: Json }): OrderDetails
  work(task: { from: number }): Work
  /** Whether it will make no more tasks. */
  readonly exhausted: boolean
  /** Whether everything that it will ever ask for has been answered. */
  readonly finished: boolean
  /** What the plan gets, when finished. */
  answer(): Recorded
}
