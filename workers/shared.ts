import { mostTogether } from '../contract/needs.ts'
import type { TaskCounters } from './counters.ts'

/**
 * The memory that control and compute share: what compute is at, whether it should stop, and whose each handed-over task is. Compute
 * has a lane for each task that may be under way at once; a task that computes is in the first one, alone.
 * A task has a ticket. Control offers it; compute claims it before it begins; control may withdraw it until then, and from then on tell it
 * to stop. Each of these is one compare-exchange on the ticket's byte, so that a task is either run or answered as cancelled, never both,
 * and is told to stop wherever it is.
 */

/** So many tasks may be handed over and unfinished; more than three batches are never on their way. */
export const mostOutstanding = 65_536
/** Tickets start again from 0 here, long before a 32-bit integer overflows. */
const ticketsBeforeWrap = 2 ** 30

const none = -1
const offered = 1
const claimed = 2
const withdrawn = 3
const stopping = 4
/** Told to stop because it got nowhere. */
const stuck = 5

const doneFrom = 4 * mostTogether
const headerBytes = doneFrom + 16 * mostTogether

export function makeSharedMemory(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(headerBytes + mostOutstanding)
  new SharedViews(memory).running.fill(none)
  return memory
}

export function ticketAfter(ticket: number, steps = 1): number {
  return (ticket + steps) % ticketsBeforeWrap
}

/** Three views of the memory: by lane the running ticket and [bytes, rows] of its task, and a byte per ticket. */
class SharedViews {
  readonly running: Int32Array
  readonly done: Float64Array
  readonly owners: Uint8Array

  constructor(memory: SharedArrayBuffer) {
    this.running = new Int32Array(memory, 0, mostTogether)
    this.done = new Float64Array(memory, doneFrom, 2 * mostTogether)
    this.owners = new Uint8Array(memory, headerBytes, mostOutstanding)
  }
}

/** Control's side. */
export class TaskWindow {
  readonly #views: SharedViews

  constructor(memory: SharedArrayBuffer) {
    this.#views = new SharedViews(memory)
  }

  offer(ticket: number): void {
    Atomics.store(this.#views.owners, ticket % mostOutstanding, offered)
  }

  /** True when compute has not begun the task and never will. */
  withdraw(ticket: number): boolean {
    const { owners } = this.#views
    return Atomics.compareExchange(owners, ticket % mostOutstanding, offered, withdrawn) === offered
  }

  /** Tells a task that has begun to stop at its next step. */
  stop(ticket: number, gotNowhere = false): void {
    const { owners } = this.#views
    Atomics.compareExchange(owners, ticket % mostOutstanding, claimed, gotNowhere ? stuck : stopping)
  }

  /** What compute is at, by lane. The two figures of one may be a step apart from each other. */
  running(): { ticket: number; bytes: number; rows: number }[] {
    const { running, done } = this.#views
    return Array.from(running.keys()).flatMap((lane) => {
      const ticket = Atomics.load(running, lane)
      return ticket === none ? [] : { ticket, bytes: done[2 * lane] ?? 0, rows: done[2 * lane + 1] ?? 0 }
    })
  }
}

/** Compute's side: the counters of the task that runs in one lane. */
export class SharedCounters implements TaskCounters {
  readonly #views: SharedViews
  readonly #lane: number
  #ticket = none

  constructor(memory: SharedArrayBuffer, lane = 0) {
    this.#views = new SharedViews(memory)
    this.#lane = lane
  }

  /** Claims the task and makes it the running one; false when control has withdrawn it. */
  begin(ticket: number): boolean {
    const { owners, done, running } = this.#views
    if (Atomics.compareExchange(owners, ticket % mostOutstanding, offered, claimed) !== offered) return false
    done.fill(0, 2 * this.#lane, 2 * this.#lane + 2)
    this.#ticket = ticket
    Atomics.store(running, this.#lane, ticket)
    return true
  }

  end(): void {
    this.#ticket = none
    Atomics.store(this.#views.running, this.#lane, none)
  }

  add(bytes: number, rows: number): void {
    const { done } = this.#views
    const at = 2 * this.#lane
    done[at] = (done[at] ?? 0) + bytes
    done[at + 1] = (done[at + 1] ?? 0) + rows
  }

  isStopped(): boolean {
    const owner = this.#owner()
    return owner === stopping || owner === stuck
  }

  gotNowhere(): boolean {
    return this.#owner() === stuck
  }

  #owner(): number {
    return this.#ticket === none ? none : Atomics.load(this.#views.owners, this.#ticket % mostOutstanding)
  }
}
