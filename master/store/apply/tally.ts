import type { Database } from 'better-sqlite3'
import { statement } from '../statements.ts'

/** What a commit changes of a job's counters. Written once per commit, in its transaction, so that any reader finds them right. */
interface JobCounts {
  total: number
  succeeded: number
  failed: number
  cancelled: number
  replaced: number
  attempts: number
  rejects: number
  bytes: number
  rows: number
  workMs: number
  mergeMs: number
  cpuMs: number
}

interface StageCounts {
  total: number
  succeeded: number
  busyMs: number
}

interface ShareCounts {
  tasks: number
  bytes: number
  rows: number
  busyMs: number
}

const noCounts: JobCounts = {
  total: 0,
  succeeded: 0,
  failed: 0,
  cancelled: 0,
  replaced: 0,
  attempts: 0,
  rejects: 0,
  bytes: 0,
  rows: 0,
  workMs: 0,
  mergeMs: 0,
  cpuMs: 0,
}

const addToJob = `UPDATE jobs SET
  total = total + @total, succeeded = succeeded + @succeeded, failed = failed + @failed, cancelled = cancelled + @cancelled,
  replaced = replaced + @replaced,
  attempts = attempts + @attempts, rejects = rejects + @rejects, bytes = bytes + @bytes, rows = rows + @rows,
  work_ms = work_ms + @workMs, merge_ms = merge_ms + @mergeMs, cpu_ms = cpu_ms + @cpuMs
  WHERE number = @job`

const addToStage = `INSERT INTO stages (job, stage, total, succeeded, busy_ms) VALUES (@job, @stage, @total, @succeeded, @busyMs)
  ON CONFLICT (job, stage) DO UPDATE SET
  total = total + excluded.total, succeeded = succeeded + excluded.succeeded, busy_ms = busy_ms + excluded.busy_ms`

const addToShare = `INSERT INTO shares (job, worker, tasks, bytes, rows, busy_ms) VALUES (@job, @worker, @tasks, @bytes, @rows, @busyMs)
  ON CONFLICT (job, worker) DO UPDATE SET
  tasks = tasks + excluded.tasks, bytes = bytes + excluded.bytes, rows = rows + excluded.rows, busy_ms = busy_ms + excluded.busy_ms`

interface JobTally {
  counts: JobCounts
  stages: Map<string, StageCounts>
  shares: Map<number, ShareCounts>
}

/** The differences that one commit makes to counters, by job. */
export class Tally {
  readonly #jobs = new Map<number, JobTally>()

  job(job: number): JobCounts {
    return this.#of(job).counts
  }

  stage(job: number, stage: string): StageCounts {
    const { stages } = this.#of(job)
    let counts = stages.get(stage)
    if (counts === undefined) stages.set(stage, (counts = { total: 0, succeeded: 0, busyMs: 0 }))
    return counts
  }

  share(job: number, worker: number): ShareCounts {
    const { shares } = this.#of(job)
    let counts = shares.get(worker)
    if (counts === undefined) shares.set(worker, (counts = { tasks: 0, bytes: 0, rows: 0, busyMs: 0 }))
    return counts
  }

  /** The job is removed: its counters go with it. */
  forget(job: number): void {
    this.#jobs.delete(job)
  }

  write(db: Database): void {
    for (const [job, { counts, stages, shares }] of this.#jobs) {
      statement(db, addToJob).run({ job, ...counts })
      for (const [stage, ofStage] of stages) statement(db, addToStage).run({ job, stage, ...ofStage })
      for (const [worker, ofWorker] of shares) statement(db, addToShare).run({ job, worker, ...ofWorker })
    }
    this.#jobs.clear()
  }

  #of(job: number): JobTally {
    let tally = this.#jobs.get(job)
    if (tally === undefined)
      this.#jobs.set(job, (tally = { counts: { ...noCounts }, stages: new Map(), shares: new Map() }))
    return tally
  }
}
