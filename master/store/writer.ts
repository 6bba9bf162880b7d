import { Worker } from 'node:worker_threads'
import { invariant } from '../../contract/invariant.ts'
import type { Accepted, Transition } from '../../contract/ledger.ts'
import { reviveFailure } from './failures.ts'
import type { FromWriter, ThreadData, ToWriter } from './messages.ts'
import type { LedgerOpening } from './openLedger.ts'
import { StoreError } from './store.ts'

/**
 * The writing thread seen from the host. One group is under way at a time; commits asked for meanwhile wait and go together into the
 * next. A thread that has died is not started again: what it had not answered may or may not be on disk, which only a host that
 * opens the ledger anew can tell.
 */

/** A group takes commits until it has this many rows, or one commit. */
const rowsPerGroup = 2048

interface Waiting {
  transitions: Transition[]
  rows: number
  resolve: (accepted: Accepted[]) => void
  reject: (error: Error) => void
}

export class Writer {
  readonly #thread: Worker
  readonly #onWritten: () => void
  readonly #exited: Promise<void>
  #waiting: Waiting[] = []
  #underWay: Waiting[] = []
  #drained: (() => void) | undefined
  #closed: Promise<void> | undefined
  #lost: Error | undefined

  private constructor(thread: Worker, onWritten: () => void) {
    this.#thread = thread
    this.#onWritten = onWritten
    this.#exited = new Promise((resolve) => {
      thread.once('exit', () => {
        this.#lose(new StoreError('readOnly', 'The writing thread has ended: nothing more can be written'))
        resolve()
      })
    })
    thread.on('error', (error) => {
      this.#lose(new StoreError('readOnly', `The writing thread failed: ${error.message}`, { cause: error }))
    })
  }

  /** Resolves when the ledger is open and up to date. */
  static async start(
    entry: string,
    data: ThreadData,
    onWritten: () => void,
  ): Promise<{ writer: Writer; opening: LedgerOpening }> {
    const thread = new Worker(entry, { workerData: data, name: 'store writer' })
    const writer = new Writer(thread, onWritten)
    const opening = await new Promise<LedgerOpening>((resolve, reject) => {
      thread.once('message', (message: FromWriter) => {
        if (message.type === 'refused') return reject(reviveFailure(message.failure))
        invariant(message.type === 'ready', `the writing thread said ${message.type} before it was ready`)
        resolve(message.opening)
      })
      void writer.#exited.then(() => reject(writer.#lost))
    })
    thread.on('message', (message: FromWriter) => writer.#onMessage(message))
    return { writer, opening }
  }

  commit(transitions: Transition[]): Promise<Accepted[]> {
    return new Promise((resolve, reject) => {
      if (this.#lost !== undefined) reject(this.#lost)
      else if (this.#closed !== undefined) reject(new StoreError('readOnly', 'The store has been closed'))
      else {
        this.#waiting.push({ transitions, rows: rowsOf(transitions), resolve, reject })
        this.#next()
      }
    })
  }

  /**
   * Refuses new commits at once, writes what has been asked for, waits until the `others` have closed their connections, then ends the
   * thread: the last connection to close empties the log.
   */
  close(others: Promise<void>): Promise<void> {
    this.#closed ??= this.#end(others)
    return this.#closed
  }

  async #end(others: Promise<void>): Promise<void> {
    await this.#drain()
    await others
    this.#post({ type: 'close' })
    await this.#exited
  }

  #drain(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained = resolve
      this.#next()
    })
  }

  #next(): void {
    if (this.#underWay.length > 0) return
    if (this.#waiting.length === 0) {
      this.#drained?.()
      return
    }
    let rows = 0
    const count = this.#waiting.findIndex((waiting) => (rows += waiting.rows) >= rowsPerGroup) + 1
    this.#underWay = this.#waiting.splice(0, count === 0 ? this.#waiting.length : count)
    this.#post({ type: 'commit', commits: this.#underWay.map(({ transitions }) => transitions) })
  }

  #post(message: ToWriter): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#thread.postMessage(message)
  }

  #onMessage(message: FromWriter): void {
    const group = this.#underWay
    this.#underWay = []
    if (message.type === 'broken') for (const { reject } of group) reject(reviveFailure(message.failure))
    else {
      invariant(message.type === 'committed', `the writing thread said ${message.type} twice`)
      for (const [index, { resolve, reject }] of group.entries()) {
        const reply = message.replies[index]
        invariant(reply !== undefined, 'a commit was not answered')
        if (reply.ok) resolve(reply.accepted)
        else reject(reviveFailure(reply.failure))
      }
      this.#onWritten()
    }
    this.#next()
  }

  #lose(error: Error): void {
    this.#lost ??= error
    const left = [...this.#underWay, ...this.#waiting]
    this.#underWay = []
    this.#waiting = []
    for (const { reject } of left) reject(this.#lost)
    this.#drained?.()
  }
}

function rowsOf(transitions: readonly Transition[]): number {
  return transitions.reduce((rows, transition) => rows + ('tasks' in transition ? transition.tasks.length : 1), 0)
}
