import type { InspectOptions, InspectReply, SampleReply, ToWorker } from '../../contract/workerMessages.ts'
import type { Clock } from './clock.ts'
import type { Answered } from './workerSlot.ts'

/**
 * Interactive requests to workers: each goes to the least loaded ready one, moves to another when that one dies, and is answered
 * within its deadline whatever happens.
 */

/** No worker could be asked any more: nothing is said of the dataset. */
export interface Unasked {
  ok: false
  code: 'unavailable'
  message: string
}

/** What an input is, or how a job's output would begin. */
interface Question {
  message(request: number): ToWorker
  /** When so many workers ended with it, no other is asked. */
  maxDeaths: number
}

interface Unanswered {
  type: 'unanswered'
  why: string
  isClosing: boolean
}

interface Pending {
  request: number
  question: Question
  /** Null while no worker is ready. */
  slot: number | null
  /** How many workers died with it. */
  deaths: number
  endDeadline: () => void
  resolve: (answer: Answered | Unanswered) => void
}

/** A request's kind with its params, and the inputs that its sample is made of. */
export type SampleQuestion = Omit<Extract<ToWorker, { type: 'sample' }>, 'type' | 'request'>

export interface InspectionDoor {
  /** The ready worker with the least to do. */
  leastLoaded(): number | null
  send(slot: number, message: ToWorker): boolean
  clock: Clock
}

const deadlineMs = 10_000
/** A dataset whose inspection ends this many workers is not given to another. */
const maxInspectionDeaths = 3

export class Inspections {
  readonly #door: InspectionDoor
  readonly #pending = new Map<number, Pending>()
  #last = 0

  constructor(door: InspectionDoor) {
    this.#door = door
  }

  async inspect(path: string, options: InspectOptions = {}): Promise<InspectReply | Unasked> {
    const answer = await this.#ask({
      message: (request) => ({ type: 'inspect', request, path, ...options }),
      maxDeaths: maxInspectionDeaths,
    })
    if (answer.type === 'inspected') return answer.reply
    const { why, isClosing } = unanswered(answer)
    return {
      ok: false,
      code: isClosing ? 'unavailable' : 'input-unreadable',
      message: `cannot inspect ${path}: ${why}`,
    }
  }

  /** A sample is worth no second worker. */
  async sample(asked: SampleQuestion): Promise<SampleReply> {
    const answer = await this.#ask({ message: (request) => ({ type: 'sample', request, ...asked }), maxDeaths: 1 })
    return answer.type === 'sampled' ? answer.reply : { type: 'none', why: unanswered(answer).why }
  }

  #ask(question: Question): Promise<Answered | Unanswered> {
    return new Promise((resolve) => {
      const request = ++this.#last
      const endDeadline = this.#door.clock.after(deadlineMs, () =>
        this.#giveUp(request, `no worker answered within ${deadlineMs / 1000} s`),
      )
      const pending: Pending = { request, question, slot: null, deaths: 0, endDeadline, resolve }
      this.#pending.set(request, pending)
      this.#place(pending)
    })
  }

  /** How many a worker has at the moment. */
  load(slot: number): number {
    return [...this.#pending.values()].filter((pending) => pending.slot === slot).length
  }

  answered(answer: Answered): void {
    this.#finish(answer.request, answer)
  }

  workerReady(): void {
    for (const pending of this.#pending.values()) if (pending.slot === null) this.#place(pending)
  }

  workerLost(slot: number): void {
    for (const pending of [...this.#pending.values()].filter((one) => one.slot === slot)) {
      pending.slot = null
      pending.deaths++
      const { maxDeaths } = pending.question
      if (pending.deaths < maxDeaths) this.#place(pending)
      else if (maxDeaths === 1) this.#giveUp(pending.request, 'a worker ended while it read it')
      else this.#giveUp(pending.request, `${maxDeaths} workers ended while they read it`)
    }
  }

  close(): void {
    for (const request of this.#pending.keys()) this.#giveUp(request, 'the host is closing', true)
  }

  #place(pending: Pending): void {
    const slot = this.#door.leastLoaded()
    if (slot === null) return
    if (this.#door.send(slot, pending.question.message(pending.request))) pending.slot = slot
  }

  #giveUp(request: number, why: string, isClosing = false): void {
    this.#finish(request, { type: 'unanswered', why, isClosing })
  }

  #finish(request: number, answer: Answered | Unanswered): void {
    const pending = this.#pending.get(request)
    if (pending === undefined) return
    this.#pending.delete(request)
    pending.endDeadline()
    pending.resolve(answer)
  }
}

/** A worker that answers another question than it was asked has said nothing. */
function unanswered(answer: Answered | Unanswered): Pick<Unanswered, 'why' | 'isClosing'> {
  return answer.type === 'unanswered' ? answer : { why: 'a worker answered another question', isClosing: false }
}
