import type { Answer } from '../../contract/outcome.ts'
import type { JobState } from '../../contract/transitions.ts'
import type { JobRun } from './jobRun.ts'
import type { TaskOrder, Work } from '../../contract/workerMessages.ts'

/** What the host carries out once the step's transitions are committed, in this order. */
export type Effect =
  /** `together`: they wait for others and are begun at once. `memoryBytes` is what the worker's tasks say that they take. */
  | {
      type: 'dispatch'
      slot: number
      job: number
      work: Work
      tasks: TaskOrder[]
      together: boolean
      memoryBytes: number
    }
  | { type: 'cancelTasks'; slot: number; job: number }
  /** The plan has returned. The inputs are to be looked at once more, the result read, what was set aside written to a file; then `Engine.complete` or `Engine.fail`. */
  | { type: 'conclude'; job: number; answer: Answer }
  /** The job is to be taken up anew from the ledger, by `Engine.reload`; `anew` is an operation whose tasks are all to be done again. */
  | { type: 'reload'; job: number; recomputed: number; anew?: string }
  /** A job wants more workers than there are. */
  | { type: 'wantWorkers'; count: number }
  /** Whether any job has tasks that wait for others. */
  | { type: 'wantIo'; wanted: boolean }
  /** Every item of its open list is answered: workers are to be told of the job anew, with the input that the list has become. */
  | { type: 'listSettled'; job: number }
  /** A task of an open list has answered for the items [from, to). */
  | { type: 'answered'; job: number; from: number; to: number; answer: Answer }
  | { type: 'changed'; job: number }
  /** It has reached a final state: workers may forget it and its scratch folder may go. */
  | { type: 'ended'; run: JobRun; state: JobState; partial: { answer: Answer; coverage: number } | null }
