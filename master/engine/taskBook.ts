import type { Json } from '../../contract/json.ts'
import { Bug } from '../../contract/invariant.ts'
import { type Care, noCare } from './care.ts'
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
  /** Attempts that failed for reasons that may pass, and attempts that died. Interrupted ones are neither. */
  failures: number
  deaths: number
  care: Care
  /** Where it runs; null while pending. */
  slot: number | null
  /** Not to be started before this instant: a retry that waits. */
  notBefore: number
}

/** One that was never started. */
export function newTask(made: Pick<EngineTask, 'seq' | 'operation' | 'from' | 'to' | 'args'>): EngineTask {
  return { ...made, attempt: 0, fence: 1, failures: 0, deaths: 0, care: noCare, slot: null, notBefore: 0 }
}

/** Which of a job's tasks wait and which run. */
export class TaskBook {
  readonly #urgent = new Set<EngineTask>()
  readonly #plain = new Set<EngineTask>()
  /** Those that may cost a worker its life. */
  readonly #careful = new Set<EngineTask>()
  readonly #running = new Map<number, EngineTask>()
  readonly #slots = new Map<number, number>()

  /** How many tasks could start now, counted no further than `limit`. */
  startable(limit: number, now: number): number {
    let count = 0
    for (const tasks of [this.#careful, this.#urgent, this.#plain])
      for (const task of tasks) {
        if (count === limit) return count
        if (canStart(task, now)) count += 1
      }
    return count
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
    this.#waitingLike(task).add(task)
  }

  /** A careful task can start: it goes to a worker that has nothing else, so that nothing else goes down with it. */
  wantsIdleWorker(now: number): boolean {
    return firstStartable(this.#careful, now) !== undefined
  }

  /** Up to `limit` startable tasks of one operation, in the order in which they came; careful and urgent ones first, and singly. */
  take(limit: number, now: number): EngineTask[] {
    const single = firstStartable(this.#careful, now) ?? firstStartable(this.#urgent, now)
    if (single !== undefined) {
      this.#waitingLike(single).delete(single)
      return [single]
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

  /** Whether the task of this number waits or runs. */
  has(seq: number): boolean {
    const waiting = [this.#careful, this.#urgent, this.#plain]
    return this.#running.has(seq) || waiting.some((tasks) => isAmong(tasks, seq))
  }

  runningTasks(): IterableIterator<EngineTask> {
    return this.#running.values()
  }

  #waitingLike(task: EngineTask): Set<EngineTask> {
    if (task.care.careful) return this.#careful
    return task.operation.urgent ? this.#urgent : this.#plain
  }
}

function isAmong(tasks: ReadonlySet<EngineTask>, seq: number): boolean {
  for (const task of tasks) if (task.seq === seq) return true
  return false
}

function firstStartable(tasks: ReadonlySet<EngineTask>, now: number): EngineTask | undefined {
  for (const task of tasks) if (canStart(task, now)) return task
  return undefined
}

function canStart(task: EngineTask, now: number): boolean {
  return task.notBefore <= now && task.operation.ready(task)
}
