import type { Input } from './dataset.ts'
import type { JobError, JobEvent, NewJob, PartialAnswer, Sample } from './job.ts'
import type { Json } from './json.ts'
import type { Answer, Artifact, AttemptOutcome, Recorded, RecordPlace, RejectedRecord } from './outcome.ts'
import type { JobState, TaskState } from './transitions.ts'

/**
 * What the master asks the store to write. Each one is a constructor of a change that contract/transitions.ts allows; a commit is a list
 * of them in one transaction. `job` is a job's number, `seq` counts a job's tasks from 0.
 */
export type Transition =
  | { type: 'jobMade'; job: NewJob }
  | {
      type: 'jobMoved'
      job: number
      from: JobState
      to: JobState
      at: number
      fields?: {
        startedAt?: number
        finishedAt?: number | null
        result?: Json
        error?: JobError | null
        planMs?: number
      }
    }
  | {
      type: 'jobChanged'
      job: number
      fields: {
        name?: string
        note?: string
        tags?: string[]
        priority?: number
        workers?: number | null
        inputs?: Input[]
      }
    }
  | { type: 'jobRemoved'; job: number }
  | { type: 'partialAnswered'; job: number; partial: PartialAnswer }
  | { type: 'operationMade'; job: number; operation: OperationRow }
  | { type: 'operationAnswered'; job: number; operation: string; answer: Recorded }
  | { type: 'tasksMade'; job: number; operation: string; stage: string; tasks: MadeTask[] }
  /** Tasks that an earlier job has done, over the same cells of the same input: they count as succeeded, and took this one no time. */
  | { type: 'tasksAdopted'; job: number; operation: string; stage: string; tasks: AdoptedTask[] }
  | { type: 'tasksStarted'; job: number; worker: number; at: number; tasks: StartedTask[] }
  /** Accepted task by task: `state = running AND attempt BETWEEN fence AND attempt`. */
  | { type: 'tasksFinished'; job: number; worker: number; tasks: FinishedTask[] }
  /** Back to pending, with a fence below which no outcome is accepted any more. */
  | { type: 'tasksReturned'; job: number; tasks: { seq: number; fence: number }[] }
  /** A task that fails is cut in two: it is replaced by new ones over its cells, of the same operation. */
  | { type: 'tasksHalved'; job: number; at: number; tasks: { seq: number; halves: MadeTask[] }[] }
  /** Every unfinished task of the job. */
  | { type: 'tasksCancelled'; job: number; at: number }
  /** Failed and cancelled tasks of a job that is retried. */
  | { type: 'tasksRevived'; job: number }
  | { type: 'attemptEnded'; job: number; attempt: EndedAttempt }
  | { type: 'artifactMade'; job: number; artifact: Artifact }
  | { type: 'rejected'; job: number; seq: number; records: RejectedRecord[] }
  | { type: 'told'; job: number; event: JobEvent }
  | { type: 'sampled'; job: number; samples: Sample[] }

/** A yield of the plan: its place, what it asked for, and, when known, what came of it. */
export interface OperationRow {
  id: string
  /** In which order the job's operations were made, from 0. */
  ordinal: number
  type: string
  stage: string
  /** Of the kind's version and the operation's arguments. */
  hash: string
}

export interface MadeTask {
  seq: number
  from: number
  to: number
  /** What it needs beyond its cells; absent for maps. */
  args?: Json
}

export interface AdoptedTask extends Pick<
  LedgerTask,
  'seq' | 'from' | 'to' | 'attempt' | 'bytes' | 'rows' | 'tailRows'
> {
  answer: Answer
}

export interface StartedTask {
  seq: number
  attempt: number
}

export interface FinishedTask {
  seq: number
  attempt: number
  state: Extract<TaskState, 'succeeded' | 'failed' | 'cancelled'>
  answer: Answer | null
  startedAt: number
  finishedAt: number
  cpuMs: number
  bytes: number
  rows: number
  tailRows: number
  /** How many records it set aside, kept or not. */
  rejects: number
}

export interface EndedAttempt {
  seq: number
  attempt: number
  worker: number
  startedAt: number | null
  endedAt: number
  outcome: AttemptOutcome
  message: string | null
  stack: string | null
  exitCode: number | null
  signal: string | null
  peakMemoryBytes: number | null
  logTail: string | null
  bytes: number | null
  rows: number | null
  place: RecordPlace | null
}

/** What a commit says of each transition, in the order given: for `tasksFinished` a bit per task, for the others a single one. */
export type Accepted = boolean[]

/** A job as it stands in the ledger when a host starts: everything that the engine needs to go on with it. */
export interface LedgerJob {
  job: NewJob
  state: JobState
  startedAt: number | null
  operations: (OperationRow & { answer: Recorded | undefined })[]
  tasks: LedgerTask[]
  /** How attempts of its unfinished tasks have ended, oldest first. */
  ended: Pick<EndedAttempt, 'seq' | 'outcome' | 'message' | 'place'>[]
  artifacts: Artifact[]
  rejects: number
  attempts: number
  partial: PartialAnswer | null
  planMs: number
}

/**
 * A task; or, where adjacent tasks of a map have succeeded and left nothing to merge, all of them: the last one's `seq`, their cells, their
 * figures added up, and `finishedAt` as far after `startedAt` as they worked together. So a job of a million tasks is taken up in little memory.
 */
export interface LedgerTask {
  /** How many tasks it is. */
  count: number
  seq: number
  operation: string
  from: number
  to: number
  args: Json | undefined
  state: TaskState
  attempt: number
  fence: number
  answer: Answer | null
  bytes: number
  rows: number
  tailRows: number
  /** How many records it set aside. */
  rejects: number
  startedAt: number | null
  finishedAt: number | null
  cpuMs: number
}
