import { setTimeout as pause } from 'node:timers/promises'
import { isStill, readHolder } from '../../master/host/holder.ts'
import type { Ended, Running } from '../process/gristmill.ts'
import { until } from '../process/processes.ts'
import type { Findings } from './findings.ts'
import type { Site } from './site.ts'

/** Keeps a home served: whenever no `serve` is left alive, another one is started. Hosts of other kinds come and go beside them. */
const lookEveryMs = 100
const longestStartMs = 60_000

/** Why a host may end by itself, in its own words: it was not needed, not now, or not here. */
const foreseen = [
  /already does; use its window/,
  /another process keeps its lock/,
  /is full|may be full|no space left|ENOSPC/i,
  /which process holds the home cannot be told for certain/,
  /cannot take over/,
]

export class Hosts {
  readonly #site: Site
  readonly #findings: Findings
  #serves: Running[] = []
  #restUntil = 0
  #stopped = false
  #keeping: Promise<void> = Promise.resolve()

  constructor(site: Site, findings: Findings) {
    this.#site = site
    this.#findings = findings
  }

  /** The process that holds the home's lock; null while nobody does, or a dying one still does. */
  get master(): number | null {
    const holder = readHolder(this.#site.paths.lock)
    if (holder === null || isStill(holder) !== true) return null
    return this.#site.ground.processes().some(({ pid }) => pid === holder.pid) ? holder.pid : null
  }

  get standbys(): number {
    const { master } = this
    return this.#living().filter(({ pid }) => pid !== master).length
  }

  start(...flags: string[]): Running {
    const host = this.#site.start(['serve', ...flags])
    this.#serves = [...this.#living(), host]
    void host.ended.then((ended) => this.#judge(host, ended))
    return host
  }

  keep(): void {
    this.#keeping = this.#keep()
  }

  /** Starts none for a while, so that whoever finds no host becomes one. */
  rest(ms: number): void {
    this.#restUntil = performance.now() + ms
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#keeping
  }

  async #keep(): Promise<void> {
    while (!this.#stopped) {
      if (this.#living().length === 0 && performance.now() > this.#restUntil) {
        const host = this.start()
        const settled = until('a new host', () => !host.alive || host.stdout !== '', longestStartMs)
        await settled.catch(() => this.#findings.fault(`host ${host.pid} neither listens nor ends: ${host.stderr}`))
      }
      await pause(lookEveryMs)
    }
  }

  #living(): Running[] {
    return this.#serves.filter(({ alive }) => alive)
  }

  /** A host ends because it was killed, because it was told to, before it listened for that or after, or for a reason that it says. */
  #judge({ pid }: Running, { code, signal, stderr }: Ended): void {
    if (signal === 'SIGKILL' || signal === 'SIGTERM' || code === 0) return
    if (foreseen.some((words) => words.test(stderr))) return
    this.#findings.fault(`host ${pid} ended by itself (${signal ?? `exit ${code}`}): ${stderr.slice(-500)}`)
  }
}
