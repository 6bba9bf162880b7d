import type { InspectOptions, InspectReply, ToWorker } from '../../contract/workerMessages.ts'
import type { Clock } from './clock.ts'
import type { Inspected } from './workerSlot.ts'

/**
 * Interactive requests to workers: each goes to the least loaded ready one, moves to another when that one dies, and is answered
 * within its deadline whatever happens.
 */

/** No worker could be asked any more: nothing is said of the dataset. */
export interface Unasked {
  ok: false
  code: 'unavailable'
  message: string
}

interface Pending {
  request: number
  path: string
  options: InspectOptions
  /** Null while no worker is ready. */
  slot: number | null
  /** How many workers died with it. */
  deaths: number
  endDeadline: () => void
  resolve: (reply: InspectReply | Unasked) => void
}

export interface InspectionDoor {
  /** The ready worker with the least to do. */
  leastLoaded(): number | null
  send(slot: number, message: ToWorker): boolean
  clock: Clock
}

const deadlineMs = 10_000
/** A dataset whose inspection ends this many workers is not given to another. */
const maxDeaths = 3

export class Inspections {
  readonly #door: InspectionDoor
  readonly #pending = new Map<number, Pending>()
  #last = 0

  constructor(door: InspectionDoor) {
    this.#door = door
  }

  inspect(path: string, options: InspectOptions = {}): Promise<InspectReply | Unasked> {
    return new Promise((resolve) => {
      const request = ++this.#last
      const endDeadline = this.#door.clock.after(deadlineMs, () =>
        this.#refuse(request, `no worker answered within ${deadlineMs / 1000} s`),
      )
      const pending: Pending = { request, path, options, slot: null, deaths: 0, endDeadline, resolve }
      this.#pending.set(request, pending)
      this.#place(pending)
    })
  }

  /** How many a worker has at the moment. */
  load(slot: number): number {
    return [...this.#pending.values()].filter((pending) => pending.slot === slot).length
  }

  answered({ request, reply }: Inspected): void {
    this.#finish(request, reply)
  }

  workerReady(): void {
    for (const pending of this.#pending.values()) if (pending.slot === null) this.#place(pending)
  }

  workerLost(slot: number): void {
    for (const pending of [...this.#pending.values()].filter((one) => one.slot === slot)) {
      pending.slot = null
      pending.deaths++
      if (pending.deaths < maxDeaths) this.#place(pending)
      else this.#refuse(pending.request, `${maxDeaths} workers ended while they read it`)
    }
  }

  close(): void {
    for (const request of this.#pending.keys()) this.#refuse(request, 'the host is closing', 'unavailable')
  }

  #place(pending: Pending): void {
    const slot = this.#door.leastLoaded()
    if (slot === null) return
    const { request, path, options } = pending
    const message: ToWorker = { type: 'inspect', request, path, ...options }
    if (this.#door.send(slot, message)) pending.slot = slot
  }

  #refuse(request: number, reason: string, code: 'input-unreadable' | 'unavailable' = 'input-unreadable'): void {
    const path = this.#pending.get(request)?.path ?? ''
    this.#finish(request, { ok: false, code, message: `cannot inspect ${path}: ${reason}` })
  }

  #finish(request: number, reply: InspectReply | Unasked): void {
    const pending = this.#pending.get(request)
    if (pending === undefined) return
    this.#pending.delete(request)
    pending.endDeadline()
    pending.resolve(reply)
  }
}
