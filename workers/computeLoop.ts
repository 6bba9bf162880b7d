import { assertNever, invariant } from '../contract/invariant.ts'
import type { Outcome } from '../contract/outcome.ts'
import type { TaskOrder } from '../contract/workerMessages.ts'
import { type FindRun, type JobSession, closeSession, openSession, perform } from './perform.ts'
import { type SharedCounters, ticketAfter } from './shared.ts'
import { unbegunOutcome } from './spent.ts'
import type { FinishedOrder, FromCompute, ToCompute } from './threadMessages.ts'

/**
 * The compute thread's work: tasks one after the other, in the order in which they came. It answers to control only, which answers to
 * everyone else; while a stage computes, nothing else happens in this thread.
 *
 * Tasks that wait for others are begun as they come and are under way together, each in a lane of its own; they answer one by one.
 *
 * Outcomes are handed over together: at once when a batch is done, when the task took long enough to be worth a message of its own, or
 * when the oldest has waited for 20 ms. So a batch of tasks of no work costs one message.
 */
const longestWaitMs = 20
const worthAMessageMs = 1

export interface ComputeOptions {
  findRun: FindRun
  /** One for each task that may be under way at once. */
  lanes: readonly SharedCounters[]
  post: (message: FromCompute) => void
}

type Batch = Extract<ToCompute, { type: 'tasks' }>

export class ComputeLoop {
  readonly #options: ComputeOptions
  readonly #queue: ToCompute[] = []
  readonly #sessions = new Map<number, Promise<JobSession>>()
  readonly #free: SharedCounters[]
  /** Tasks under way beside the one in turn, by what ends with them. */
  readonly #beside = new Map<Promise<void>, number>()
  #busy = false
  #tickets: number[] = []
  #outcomes: FinishedOrder[] = []
  #oldestAt = 0

  constructor(options: ComputeOptions) {
    this.#options = options
    this.#free = options.lanes.toReversed()
  }

  /** Resolves when nothing is left to do. */
  async take(message: ToCompute): Promise<void> {
    this.#queue.push(message)
    if (this.#busy) return
    this.#busy = true
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) await this.#handle(next)
    } finally {
      this.#busy = false
    }
  }

  async #handle(message: ToCompute): Promise<void> {
    switch (message.type) {
      case 'job':
        this.#open(message)
        return
      case 'tasks':
        if (message.together === true) await this.#beginAll(message)
        else await this.#runBatch(message)
        return
      case 'forget':
        void this.#forget(message.job)
        return
      case 'quit':
        await Promise.all(this.#beside.keys())
        this.#options.post({ type: 'ended' })
        return
      default:
        assertNever(message, 'compute')
    }
  }

  #open({ job }: Extract<ToCompute, { type: 'job' }>): void {
    const session = openSession(job, this.#options.findRun)
    // A kind that cannot be loaded fails the tasks that need it, each with the reason.
    session.catch(() => undefined)
    this.#sessions.set(job.number, session)
  }

  async #forget(job: number): Promise<void> {
    const session = this.#sessions.get(job)
    this.#sessions.delete(job)
    await Promise.all([...this.#beside].flatMap(([ended, of]) => (of === job ? [ended] : [])))
    const opened = await session?.catch(() => undefined)
    if (opened !== undefined) closeSession(opened)
  }

  /** More than there are lanes wait for one. */
  async #lane(): Promise<SharedCounters> {
    for (;;) {
      const lane = this.#free.pop()
      if (lane !== undefined) return lane
      await Promise.race(this.#beside.keys())
    }
  }

  async #beginAll(batch: Batch): Promise<void> {
    for (const [index, order] of batch.tasks.entries()) {
      const lane = await this.#lane()
      const ended = this.#runBeside(batch, order, { lane, ticket: ticketAfter(batch.firstTicket, index) })
      this.#beside.set(ended, batch.job)
      void ended.then(() => this.#beside.delete(ended))
    }
  }

  async #runBeside(batch: Batch, order: TaskOrder, at: { lane: SharedCounters; ticket: number }): Promise<void> {
    const { lane, ticket } = at
    if (lane.begin(ticket)) {
      const outcome = await this.#outcomeOf(batch, order, lane)
      lane.end()
      const outcomes = [{ seq: order.seq, attempt: order.attempt, outcome }]
      this.#options.post({ type: 'outcomes', job: batch.job, tickets: [ticket], outcomes })
    }
    this.#free.push(lane)
  }

  async #runBatch(batch: Batch): Promise<void> {
    const lane = await this.#lane()
    for (const [index, order] of batch.tasks.entries()) {
      const ticket = ticketAfter(batch.firstTicket, index)
      const beganAt = performance.now()
      if (!lane.begin(ticket)) continue
      const outcome = await this.#outcomeOf(batch, order, lane)
      lane.end()
      this.#finish({ seq: order.seq, attempt: order.attempt, outcome }, ticket)
      const now = performance.now()
      if (now - beganAt >= worthAMessageMs || now - this.#oldestAt >= longestWaitMs) this.#flush(batch.job)
    }
    this.#free.push(lane)
    this.#flush(batch.job)
  }

  async #outcomeOf(batch: Batch, order: TaskOrder, counters: SharedCounters): Promise<Outcome> {
    try {
      const session = this.#sessions.get(batch.job)
      invariant(session !== undefined, `job ${batch.job} has tasks here but was never announced`)
      const { post } = this.#options
      const log = (line: string) => post({ type: 'log', line })
      return await perform({ session: await session, work: batch.work, order, counters, log })
    } catch (error) {
      return unbegunOutcome(error)
    }
  }

  #finish(finished: FinishedOrder, ticket: number): void {
    if (this.#outcomes.length === 0) this.#oldestAt = performance.now()
    this.#outcomes.push(finished)
    this.#tickets.push(ticket)
  }

  #flush(job: number): void {
    if (this.#outcomes.length === 0) return
    this.#options.post({ type: 'outcomes', job, tickets: this.#tickets, outcomes: this.#outcomes })
    this.#outcomes = []
    this.#tickets = []
  }
}
