import { Worker } from 'node:worker_threads'
import { reviveFailure } from './failures.ts'
import type { Backup } from './backups.ts'
import type { Errand, FromReader, ThreadData, ToReader } from './messages.ts'
import type { Question } from './read/questions.ts'
import { StoreError } from './store.ts'

/**
 * The reading thread seen from the host. When it dies, a new one is started and asked again what was left unanswered: reading changes
 * nothing. A question that has ended three threads is given up.
 */
const mostDeaths = 3

interface Asked {
  question: Errand
  /** Reading threads that ended while they were at it. */
  deaths: number
  resolve: (answer: unknown) => void
  reject: (error: Error) => void
}

export class ReadingThread {
  readonly #entry: string
  readonly #data: ThreadData
  /** Absent after one has ended and before the next is needed. */
  #running: { thread: Worker; exited: Promise<void> } | undefined
  #lastId = 0
  #closed = false
  readonly #asked = new Map<number, Asked>()

  private constructor(entry: string, data: ThreadData) {
    this.#entry = entry
    this.#data = data
  }

  static async start(entry: string, data: ThreadData): Promise<ReadingThread> {
    const reading = new ReadingThread(entry, data)
    // Whatever the first answer is, the ledger has been opened for it.
    await reading.ask({ ask: 'lastNumber' })
    return reading
  }

  ask(question: Question): Promise<unknown> {
    return this.#send(question)
  }

  backUp(): Promise<Backup> {
    return this.#send({ ask: 'backUp' }) as Promise<Backup>
  }

  #send(question: Errand): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#closed) reject(new StoreError('readOnly', 'The store has been closed'))
      else this.#askThread((this.#lastId += 1), { question, deaths: 0, resolve, reject })
    })
  }

  /** Something was written: worth a checkpoint soon. */
  written(): void {
    if (!this.#closed) this.#post({ type: 'written' })
  }

  async close(): Promise<void> {
    if (!this.#closed && this.#running !== undefined) this.#post({ type: 'close' })
    this.#closed = true
    await this.#running?.exited
  }

  #startThread(): { thread: Worker; exited: Promise<void> } {
    const thread = new Worker(this.#entry, { workerData: this.#data, name: 'store reader' })
    let why = 'the reading thread ended'
    thread.on('message', (message: FromReader) => this.#onMessage(message))
    thread.on('error', (error) => (why = error.message))
    const exited = new Promise<void>((resolve) => {
      thread.once('exit', () => {
        this.#running = undefined
        this.#askAgain(why)
        resolve()
      })
    })
    return { thread, exited }
  }

  #askAgain(why: string): void {
    const left = [...this.#asked]
    this.#asked.clear()
    // Questions are answered in the order in which they were asked: the thread was at the first of these.
    const [atWork] = left
    if (atWork !== undefined) atWork[1].deaths += 1
    for (const [id, asked] of left)
      if (this.#closed) asked.reject(new StoreError('readOnly', 'The store has been closed'))
      else if (asked.deaths < mostDeaths) this.#askThread(id, asked)
      else
        asked.reject(
          new StoreError('busy', `Reading ${asked.question.ask} ended ${mostDeaths} reading threads: ${why}`),
        )
  }

  #askThread(id: number, asked: Asked): void {
    this.#asked.set(id, asked)
    this.#post({ type: 'ask', id, question: asked.question })
  }

  #post(message: ToReader): void {
    this.#running ??= this.#startThread()
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#running.thread.postMessage(message)
  }

  #onMessage(message: FromReader): void {
    switch (message.type) {
      case 'answered':
        this.#take(message.id)?.resolve(message.answer)
        return
      case 'failed':
        this.#take(message.id)?.reject(reviveFailure(message.failure))
        return
      case 'refused':
        for (const id of this.#asked.keys()) this.#take(id)?.reject(reviveFailure(message.failure))
        return
      case 'ready':
        return
    }
  }

  #take(id: number): Asked | undefined {
    const asked = this.#asked.get(id)
    this.#asked.delete(id)
    return asked
  }
}
