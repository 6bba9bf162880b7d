import { setTimeout as pause } from 'node:timers/promises'
import type { Delta } from '../../contract/api.ts'
import type { JobState } from '../../contract/transitions.ts'
import type { Site } from './site.ts'

/**
 * Watches as a page does, host after host, and keeps what was announced. Nothing may be announced that is not on disk: so whatever comes
 * of the hosts, a job that was told to have succeeded stays so, and the next host knows of every task that was told to be done.
 */
interface Told {
  state: JobState
  succeeded: number
}

interface Step {
  id: string
  before: Told
  after: Told
}

const lookEveryMs = 50

export class Witness {
  readonly told = new Map<string, Told>()
  /** What did not add up by itself. */
  readonly odd: string[] = []
  /** Where a host knew of less than an earlier one had told. */
  readonly backwards: Step[] = []
  readonly #site: Site
  #ended = false
  #close: () => void = () => undefined
  #watching: Promise<void> = Promise.resolve()

  constructor(site: Site) {
    this.#site = site
  }

  start(): void {
    this.#watching = this.#watch()
  }

  async end(): Promise<void> {
    this.#ended = true
    this.#close()
    await this.#watching
  }

  async #watch(): Promise<void> {
    while (!this.#ended) {
      await this.#watchOne()
      await pause(lookEveryMs)
    }
  }

  async #watchOne(): Promise<void> {
    const host = await this.#site.connect()
    if (host === null) return
    this.#close = () => host.close()
    try {
      for await (const delta of await host.client.host.watch({})) this.#hear(delta)
    } catch (error) {
      if (host.open) this.odd.push(`a host that lives has broken off its announcements: ${String(error)}`)
    } finally {
      host.close()
    }
  }

  #hear(delta: Delta): void {
    for (const { job } of delta.jobs) {
      const { total, ...states } = job.tasks
      const counts = Object.values(states)
      if (counts.some((count) => count < 0) || counts.reduce((sum, count) => sum + count, 0) !== total)
        this.odd.push(`${job.name} (${job.id}) was announced with tasks ${JSON.stringify(job.tasks)}`)
      const after = { state: job.state, succeeded: job.tasks.succeeded }
      const before = this.told.get(job.id)
      const isLess = before !== undefined && after.succeeded < before.succeeded
      if (isLess || (before?.state === 'succeeded' && job.state !== 'succeeded'))
        this.backwards.push({ id: job.id, before, after })
      this.told.set(job.id, after)
    }
  }
}
