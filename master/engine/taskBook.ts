import type { Json } from '../../contract/json.ts'
import { Bug } from '../../contract/invariant.ts'
import type { ActiveOperation } from './operations/activeOperation.ts'

/** An unfinished task of a job as the engine keeps it. Finished ones are known to their operation only as far as it needs them. */
export interface EngineTask {
  readonly seq: number
  readonly operation: ActiveOperation
  readonly from: number
  readonly to: number
  readonly args?: Json
  /** The last attempt started; 0 before the first. */
  attempt: number
  /** The lowest attempt whose outcome is still accepted. */
  fence: number
  /** Attempts that count against the task; interrupted ones do not. */
  failures: number
  /** Where it runs; null while pending. */
  slot: number | null
  /** Not to be started before this instant: a retry that waits. */
  notBefore: number
}

/** Which of a job's tasks wait and which run. */
export class TaskBook {
  readonly #urgent = new Set<EngineTask>()
  readonly #plain = new Set<EngineTask>()
  readonly #running = new Map<number, EngineTask>()
  readonly #slots = new Map<number, number>()

  get pending(): number {
    return this.#urgent.size + this.#plain.size
  }

  get running(): number {
    return this.#running.size
  }

  /** On how many workers tasks of the job are. */
  get slots(): number {
    return this.#slots.size
  }

  isOn(slot: number): boolean {
    return this.#slots.has(slot)
  }

  addPending(task: EngineTask): void {
    task.slot = null
    ;(task.operation.urgent ? this.#urgent : this.#plain).add(task)
  }

  /** Up to `limit` startable tasks of one operation, in the order in which they came; urgent ones singly. */
  take(limit: number, now: number): EngineTask[] {
    for (const task of this.#urgent) {
      if (task.notBefore > now || !task.operation.ready(task)) continue
      this.#urgent.delete(task)
      return [task]
    }
    const taken: EngineTask[] = []
    for (const task of this.#plain) {
      if (taken.length === limit) break
      if (task.notBefore > now || (taken[0] !== undefined && taken[0].operation !== task.operation)) continue
      taken.push(task)
    }
    for (const task of taken) this.#plain.delete(task)
    return taken
  }

  start(task: EngineTask, slot: number): void {
    task.attempt += 1
    task.slot = slot
    this.#running.set(task.seq, task)
    this.#slots.set(slot, (this.#slots.get(slot) ?? 0) + 1)
  }

  /** The running task whose outcome this is, or undefined when another attempt has it now. */
  accepts(seq: number, attempt: number): EngineTask | undefined {
    const task = this.#running.get(seq)
    return task !== undefined && attempt >= task.fence && attempt <= task.attempt ? task : undefined
  }

  /** It runs no longer, whatever came of it. */
  end(task: EngineTask): void {
    if (!this.#running.delete(task.seq)) throw new Bug(`task ${task.seq} was to end, but does not run`)
    const slot = task.slot ?? -1
    const left = (this.#slots.get(slot) ?? 1) - 1
    if (left === 0) this.#slots.delete(slot)
    else this.#slots.set(slot, left)
    task.slot = null
  }

  /** Returns a task to pending: late outcomes of the attempts before are refused from now on. */
  giveBack(task: EngineTask, notBefore: number): void {
    this.end(task)
    task.fence = task.attempt + 1
    task.notBefore = notBefore
    this.addPending(task)
  }

  runningTasks(): IterableIterator<EngineTask> {
    return this.#running.values()
  }

  /** Forgets every pending task; running ones end by themselves. */
  dropPending(): void {
    this.#urgent.clear()
    this.#plain.clear()
  }

  pendingTasks(): EngineTask[] {
    return [...this.#urgent, ...this.#plain]
  }
}
