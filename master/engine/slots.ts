import type { EngineTask } from './taskBook.ts'

/** A task that a worker has been given and has not answered for. */
export interface InFlight {
  job: number
  task: EngineTask
  attempt: number
}

/** What each worker has been given, in the order in which it works: the first one is what it is at. */
export class Slots {
  readonly #slots = new Map<number, Map<string, InFlight>>()

  get count(): number {
    return this.#slots.size
  }

  add(slot: number): void {
    this.#slots.set(slot, new Map())
  }

  /** The worker is gone; what it had, what it was at first. */
  remove(slot: number): InFlight[] {
    const had = [...(this.#slots.get(slot)?.values() ?? [])]
    this.#slots.delete(slot)
    return had
  }

  give(slot: number, entry: InFlight): void {
    this.#slots.get(slot)?.set(keyOf(entry.job, entry.task.seq, entry.attempt), entry)
  }

  answered(slot: number, job: number, { seq, attempt }: { seq: number; attempt: number }): void {
    this.#slots.get(slot)?.delete(keyOf(job, seq, attempt))
  }

  load(slot: number): number {
    return this.#slots.get(slot)?.size ?? 0
  }

  /** Whether it is at a careful task, which is always alone. */
  isCareful(slot: number): boolean {
    if (this.load(slot) !== 1) return false
    const [only] = this.#slots.get(slot)?.values() ?? []
    return only?.task.care.careful === true
  }

  /** Idle workers first, so that nobody gets a second helping while another has nothing. */
  byLoad(): number[] {
    return [...this.#slots.keys()].toSorted((one, other) => this.load(one) - this.load(other) || one - other)
  }
}

function keyOf(job: number, seq: number, attempt: number): string {
  return `${job}.${seq}.${attempt}`
}
