import type { WorkerOffer } from '../../contract/needs.ts'
import type { InspectOptions, InspectReply, SampleReply, ToWorker, WorkerJob } from '../../contract/workerMessages.ts'
import type { Clock } from './clock.ts'
import { Inspections, type SampleQuestion, type Unasked } from './inspections.ts'
import { sleptThrough, type Limits } from './watchdog.ts'
import type { StartWorker } from './workerHandle.ts'
import { WorkerSlot, type SlotEvents, type SlotSnapshot, type TasksMessage } from './workerSlot.ts'

/**
 * All workers of a host. It keeps its slots filled, carries messages, watches over health and tells what happened; it decides
 * nothing about tasks. Slots count from 1; those of workers that wait for others come after all that may ever compute.
 */

export type FleetEvents = Omit<SlotEvents, 'onAnswered'>

export interface FleetOptions {
  startWorker: StartWorker
  /** Workers that are there whether or not a job asks for more. */
  size: number
  clock: Clock
  limits: Limits
  events: FleetEvents
}

const maxWorkers = 64
/** Workers that wait for others, while a job has tasks for them: when one dies, not all such tasks do. */
const ioWorkers = 2
const tickMs = 500
/** Workers beyond the fleet's size end after this long without work. */
const spareMs = 30_000

export class Fleet {
  readonly #options: FleetOptions
  readonly #slots = new Map<number, WorkerSlot>()
  readonly #inspections: Inspections
  #wanted = 0
  #ioWanted = false
  #tickedAt = 0
  #endTicks: () => void = () => undefined
  #closing = false
  #allEnded: () => void = () => undefined

  constructor(options: FleetOptions) {
    this.#options = options
    this.#inspections = new Inspections({
      leastLoaded: () => this.#leastLoaded(),
      send: (slot, message) => this.send(slot, message),
      clock: options.clock,
    })
  }

  /** Starts the workers and the watch over them. */
  start(): void {
    this.#tickedAt = this.#options.clock.now()
    this.#endTicks = this.#options.clock.every(tickMs, () => this.#tick())
    this.#fill()
  }

  /** How many workers jobs ask for: more are started at once, those beyond end when they have been idle for 30 s. */
  want(count: number): void {
    this.#wanted = Math.min(maxWorkers, count)
    this.#fill()
  }

  /** Whether jobs have tasks that wait for others: workers for them are started at once, and end as those beyond do. */
  wantIo(wanted: boolean): void {
    this.#ioWanted = wanted
    this.#fill()
  }

  /** Sends tasks, and the job before its first ones. False when no ready worker is in the slot; then nothing was sent. */
  dispatch(slot: number, job: WorkerJob, message: TasksMessage): boolean {
    return this.#slots.get(slot)?.dispatch(job, message) ?? false
  }

  /** What a worker's tasks may take beyond what every worker may, until it has answered for all of them. */
  allow(slot: number, memoryBytes: number): void {
    this.#slots.get(slot)?.allow(memoryBytes)
  }

  /** Stops tasks of a job (all when `seqs` is absent) wherever it is known, or in one slot. */
  cancel(job: number, seqs?: number[], slot?: number): void {
    for (const one of this.#slots.values()) if (slot === undefined || one.number === slot) one.cancel(job, seqs)
  }

  /** The job is over: every worker that was told of it forgets it. */
  forgetJob(job: number): void {
    for (const slot of this.#slots.values()) slot.forget(job)
  }

  send(slot: number, message: ToWorker): boolean {
    return this.#slots.get(slot)?.send(message) ?? false
  }

  /** Always answers, within 10 s. */
  inspect(path: string, options: InspectOptions = {}): Promise<InspectReply | Unasked> {
    return this.#inspections.inspect(path, options)
  }

  /** Always answers, within 10 s. */
  sample(asked: SampleQuestion): Promise<SampleReply> {
    return this.#inspections.sample(asked)
  }

  /** Quiet: nothing is started or dispatched any more, and what runs is cut. Each worker's end is told as `interrupted`. */
  interrupt(): void {
    this.#closing = true
    this.#inspections.close()
    for (const slot of this.#slots.values()) slot.interrupt()
  }

  /** Interrupts, and resolves when every worker has ended. */
  close(graceMs: number): Promise<void> {
    this.interrupt()
    this.#endTicks()
    const ended = new Promise<void>((resolve) => {
      this.#allEnded = resolve
    })
    for (const slot of this.#slots.values()) slot.close(graceMs)
    this.#sweep()
    return ended
  }

  snapshot(): SlotSnapshot[] {
    return [...this.#slots.values()].map((slot) => slot.snapshot())
  }

  get #target(): number {
    return Math.min(maxWorkers, Math.max(this.#options.size, this.#wanted))
  }

  #fill(): void {
    if (this.#closing) return
    for (let number = 1; number <= maxWorkers + ioWorkers; number++)
      if (this.#isWanted(number) && !this.#slots.has(number)) this.#open(number)
  }

  #isWanted(number: number): boolean {
    return offerOf(number) === 'io' ? this.#ioWanted : number <= this.#target
  }

  #open(number: number): void {
    const { startWorker, clock, limits } = this.#options
    const slot = new WorkerSlot({
      number,
      offer: offerOf(number),
      startWorker,
      clock,
      limits,
      events: this.#slotEvents(),
    })
    this.#slots.set(number, slot)
    slot.start()
  }

  #slotEvents(): SlotEvents {
    const { events } = this.#options
    return {
      onOutcomes: (slot, job, outcomes) => events.onOutcomes(slot, job, outcomes),
      onHeartbeat: (slot, heartbeat) => events.onHeartbeat(slot, heartbeat),
      onLog: (slot, level, line) => events.onLog(slot, level, line),
      onTrouble: (slot, line) => events.onTrouble(slot, line),
      onReady: (slot, offer) => {
        events.onReady(slot, offer)
        this.#inspections.workerReady()
      },
      onLost: (slot, loss) => {
        events.onLost(slot, loss)
        this.#inspections.workerLost(slot)
        this.#sweep()
      },
      onAnswered: (_, message) => this.#inspections.answered(message),
    }
  }

  #tick(): void {
    const now = this.#options.clock.now()
    const slept = sleptThrough(this.#tickedAt, now, tickMs)
    this.#tickedAt = now
    for (const slot of this.#slots.values()) {
      if (slept) slot.pardon(now)
      else slot.watch(now)
      if (!this.#isWanted(slot.number) && slot.idleMs(now) >= spareMs) slot.close(spareMs)
    }
    this.#sweep()
  }

  /** Gives up slots that are empty for good. A slot that is wanted again meanwhile is opened anew. */
  #sweep(): void {
    for (const [number, slot] of this.#slots) if (slot.empty) this.#slots.delete(number)
    if (this.#closing) {
      if (this.#slots.size === 0) this.#allEnded()
      return
    }
    this.#fill()
  }

  #leastLoaded(): number | null {
    const load = (slot: WorkerSlot) => slot.unanswered + this.#inspections.load(slot.number)
    const ready = [...this.#slots.values()].filter((slot) => slot.ready)
    return ready.toSorted((a, b) => load(a) - load(b))[0]?.number ?? null
  }
}

function offerOf(slot: number): WorkerOffer {
  return slot > maxWorkers ? 'io' : 'cpu'
}
