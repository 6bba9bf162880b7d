import type { Answer, FileRef } from '../../contract/outcome.ts'
import type { JobState } from '../../contract/transitions.ts'
import type { JobRun } from './jobRun.ts'
import type { TaskOrder, Work } from '../../contract/workerMessages.ts'

/** What the host carries out once the step's transitions are committed, in this order. */
export type Effect =
  | { type: 'dispatch'; slot: number; job: number; work: Work; tasks: TaskOrder[] }
  | { type: 'cancelTasks'; slot: number; job: number }
  /** The result is in a scratch file: to be read and given back by `Engine.resultLoaded`. */
  | { type: 'loadResult'; job: number; ref: FileRef }
  /** Everything is done and records were set aside: their file is to be written, and `Engine.rejectsWritten` told. */
  | { type: 'writeRejects'; job: number }
  /** A job wants more workers than there are. */
  | { type: 'wantWorkers'; count: number }
  | { type: 'changed'; job: number }
  /** It has reached a final state: workers may forget it and its scratch folder may go. */
  | { type: 'ended'; run: JobRun; state: JobState; partial: { answer: Answer; coverage: number } | null }
