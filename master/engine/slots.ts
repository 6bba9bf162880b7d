import { offerFor, type WorkerOffer } from '../../contract/needs.ts'
import type { EngineTask } from './taskBook.ts'

/** A task that a worker has been given and has not answered for. */
export interface InFlight {
  job: number
  task: EngineTask
  attempt: number
}

/** What one worker is there for and has been given, in the order in which it works: of one that computes the first is what it is at. */
interface Slot {
  offer: WorkerOffer
  given: Map<string, InFlight>
  /** Of tasks that say so: how much each one takes. */
  memory: Map<string, number>
}

/** What each worker has been given, and what all of that takes together. */
export class Slots {
  readonly #slots = new Map<number, Slot>()
  #inFlight = 0
  /** The task that nothing may run beside, while there is one. */
  #alone: InFlight | null = null

  /** How many workers there are of that offer. */
  count(offer: WorkerOffer): number {
    return [...this.#slots.values()].filter((slot) => slot.offer === offer).length
  }

  /** Tasks with any worker. */
  get inFlight(): number {
    return this.#inFlight
  }

  get alone(): InFlight | null {
    return this.#alone
  }

  /** What tasks under way said that they take together. A worker that computes takes as much as the largest that it was given. */
  get memoryBytes(): number {
    let bytes = 0
    for (const slot of this.#slots.keys()) bytes += this.memoryOf(slot)
    return bytes
  }

  memoryOf(slot: number): number {
    const { offer, memory } = this.#slots.get(slot) ?? { offer: 'cpu', memory: new Map<string, number>() }
    const each = [...memory.values()]
    return offer === 'io' ? each.reduce((sum, bytes) => sum + bytes, 0) : Math.max(0, ...each)
  }

  add(slot: number, offer: WorkerOffer): void {
    this.#slots.set(slot, { offer, given: new Map(), memory: new Map() })
  }

  offer(slot: number): WorkerOffer {
    return this.#slots.get(slot)?.offer ?? 'cpu'
  }

  /** The worker is gone; what it had, what it was at first. */
  remove(slot: number): InFlight[] {
    const had = [...(this.#slots.get(slot)?.given.values() ?? [])]
    for (const { job, task, attempt } of had) this.answered(slot, job, { seq: task.seq, attempt })
    this.#slots.delete(slot)
    return had
  }

  give(slot: number, entry: InFlight): void {
    const { needs, seq } = entry.task
    const key = keyOf(entry.job, seq, entry.attempt)
    const at = this.#slots.get(slot)
    if (at === undefined) return
    at.given.set(key, entry)
    this.#inFlight += 1
    if (needs.memoryBytes > 0) at.memory.set(key, needs.memoryBytes)
    if (needs.use === 'exclusive') this.#alone = entry
  }

  answered(slot: number, job: number, { seq, attempt }: { seq: number; attempt: number }): void {
    const key = keyOf(job, seq, attempt)
    const at = this.#slots.get(slot)
    const entry = at?.given.get(key)
    if (at === undefined || entry === undefined) return
    at.given.delete(key)
    at.memory.delete(key)
    this.#inFlight -= 1
    if (entry === this.#alone) this.#alone = null
  }

  load(slot: number): number {
    return this.#slots.get(slot)?.given.size ?? 0
  }

  /** Whether it is at a careful task, which is always alone. */
  isCareful(slot: number): boolean {
    if (this.load(slot) !== 1) return false
    const [only] = this.#slots.get(slot)?.given.values() ?? []
    return only?.task.care.careful === true
  }

  /** Idle workers first, so that nobody gets a second helping while another has nothing. */
  byLoad(): number[] {
    return [...this.#slots.keys()].toSorted((one, other) => this.load(one) - this.load(other) || one - other)
  }
}

/** Whether several of them were under way in one worker, so that nobody knows which of them it died of. */
export function wereTogether(had: readonly InFlight[]): boolean {
  return had.length > 1 && had.every(({ task }) => offerFor(task.needs) === 'io')
}

function keyOf(job: number, seq: number, attempt: number): string {
  return `${job}.${seq}.${attempt}`
}
