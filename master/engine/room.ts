import { offerFor, type TaskNeeds } from '../../contract/needs.ts'
import type { JobRun } from './jobRun.ts'
import type { Slots } from './slots.ts'
import type { EngineTask } from './taskBook.ts'

/** What a task asks for; `slot` is the worker that would get it. */
interface Asking {
  stage: string
  needs: TaskNeeds
  slot: number
}

/**
 * Whether there is room for what a task needs beyond a worker: memory, or the machine to itself.
 *
 * Who is held up is not passed for ever. In a round of dispatching nobody who comes later in turn gets of the memory that it waits for; and
 * for one that is to be alone nobody gets anything until it has begun.
 */
export class Room {
  readonly #slots: Slots
  /** What tasks that say what they take may ever take together. */
  readonly #mostBytes: number
  #memoryBytes: number
  #holdsMemory: JobRun | null = null
  #holdsAll: { run: JobRun; stage: string } | null = null

  constructor(slots: Slots, mostBytes: number) {
    this.#slots = slots
    this.#mostBytes = mostBytes
    this.#memoryBytes = mostBytes
  }

  /** What they may take together now, with what they have of it already. */
  limitMemory(bytes: number): void {
    this.#memoryBytes = Math.min(this.#mostBytes, bytes)
  }

  get freeBytes(): number {
    return Math.max(0, this.#memoryBytes - this.#slots.memoryBytes)
  }

  /** A round of dispatching begins. */
  begin(): void {
    this.#holdsMemory = null
    const held = this.#holdsAll
    if (held !== null && (!held.run.takesWork || held.run.tasks.waiting(held.stage) === 0)) this.#holdsAll = null
  }

  has(run: JobRun, asking: Asking): boolean {
    const { needs, stage } = asking
    if (this.keepsFrom(run, needs) || isFull(run, stage, needs)) return false
    if (needs.use === 'exclusive' && this.#slots.inFlight > 0) return false
    return needs.memoryBytes === 0 || this.#hasMemory(run, asking)
  }

  /** Nothing could be given of a job whose turn it was, for want of room for this task: what it waits for is kept for it. */
  holdUp(run: JobRun, { operation: { stage }, needs }: EngineTask): void {
    if (this.keepsFrom(run, needs) || isFull(run, stage, needs)) return
    if (needs.use === 'exclusive') this.#holdsAll ??= { run, stage }
    // What others have taken comes back; what the machine lacks may not, and is no reason to keep the rest from others.
    else if (needs.memoryBytes > 0 && this.#slots.memoryBytes > 0) this.#holdsMemory ??= run
  }

  /** It has begun: what comes next waits for its own turn. */
  given({ needs }: EngineTask): void {
    if (needs.use === 'exclusive') this.#holdsAll = null
  }

  /** A task that is to be alone runs, or waits for what else runs to end. */
  keepsFrom(run: JobRun, needs: TaskNeeds): boolean {
    if (this.#slots.alone !== null) return true
    return this.#holdsAll !== null && (this.#holdsAll.run !== run || needs.use !== 'exclusive')
  }

  /** More than there will ever be a task gets when no other takes any. */
  #hasMemory(run: JobRun, { needs, slot }: Asking): boolean {
    if (this.#holdsMemory !== null && this.#holdsMemory !== run) return false
    const taken = this.#slots.memoryBytes
    if (needs.memoryBytes > this.#mostBytes) return taken === 0
    const has = offerFor(needs) === 'io' ? 0 : this.#slots.memoryOf(slot)
    return taken + Math.max(0, needs.memoryBytes - has) <= this.#memoryBytes
  }
}

/** So many of its stage are under way already that no more may be. */
export function isFull(run: JobRun, stage: string, { atOnce }: TaskNeeds): boolean {
  return atOnce !== null && run.tasks.runningOf(stage) >= atOnce
}
