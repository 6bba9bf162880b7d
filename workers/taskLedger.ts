import { invariant } from '../contract/invariant.ts'
import type { FromWorker, RunningTask, TaskOrder } from '../contract/workerMessages.ts'
import { type TaskWindow, mostOutstanding, ticketAfter } from './shared.ts'
import { unbegunOutcome } from './spent.ts'

/** Control's account of the tasks that were handed to compute and are not answered yet. It alone gives out tickets. */
interface Outstanding {
  job: number
  seq: number
  attempt: number
}

type Outcomes = Extract<FromWorker, { type: 'outcomes' }>['outcomes']

export class TaskLedger {
  readonly #window: TaskWindow
  readonly #outstanding = new Map<number, Outstanding>()
  #nextTicket = 0

  constructor(window: TaskWindow) {
    this.#window = window
  }

  /** Gives each task a ticket, one after the other, and returns the first. */
  hand(job: number, tasks: readonly TaskOrder[]): number {
    invariant(
      this.#outstanding.size + tasks.length <= mostOutstanding,
      'a worker was given more tasks than it can hold',
    )
    const first = this.#nextTicket
    for (const [index, { seq, attempt }] of tasks.entries()) {
      const ticket = ticketAfter(first, index)
      this.#outstanding.set(ticket, { job, seq, attempt })
      this.#window.offer(ticket)
    }
    this.#nextTicket = ticketAfter(first, tasks.length)
    return first
  }

  settle(tickets: readonly number[]): void {
    for (const ticket of tickets) this.#outstanding.delete(ticket)
  }

  /** Withdraws waiting tasks, whose outcomes it returns, and tells the running one to stop; that one answers for itself. */
  cancel(job: number, seqs: readonly number[] | undefined, gotNowhere = false): Outcomes {
    const chosen = seqs === undefined ? null : new Set(seqs)
    const outcomes: Outcomes = []
    for (const [ticket, task] of this.#outstanding) {
      if (task.job !== job || chosen?.has(task.seq) === false) continue
      if (!this.#window.withdraw(ticket)) {
        this.#window.stop(ticket, gotNowhere)
        continue
      }
      this.#outstanding.delete(ticket)
      outcomes.push({ seq: task.seq, attempt: task.attempt, outcome: unbegunOutcome() })
    }
    return outcomes
  }

  /** Withdraws whatever waits, without an answer: for a worker that quits. */
  withdrawAll(): void {
    for (const ticket of this.#outstanding.keys()) if (this.#window.withdraw(ticket)) this.#outstanding.delete(ticket)
  }

  /** What compute is at, the task begun first in front. */
  running(): RunningTask[] {
    const order = [...this.#outstanding.keys()]
    return this.#window
      .running()
      .toSorted((one, other) => order.indexOf(one.ticket) - order.indexOf(other.ticket))
      .flatMap(({ ticket, bytes, rows }) => {
        const task = this.#outstanding.get(ticket)
        return task === undefined ? [] : { ...task, bytes, rows }
      })
  }
}
