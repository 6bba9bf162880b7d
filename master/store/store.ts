import type { Artifact } from '../../contract/outcome.ts'
import type { CommandResult } from '../../contract/commandError.ts'
import type {
  Attempt,
  Job,
  JobDocument,
  JobEvent,
  PartialAnswer,
  Reject,
  Sample,
  Task,
  WorkerShare,
} from '../../contract/job.ts'
import type { Accepted, LedgerJob, Transition } from '../../contract/ledger.ts'
import type { JobState, TaskState } from '../../contract/transitions.ts'
import type { Backup } from './backups.ts'
import type { LedgerOpening } from './openLedger.ts'
import type { Footprint } from './read/footprints.ts'

/**
 * The ledger of a home: every job and task, in SQLite. Two threads own it: one that writes, one that only reads.
 * Nothing outside master/store/ knows SQL.
 */
export interface Store {
  /**
   * All of them in one transaction, or none. Commits asked for while one is under way are grouped into the next.
   * Resolves when the group is on disk as far as WAL and `synchronous` promise; rejects with a StoreError.
   */
  commit(transitions: Transition[]): Promise<Accepted[]>
  readonly read: Reader
  /** In which state the ledger was found, and what was done about it. */
  readonly opening: LedgerOpening
  /** Copies the ledger as it stands into the folder of backups, beside whatever else is done. Rejects with a StoreError. */
  backUp(): Promise<Backup>
  close(): Promise<void>
}

export interface StoredJob {
  number: number
  job: Job
}

export interface StoredDetail {
  document: JobDocument
  partial: PartialAnswer | null
  events: JobEvent[]
  shares: WorkerShare[]
  samples: Sample[]
  /** The newest 200 attempts that did not succeed. */
  failures: Attempt[]
  stages: { stage: string; total: number; succeeded: number; busyMs: number }[]
}

/** What a look through the ledger's file has found. */
export interface Integrity {
  bytes: number
  /** In SQLite's words, ten at most; none is good. */
  problems: string[]
  /** Tables for which there was no time. */
  unchecked: string[]
}

/** The same questions in the host (asked of the reading thread) and in a command that only reads (asked directly). */
export interface Reader {
  /** The highest job number ever given, 0 in a new home. */
  lastNumber(): Promise<number>
  /** Numbers of the jobs that are not in a final state, oldest first. */
  unfinished(): Promise<number[]>
  ledger(job: number): Promise<LedgerJob>
  byNumber(job: number): Promise<StoredJob | null>
  /** By id, unique prefix of one, or `last`. */
  find(name: string): Promise<CommandResult<StoredJob>>
  jobs(filter: {
    state?: JobState
    kind?: string
    search?: string
    limit: number
    offset: number
  }): Promise<{ jobs: StoredJob[]; total: number }>
  detail(job: number): Promise<StoredDetail>
  artifacts(job: number): Promise<Artifact[]>
  tasks(
    job: number,
    page: { state?: TaskState; stage?: string; limit: number; offset: number },
  ): Promise<{ tasks: Task[]; total: number }>
  rejects(job: number, page: { limit: number; offset: number }): Promise<{ rejects: Reject[]; total: number }>
  /** The texts of records set aside at these places; null for each that is none. */
  rejectedAt(job: number, places: readonly Pick<Reject, 'source' | 'offset'>[]): Promise<(string | null)[]>
  attempts(job: number, seq: number): Promise<Attempt[]>
  /** What each job has left behind: those that ended longest ago first, unfinished ones last. */
  footprints(): Promise<Footprint[]>
  /** Bytes of the database file that hold something; removed jobs leave room in it that later ones take. */
  usedBytes(): Promise<number>
  /** Reads the whole file, or one above `largestBytes` until `withinMs` are over: for a command of its own, not for a busy host. */
  integrity(bounds: { largestBytes: number; withinMs: number }): Promise<Integrity>
}

/** What a StoreError's reader must do differs by code; the store throws nothing else. */
export class StoreError extends Error {
  override name = 'StoreError'
  readonly code: 'busy' | 'full' | 'corrupt' | 'tooNew' | 'readOnly' | 'missing'

  constructor(code: StoreError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
