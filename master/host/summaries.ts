import type { Job, JobSummary, NewJob, Progress } from '../../contract/job.ts'
import type { JobState } from '../../contract/transitions.ts'
import { type Asked, askedBriefly, briefOf } from '../../contract/jobBrief.ts'
import type { JobRun } from '../engine/jobRun.ts'
import { ProgressMeter } from '../engine/progress.ts'
import type { StoredJob } from '../store/store.ts'

export interface SummarySources {
  /** Bytes that running attempts have done so far, by job, from their workers' heartbeats. */
  underWay(job: number): number
  /** What holds up tasks of an unfinished job. */
  waitingFor(run: JobRun): string | null
  now(): number
}

/**
 * What lists, live deltas and the job page show of jobs: unfinished ones from the engine's memory, the others from the ledger.
 * Versions grow with every change that was announced.
 */
export class Summaries {
  readonly #meters = new Map<number, ProgressMeter>()
  readonly #versions = new Map<number, number>()
  /** Of unfinished jobs, whose inputs and params never change. */
  readonly #asked = new Map<number, Asked>()
  readonly #sources: SummarySources
  /** What every unfinished job waits for while the disk refuses to be written to. */
  heldUp: string | null = null
  /** Why fewer workers than there are get work; told with every job that runs. */
  heldBack: string | null = null

  constructor(sources: SummarySources) {
    this.#sources = sources
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

  /** As it stands on record: what is being committed is nobody's to know. Null while the job itself is. */
  ofRun(run: JobRun): JobSummary | null {
    const job = jobOf(run)
    if (job === null) return null
    const brief = briefOf(job, this.#askedOf(run))
    return { job: brief, progress: this.progress(run, job.state), version: this.version(run.number) }
  }

  #askedOf(run: JobRun): Asked {
    const asked = this.#asked.get(run.number) ?? askedBriefly(run.job)
    this.#asked.set(run.number, asked)
    return asked
  }

  progress(run: JobRun, state: JobState): Progress {
    const meter = this.#meters.get(run.number) ?? new ProgressMeter()
    this.#meters.set(run.number, meter)
    const standing = run.standing()
    const underWay = this.#sources.underWay(run.number)
    const bytesDone = run.bytesDone + underWay
    const more = standing.bytesTotal === null || standing.bytesTotal === 0 ? 0 : underWay / standing.bytesTotal
    const fraction = standing.fraction === null ? null : Math.min(1, standing.fraction + more)
    return meter.read(this.#sources.now(), state === 'running', {
      ...standing,
      fraction,
      bytesDone,
      waitingFor: this.heldUp ?? this.#waitingFor(run, state),
    })
  }

  #waitingFor(run: JobRun, state: JobState): string | null {
    if (state === 'paused') return 'paused'
    return this.heldBack ?? this.#sources.waitingFor(run) ?? (state === 'queued' ? 'a free worker' : null)
  }
}

/** A job that has not ended in the form in which everybody sees jobs; null before it is on record. */
export function jobOf(run: JobRun): Job | null {
  if (run.onRecord === null) return null
  const { number: _, ...job }: NewJob = run.job
  const { state, startedAt, made, succeeded, replaced, attempts, rejects, bytes, rows, planMs, cpuMs } = run.onRecord
  return {
    ...job,
    state,
    startedAt,
    finishedAt: null,
    tasks: { total: made, succeeded, failed: 0, cancelled: 0, replaced, unfinished: made - succeeded - replaced },
    attempts,
    rejects,
    bytes,
    rows,
    timing: { planMs, workMs: null, mergeMs: null, wallMs: null, cpuMs, overheadMsPerTask: null },
  }
}
