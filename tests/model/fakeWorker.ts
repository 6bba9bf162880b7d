import type { Outcome } from '../../contract/outcome.ts'
import type { FromWorker, TaskOrder, ToWorker, Work, WorkerJob } from '../../contract/workerMessages.ts'
import { outOfMemoryExitCode } from '../../contract/workerMessages.ts'
import type { WorkerExit, WorkerHandle } from '../../master/fleet/workerHandle.ts'
import { closeSession, openSession, perform, type JobSession } from '../../workers/perform.ts'
import { findRun } from './kinds.ts'

/**
 * A worker whose process is not there: every move of it is made by the test. What it computes it computes as a real one does, by
 * workers/perform.ts on real files; when it does so, and whether it lives to tell, the test says.
 */
export interface Order {
  job: WorkerJob
  work: Work
  order: TaskOrder
}

export type Death = 'SIGKILL' | 'exit' | 'outOfMemory'

const exits: Record<Death, Partial<WorkerExit>> = {
  SIGKILL: { signal: 'SIGKILL' },
  exit: { exitCode: 3 },
  outOfMemory: { exitCode: outOfMemoryExitCode },
}

export interface Observer {
  /** Orders have reached a worker. */
  dispatched(orders: readonly Order[]): void
  /** It has ended, and what it was at, if it had begun anything. */
  died(at: Order | undefined): void
}

export class FakeWorker implements WorkerHandle {
  readonly slot: number
  pid: number | undefined
  droppedMessages = 0
  /** In the order in which it works: the first one is what it is at. */
  orders: Order[] = []
  /** What it has answered for, and what died with it. */
  readonly past: Order[] = []
  /** As by SIGSTOP: it says and does nothing. */
  stopped = false
  /** It gets nowhere with what it is at, and does not stop when it is told to. */
  stuck = false
  readonly #observer: Observer
  readonly #jobs = new Map<number, WorkerJob>()
  readonly #sessions = new Map<number, JobSession>()
  readonly #unread: ToWorker[] = []
  #rows = 0
  #tell: (message: FromWorker) => void = () => undefined
  #tellExit: (exit: WorkerExit) => void = () => undefined

  constructor(slot: number, pid: number, observer: Observer) {
    this.slot = slot
    this.pid = pid
    this.#observer = observer
  }

  get able(): boolean {
    return this.pid !== undefined && !this.stopped && !this.stuck
  }

  post(message: ToWorker): void {
    if (this.pid === undefined) return
    if (message.type === 'tasks') this.#observer.dispatched(this.#ordersOf(message))
    if (this.stopped) this.#unread.push(message)
    else this.#read(message)
  }

  /** It runs again, and reads what has come meanwhile. */
  wake(): void {
    this.stopped = false
    for (const message of this.#unread.splice(0)) this.#read(message)
  }

  #read(message: ToWorker): void {
    if (message.type === 'job') this.#jobs.set(message.job.number, message.job)
    else if (message.type === 'tasks') this.orders.push(...this.#ordersOf(message))
    else if (message.type === 'cancel') this.#withdraw(message.job)
    else if (message.type === 'forget') this.#forget(message.job)
    else if (message.type === 'quit') this.#quit()
  }

  onMessage(listener: (message: FromWorker) => void): void {
    this.#tell = listener
  }

  onExit(listener: (exit: WorkerExit) => void): void {
    this.#tellExit = listener
  }

  /** Who cannot listen is killed when the grace is over, which is at once: nothing else happens meanwhile. */
  stop(): void {
    if (this.able) this.post({ type: 'quit' })
    else this.kill()
  }

  kill(): void {
    this.end({ signal: 'SIGKILL', expected: true })
  }

  ready(): void {
    this.#tell({ type: 'ready', pid: this.pid ?? 0, node: 'v24' })
  }

  beat(): void {
    if (this.pid === undefined || this.stopped) return
    if (!this.stuck) this.#rows += 1
    const [at] = this.orders
    const running =
      at === undefined
        ? null
        : { job: at.job.number, seq: at.order.seq, attempt: at.order.attempt, bytes: 0, rows: this.#rows }
    this.#tell({ type: 'heartbeat', rssBytes: 1, heapBytes: 1, cpuMs: this.#rows, running })
  }

  /** Begins what it is at, and notes that where it outlives the worker. */
  async begin(): Promise<void> {
    const [at] = this.orders
    if (at !== undefined) (await this.#session(at.job)).crumb?.begin(at.order)
  }

  /** Does what it is at, which takes so long by the test's clock. */
  async finish(now: number, ms: number): Promise<void> {
    const [at] = this.orders
    if (at !== undefined) this.answer(at, timed(await this.#perform(at), now, ms))
  }

  /** Answers for an order, its own or one of the past, whatever the answer is. */
  answer(order: Order, outcome: Outcome): void {
    this.#drop(order)
    const { seq, attempt } = order.order
    this.#tell({ type: 'outcomes', job: order.job.number, outcomes: [{ seq, attempt, outcome }] })
  }

  die(death: Death): void {
    this.end(exits[death])
  }

  end(exit: Partial<WorkerExit>): void {
    if (this.pid === undefined) return
    this.#observer.died(this.orders[0])
    this.#leave(exit)
  }

  /** As it is told to, with nothing begun. */
  #quit(): void {
    this.#leave({ exitCode: 0, expected: true })
  }

  #leave(exit: Partial<WorkerExit>): void {
    this.pid = undefined
    this.past.push(...this.orders.splice(0))
    for (const job of this.#sessions.keys()) this.#forget(job)
    this.#tellExit({ exitCode: null, signal: null, expected: false, logTail: '', ...exit })
  }

  #ordersOf({ job: number, work, tasks }: Extract<ToWorker, { type: 'tasks' }>): Order[] {
    const unread = this.#unread.flatMap((message) => (message.type === 'job' ? [message.job] : []))
    const job = this.#jobs.get(number) ?? unread.find((each) => each.number === number)
    if (job === undefined) throw new Error(`worker ${this.slot} has tasks of job ${number} and was not told of it`)
    return tasks.map((order) => ({ job, work, order }))
  }

  /** What waits is withdrawn at once; what it is at goes on until it looks, unless it never does. */
  #withdraw(job: number): void {
    const [, ...waiting] = this.orders
    for (const order of waiting.filter((each) => each.job.number === job)) this.answer(order, cancelled())
    const [at] = this.orders
    if (at?.job.number === job && this.able) this.answer(at, cancelled())
  }

  #forget(job: number): void {
    this.#jobs.delete(job)
    const session = this.#sessions.get(job)
    if (session !== undefined) closeSession(session)
    this.#sessions.delete(job)
  }

  #drop(order: Order): void {
    const place = this.orders.indexOf(order)
    if (place === -1) return
    this.orders.splice(place, 1)
    this.past.push(order)
  }

  async #perform({ job, work, order }: Order): Promise<Outcome> {
    return await perform({ session: await this.#session(job), work, order })
  }

  async #session(job: WorkerJob): Promise<JobSession> {
    const session = this.#sessions.get(job.number) ?? (await openSession(job, findRun))
    this.#sessions.set(job.number, session)
    return session
  }
}

export function spent(now: number, ms: number) {
  return { bytes: 0, rows: 0, tailRows: 0, cpuMs: ms, startedAt: now - ms, finishedAt: now }
}

function timed(outcome: Outcome, now: number, ms: number): Outcome {
  return { ...outcome, startedAt: now - ms, finishedAt: now, cpuMs: ms }
}

function cancelled(): Outcome {
  return { type: 'cancelled', ...spent(0, 0) }
}
