import { setTimeout as pause } from 'node:timers/promises'
import type { Chance } from '../harness/chance.ts'
import { until } from '../process/processes.ts'
import type { Findings } from './findings.ts'
import type { Hosts } from './hosts.ts'
import type { Site } from './site.ts'

/**
 * Makes trouble, one thing after the other, in an order that the seed decides; what stands still is let go again later, while the next
 * trouble is already made.
 */
export const troubleNames = [
  'kill-worker',
  'kill-all-workers',
  'kill-host',
  'stop-worker',
  'stop-host',
  'fill-disk',
  'hand-over',
  'seize',
  'end-host',
  'stand-by',
] as const
export type TroubleName = (typeof troubleNames)[number]

interface Parts {
  site: Site
  hosts: Hosts
  findings: Findings
  chance: Chance
}

/** Beyond what the fleet takes for silence. */
const silenceMs = 6500
const mostStandbys = 2
const longestHandoverMs = 30_000

export class Trouble {
  readonly #parts: Parts
  readonly #actions: (() => Promise<void> | void)[]
  readonly #later: Promise<void>[] = []
  #making: Promise<void> = Promise.resolve()
  #ended = false

  /** Of `only` these troubles, where that is not empty. */
  constructor(parts: Parts, only: readonly TroubleName[] = []) {
    this.#parts = parts
    const shares: Record<TroubleName, [number, () => Promise<void> | void]> = {
      'kill-worker': [8, () => this.#killWorker()],
      'kill-all-workers': [1, () => this.#killAllWorkers()],
      'kill-host': [4, () => this.#killMaster()],
      'stop-worker': [3, () => this.#stopWorker()],
      'stop-host': [2, () => this.#stopMaster()],
      'fill-disk': [parts.site.disk === null ? 0 : 3, () => this.#fillDisk()],
      'hand-over': [2, () => this.#handOver()],
      seize: [1, () => this.#seize()],
      'end-host': [2, () => this.#terminate()],
      'stand-by': [2, () => this.#standBy()],
    }
    this.#actions = troubleNames
      .filter((name) => only.length === 0 || only.includes(name))
      .flatMap((name) => times(...shares[name]))
  }

  /** Until the instant, and then until everything runs again and there is room on the disk. */
  async make(deadline: number): Promise<void> {
    this.#making = this.#make(deadline)
    await this.#making
    await this.end()
  }

  /** Makes no more, and lets go of what stands still. */
  async end(): Promise<void> {
    this.#ended = true
    await Promise.allSettled([this.#making, ...this.#later])
  }

  async #make(deadline: number): Promise<void> {
    const { chance } = this.#parts
    while (performance.now() < deadline && !this.#ended) {
      await pause(chance.between(100, 1400))
      await this.#actions[chance.between(0, this.#actions.length - 1)]?.()
    }
  }

  #killWorker(): void {
    const workers = this.#workers()
    const victim = workers[this.#parts.chance.between(0, Math.max(0, workers.length - 1))]
    if (victim !== undefined) this.#parts.findings.done.killedWorkers += signal(victim, 'SIGKILL')
  }

  #killAllWorkers(): void {
    for (const victim of this.#workers()) this.#parts.findings.done.killedWorkers += signal(victim, 'SIGKILL')
  }

  #killMaster(): void {
    const { master } = this.#parts.hosts
    if (master !== null) this.#parts.findings.done.killedHosts += signal(master, 'SIGKILL')
  }

  #stopWorker(): void {
    const { chance, findings } = this.#parts
    const workers = this.#workers()
    const victim = workers[chance.between(0, Math.max(0, workers.length - 1))]
    const isLong = chance.between(0, 3) === 0
    const ms = isLong ? silenceMs : chance.between(100, 2000)
    if (victim === undefined) return
    const stopped = this.#stopFor(victim, ms)
    findings.done.stoppedWorkers += stopped
    if (isLong) findings.done.silencedWorkers += stopped
  }

  #stopMaster(): void {
    const { chance, findings, hosts } = this.#parts
    const ms = chance.between(200, 3000)
    const { master } = hosts
    if (master !== null) findings.done.stoppedHosts += this.#stopFor(master, ms)
  }

  /** In one of two times the host dies while it is full. */
  async #fillDisk(): Promise<void> {
    const { site, chance, findings } = this.#parts
    const [before, after] = [chance.between(200, 1500), chance.between(100, 1000)]
    const kills = chance.between(0, 1) === 0
    site.disk?.fill()
    findings.done.fullDisks += 1
    try {
      await pause(before)
      if (kills) this.#killMaster()
      await pause(after)
    } finally {
      site.disk?.free()
    }
  }

  /** Asks the master to make way. */
  async #handOver(): Promise<void> {
    const { findings, hosts } = this.#parts
    const next = hosts.start('--takeover')
    // Somebody else may have been quicker when the home was free: then it stands by.
    const isOver = () => !next.alive || next.stdout !== '' || next.stderr.includes('standing by')
    const over = until('a take-over', isOver, longestHandoverMs)
    await over.catch(() => findings.fault(`a take-over by ${next.pid} took too long: ${next.stderr}`))
    if (next.stdout !== '') findings.done.handovers += 1
  }

  /** Takes the home from a master that stands still. */
  async #seize(): Promise<void> {
    const { findings, hosts } = this.#parts
    const { master } = hosts
    if (master === null) return
    findings.done.stoppedHosts += signal(master, 'SIGSTOP')
    try {
      await this.#handOver()
    } finally {
      signal(master, 'SIGCONT')
    }
  }

  /** As a system does that shuts down; for a while no `serve` is started, so that commands have to look for themselves. */
  #terminate(): void {
    const { chance, findings, hosts } = this.#parts
    const restMs = chance.between(0, 2000)
    const { master } = hosts
    if (master === null) return
    hosts.rest(restMs)
    findings.done.handovers += signal(master, 'SIGTERM')
  }

  #standBy(): void {
    if (this.#parts.hosts.standbys < mostStandbys) this.#parts.hosts.start('--standby')
  }

  #workers(): number[] {
    const { site, hosts } = this.#parts
    const { master } = hosts
    return master === null ? [] : site.ground.workersOf(master)
  }

  #stopFor(pid: number, ms: number): number {
    const stopped = signal(pid, 'SIGSTOP')
    this.#later.push(goOn(pid, ms))
    return stopped
  }
}

async function goOn(pid: number, ms: number): Promise<void> {
  await pause(ms)
  signal(pid, 'SIGCONT')
}

function times<T>(count: number, action: T): T[] {
  return Array.from({ length: count }, () => action)
}

/** 1 when it was there, 0 when it had gone. */
function signal(pid: number, name: NodeJS.Signals): number {
  try {
    process.kill(pid, name)
    return 1
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return 0
    throw error
  }
}
