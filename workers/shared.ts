import type { TaskCounters } from './counters.ts'

/**
 * The memory that control and compute share: what compute is at, whether it should stop, and whose each handed-over task is.
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

const headerBytes = 32

export function makeSharedMemory(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(headerBytes + mostOutstanding)
  new SharedViews(memory).running.fill(none)
  return memory
}

export function ticketAfter(ticket: number, steps = 1): number {
  return (ticket + steps) % ticketsBeforeWrap
}

/** Three views of the memory: the running ticket, [bytes, rows] of its task, a byte per ticket. */
class SharedViews {
  readonly running: Int32Array
  readonly done: Float64Array
  readonly owners: Uint8Array

  constructor(memory: SharedArrayBuffer) {
    this.running = new Int32Array(memory, 0, 1)
    this.done = new Float64Array(memory, 8, 2)
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
  stop(ticket: number): void {
    Atomics.compareExchange(this.#views.owners, ticket % mostOutstanding, claimed, stopping)
  }

  /** What compute is at. The two figures may be a step apart from each other. */
  running(): { ticket: number; bytes: number; rows: number } | null {
    const ticket = Atomics.load(this.#views.running, 0)
    if (ticket === none) return null
    const [bytes = 0, rows = 0] = this.#views.done
    return { ticket, bytes, rows }
  }
}

/** Compute's side: the counters of the running task. */
export class SharedCounters implements TaskCounters {
  readonly #views: SharedViews
  #ticket = none

  constructor(memory: SharedArrayBuffer) {
    this.#views = new SharedViews(memory)
  }

  /** Claims the task and makes it the running one; false when control has withdrawn it. */
  begin(ticket: number): boolean {
    const { owners, done, running } = this.#views
    if (Atomics.compareExchange(owners, ticket % mostOutstanding, offered, claimed) !== offered) return false
    done.fill(0)
    this.#ticket = ticket
    Atomics.store(running, 0, ticket)
    return true
  }

  end(): void {
    this.#ticket = none
    Atomics.store(this.#views.running, 0, none)
  }

  add(bytes: number, rows: number): void {
    const { done } = this.#views
    done[0] = (done[0] ?? 0) + bytes
    done[1] = (done[1] ?? 0) + rows
  }

  isStopped(): boolean {
    return this.#ticket !== none && Atomics.load(this.#views.owners, this.#ticket % mostOutstanding) === stopping
  }
}
