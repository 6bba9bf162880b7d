import type { Delta, WorkerInfo } from '../../contract/api.ts'
import type { JobSummary } from '../../contract/job.ts'

/** So many deltas are kept for a watcher that comes back; one that missed more gets the whole. */
const deltasKept = 600

export interface LiveSources {
  /** Every unfinished job. */
  unfinished(): JobSummary[]
  summary(job: number): Promise<JobSummary | null>
  workers(): WorkerInfo[]
}

/**
 * What watchers see: changes gathered and told at most every `intervalMs`, each delta with a sequence number, so that a watcher who
 * reconnects goes on where it was. It tells, it never steers.
 */
export class LiveFeed {
  readonly #sources: LiveSources
  readonly #changed = new Set<number>()
  readonly #removed = new Set<string>()
  readonly #kept: Delta[] = []
  readonly #waiting = new Set<() => void>()
  #sequence = 0
  #workersText = ''
  #closed = false

  constructor(sources: LiveSources) {
    this.#sources = sources
  }

  changed(job: number): void {
    this.#changed.add(job)
  }

  removed(id: string): void {
    this.#removed.add(id)
  }

  /** Makes the next delta of what has changed since the last one, if anything has. */
  async publish(): Promise<void> {
    const jobs = [...this.#changed]
    const removed = [...this.#removed]
    this.#changed.clear()
    this.#removed.clear()
    const workers = this.#sources.workers()
    const workersText = JSON.stringify(workers)
    if (jobs.length === 0 && removed.length === 0 && workersText === this.#workersText) return
    this.#workersText = workersText
    const summaries = await this.#summaries(jobs, removed)
    this.#kept.push({
      sequence: ++this.#sequence,
      whole: false,
      jobs: summaries.filter((each) => each !== null),
      removed,
      workers,
    })
    if (this.#kept.length > deltasKept) this.#kept.shift()
    this.#wakeAll()
  }

  /** What cannot be read now is told by the next round. */
  async #summaries(jobs: readonly number[], removed: readonly string[]): Promise<(JobSummary | null)[]> {
    try {
      return await Promise.all(jobs.map((job) => this.#sources.summary(job)))
    } catch (error) {
      for (const job of jobs) this.#changed.add(job)
      for (const id of removed) this.#removed.add(id)
      throw error
    }
  }

  /** Deltas from `since` on, or the whole first. Ends when the signal says so or the feed closes. */
  async *watch(since: number | undefined, signal: AbortSignal | undefined): AsyncGenerator<Delta, void, void> {
    let seen = this.#sequence
    if (since !== undefined && this.#remembers(since)) seen = since
    else yield this.#whole()
    while (!this.#closed && signal?.aborted !== true) {
      const missed = this.#kept.filter((delta) => delta.sequence > seen)
      for (const delta of missed) yield delta
      seen = missed.at(-1)?.sequence ?? seen
      if (missed.length === 0) await this.#more(signal)
    }
  }

  close(): void {
    this.#closed = true
    this.#wakeAll()
  }

  /** Whether every delta after `since` is still kept. */
  #remembers(since: number): boolean {
    return since === this.#sequence || (since < this.#sequence && (this.#kept[0]?.sequence ?? Infinity) <= since + 1)
  }

  #whole(): Delta {
    return {
      sequence: this.#sequence,
      whole: true,
      jobs: this.#sources.unfinished(),
      removed: [],
      workers: this.#sources.workers(),
    }
  }

  async #more(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const wake = () => resolve()
    this.#waiting.add(wake)
    signal?.addEventListener('abort', wake, { once: true })
    await promise
    this.#waiting.delete(wake)
    signal?.removeEventListener('abort', wake)
  }

  #wakeAll(): void {
    for (const wake of this.#waiting) wake()
  }
}
