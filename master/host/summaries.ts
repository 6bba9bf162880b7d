import type { Job, JobSummary, NewJob, Progress } from '../../contract/job.ts'
import { type Asked, askedBriefly, briefOf } from '../../contract/jobBrief.ts'
import type { JobRun } from '../engine/jobRun.ts'
import { ProgressMeter } from '../engine/progress.ts'
import type { StoredJob } from '../store/store.ts'

/** Bytes that running attempts have done so far, by job, from their workers' heartbeats. */
export type BytesUnderWay = (job: number) => number

/**
 * What lists, live deltas and the job page show of jobs: unfinished ones from the engine's memory, the others from the ledger.
 * Versions grow with every change that was announced.
 */
export class Summaries {
  readonly #meters = new Map<number, ProgressMeter>()
  readonly #versions = new Map<number, number>()
  /** Of unfinished jobs, whose inputs and params never change. */
  readonly #asked = new Map<number, Asked>()
  readonly #underWay: BytesUnderWay
  readonly #now: () => number
  /** What every unfinished job waits for while the disk refuses to be written to. */
  heldUp: string | null = null
  /** Why fewer workers than there are get work; told with every job that runs. */
  heldBack: string | null = null

  constructor(underWay: BytesUnderWay, now: () => number) {
    this.#underWay = underWay
    this.#now = now
  }

  changed(job: number): void {
    this.#versions.set(job, this.version(job) + 1)
  }

  version(job: number): number {
    return this.#versions.get(job) ?? 0
  }

  /** A job that is in no engine any more keeps its version, so that watchers see that it moved on. */
  ended(job: number): void {
    this.#meters.delete(job)
    this.#asked.delete(job)
  }

  ofStored(stored: StoredJob): JobSummary {
    return { job: briefOf(stored.job), progress: null, version: this.version(stored.number) }
  }

  ofRun(run: JobRun): JobSummary {
    const job = briefOf(jobOf(run), this.#askedOf(run))
    return { job, progress: this.progress(run), version: this.version(run.number) }
  }

  #askedOf(run: JobRun): Asked {
    const asked = this.#asked.get(run.number) ?? askedBriefly(run.job)
    this.#asked.set(run.number, asked)
    return asked
  }

  progress(run: JobRun): Progress {
    const meter = this.#meters.get(run.number) ?? new ProgressMeter()
    this.#meters.set(run.number, meter)
    const standing = run.standing()
    const underWay = this.#underWay(run.number)
    const bytesDone = run.bytesDone + underWay
    const more = standing.bytesTotal === null || standing.bytesTotal === 0 ? 0 : underWay / standing.bytesTotal
    const fraction = standing.fraction === null ? null : Math.min(1, standing.fraction + more)
    return meter.read(this.#now(), run.state === 'running', {
      ...standing,
      fraction,
      bytesDone,
      waitingFor: this.heldUp ?? waitingFor(run, this.heldBack),
    })
  }
}

function waitingFor(run: JobRun, heldBack: string | null): string | null {
  if (run.state === 'paused') return 'paused'
  return heldBack ?? (run.state === 'queued' ? 'a free worker' : null)
}

/** A job of the engine's memory in the form in which everybody sees jobs. */
export function jobOf(run: JobRun): Job {
  const { number: _, ...job }: NewJob = run.job
  return {
    ...job,
    state: run.state,
    startedAt: run.startedAt,
    finishedAt: null,
    tasks: {
      total: run.made,
      succeeded: run.succeeded,
      failed: 0,
      cancelled: 0,
      replaced: run.replaced,
      unfinished: run.made - run.succeeded - run.replaced,
    },
    attempts: run.attempts,
    rejects: run.rejects.count,
    bytes: run.bytesDone,
    rows: run.rowsDone,
    timing: {
      planMs: run.planMs,
      workMs: null,
      mergeMs: null,
      wallMs: null,
      cpuMs: run.cpuMs,
      overheadMsPerTask: null,
    },
  }
}
