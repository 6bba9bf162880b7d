import type { Json } from '../../contract/json.ts'
import { Bug } from '../../contract/invariant.ts'
import { offerFor, type TaskNeeds, type WorkerOffer } from '../../contract/needs.ts'
import { type Care, noCare } from './care.ts'
import type { ActiveOperation } from './operations/activeOperation.ts'

/** An unfinished task of a job as the engine keeps it. Finished ones are known to their operation only as far as it needs them. */
export interface EngineTask {
  readonly seq: number
  readonly operation: ActiveOperation
  readonly needs: TaskNeeds
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
export function newTask(made: Pick<EngineTask, 'seq' | 'operation' | 'needs' | 'from' | 'to' | 'args'>): EngineTask {
  return { ...made, attempt: 0, fence: 1, failures: 0, deaths: 0, care: noCare, slot: null, notBefore: 0 }
}

/** Which tasks are asked for: those for such a worker that can start now and for which there is room. */
export interface Wanted {
  now: number
  offer: WorkerOffer
  mayStart: (stage: string, needs: TaskNeeds) => boolean
}

/** Tasks that wait, in the order in which they came. */
interface Queue {
  /** Those that may cost a worker its life. */
  careful: Set<EngineTask>
  urgent: Set<EngineTask>
  plain: Set<EngineTask>
}

const newQueue = (): Queue => ({ careful: new Set(), urgent: new Set(), plain: new Set() })

/** Which of a job's tasks wait and which run. */
export class TaskBook {
  readonly #queues: Record<WorkerOffer, Queue> = { cpu: newQueue(), io: newQueue() }
  readonly #running = new Map<number, EngineTask>()
  /** How many tasks are on each worker. */
  readonly #slots: Record<WorkerOffer, Map<number, number>> = { cpu: new Map(), io: new Map() }
  readonly #runningByStage = new Tally()
  readonly #waitingByStage = new Tally()

  /** How many tasks could start now, counted no further than `limit`. */
  startable(limit: number, wanted: Wanted): number {
    let count = 0
    const { careful, urgent, plain } = this.#queues[wanted.offer]
    for (const tasks of [careful, urgent, plain])
      for (const task of tasks) {
        if (count === limit) return count
        if (canStart(task, wanted)) count += 1
      }
    return count
  }

  get running(): number {
    return this.#running.size
  }

  runningOf(stage: string): number {
    return this.#runningByStage.of(stage)
  }

  /** How many tasks of a stage wait, whether or not they could start. */
  waiting(stage: string): number {
    return this.#waitingByStage.of(stage)
  }

  /** On how many workers tasks of the job are. */
  slots(offer: WorkerOffer): number {
    return this.#slots[offer].size
  }

  /** Tasks under way with workers of that offer. */
  runningFor(offer: WorkerOffer): number {
    return [...this.#slots[offer].values()].reduce((sum, count) => sum + count, 0)
  }

  isOn(slot: number): boolean {
    return this.#slots.cpu.has(slot) || this.#slots.io.has(slot)
  }

  addPending(task: EngineTask): void {
    task.slot = null
    this.#waitingLike(task).add(task)
    this.#waitingByStage.add(task.operation.stage, 1)
  }

  /** A careful task can start: it goes to a worker that has nothing else, so that nothing else goes down with it. */
  wantsIdleWorker(wanted: Wanted): boolean {
    return firstStartable(this.#queues[wanted.offer].careful, wanted) !== undefined
  }

  /** One that could start if there were room for it; to be asked for when nothing could be taken. */
  heldUp({ now, offer }: Wanted): EngineTask | undefined {
    const anyRoom = { now, offer, mayStart: () => true }
    const { careful, urgent, plain } = this.#queues[offer]
    return firstStartable(careful, anyRoom) ?? firstStartable(urgent, anyRoom) ?? firstStartable(plain, anyRoom)
  }

  /** The first of each stage that waits in a queue. */
  *firstOfStages(): Generator<EngineTask> {
    for (const { careful, urgent, plain } of Object.values(this.#queues))
      for (const tasks of [careful, urgent, plain]) {
        const left = new Set(this.#waitingByStage.stages())
        for (const task of tasks) {
          if (left.delete(task.operation.stage)) yield task
          if (left.size === 0) break
        }
      }
  }

  /** Up to `limit` startable tasks of one operation, in the order in which they came; careful and urgent ones first, and singly. */
  take(limit: number, wanted: Wanted): EngineTask[] {
    const { careful, urgent, plain } = this.#queues[wanted.offer]
    const single = firstStartable(careful, wanted) ?? firstStartable(urgent, wanted)
    const taken = single === undefined ? startableOfOne(plain, limit, wanted) : [single]
    for (const task of taken) {
      this.#waitingLike(task).delete(task)
      this.#waitingByStage.add(task.operation.stage, -1)
    }
    return taken
  }

  start(task: EngineTask, slot: number): void {
    task.attempt += 1
    task.slot = slot
    this.#running.set(task.seq, task)
    this.#runningByStage.add(task.operation.stage, 1)
    const slots = this.#slots[offerFor(task.needs)]
    slots.set(slot, (slots.get(slot) ?? 0) + 1)
  }

  /** The running task whose outcome this is, or undefined when another attempt has it now. */
  accepts(seq: number, attempt: number): EngineTask | undefined {
    const task = this.#running.get(seq)
    return task !== undefined && attempt >= task.fence && attempt <= task.attempt ? task : undefined
  }

  /** It runs no longer, whatever came of it. */
  end(task: EngineTask): void {
    if (!this.#running.delete(task.seq)) throw new Bug(`task ${task.seq} was to end, but does not run`)
    this.#runningByStage.add(task.operation.stage, -1)
    const slot = task.slot ?? -1
    const slots = this.#slots[offerFor(task.needs)]
    const left = (slots.get(slot) ?? 1) - 1
    if (left === 0) slots.delete(slot)
    else slots.set(slot, left)
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
    const waiting = Object.values(this.#queues).flatMap(({ careful, urgent, plain }) => [careful, urgent, plain])
    return this.#running.has(seq) || waiting.some((tasks) => isAmong(tasks, seq))
  }

  runningTasks(): IterableIterator<EngineTask> {
    return this.#running.values()
  }

  #waitingLike(task: EngineTask): Set<EngineTask> {
    const { careful, urgent, plain } = this.#queues[offerFor(task.needs)]
    if (task.care.careful) return careful
    return task.operation.urgent ? urgent : plain
  }
}

/** Counts by stage. */
class Tally {
  readonly #counts = new Map<string, number>()

  of(stage: string): number {
    return this.#counts.get(stage) ?? 0
  }

  add(stage: string, change: number): void {
    const count = this.of(stage) + change
    if (count === 0) this.#counts.delete(stage)
    else this.#counts.set(stage, count)
  }

  stages(): Iterable<string> {
    return this.#counts.keys()
  }
}

function isAmong(tasks: ReadonlySet<EngineTask>, seq: number): boolean {
  for (const task of tasks) if (task.seq === seq) return true
  return false
}

function firstStartable(tasks: ReadonlySet<EngineTask>, wanted: Wanted): EngineTask | undefined {
  for (const task of tasks) if (canStart(task, wanted)) return task
  return undefined
}

/** Up to `limit`, all of the operation of the first. */
function startableOfOne(tasks: ReadonlySet<EngineTask>, limit: number, wanted: Wanted): EngineTask[] {
  const found: EngineTask[] = []
  for (const task of tasks) {
    if (found.length === limit) break
    if (!canStart(task, wanted) || (found[0] !== undefined && found[0].operation !== task.operation)) continue
    found.push(task)
    // One that nothing may run beside takes no other along.
    if (task.needs.use === 'exclusive') break
  }
  return found
}

function canStart(task: EngineTask, { now, mayStart }: Wanted): boolean {
  return task.notBefore <= now && task.operation.ready(task) && mayStart(task.operation.stage, task.needs)
}
