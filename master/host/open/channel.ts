import { answersFileOf } from '../../../contract/dataset.ts'
import type { AnswerLine, ItemAnswer } from '../../../contract/open.ts'
import { LineFile } from './lineFile.ts'

/**
 * The open list of one job while this host receives it: items are written down and synced before anybody is told that they were taken;
 * what comes of them is written beside, in order of arrival, whichever was answered first.
 */
export interface ChannelParts {
  /** Of the list; its answers stand beside it. */
  path: string
  /** Items that tasks of the ledger have by now, and where they end in the list. */
  taken: { items: number; at: number }
  /** More items are on disk: where each one ends. `anew`: these are all that no task has. */
  onArrived: (ends: readonly number[], anew: boolean) => void
  /** Answers could not be written; they are when it is asked for again. */
  onError: (error: unknown) => void
}

/** More items than this wait for no answer: who gives them waits instead. */
const mostUnanswered = 20_000

export class Channel {
  readonly #parts: ChannelParts
  readonly #items: LineFile
  readonly #answers: LineFile
  #count = 0
  #answered = 0
  /** Answered before those ahead of them, by their first item. */
  readonly #early = new Map<number, ItemAnswer[]>()
  #adding: Promise<void> = Promise.resolve()
  #writing: Promise<void> = Promise.resolve()
  readonly #waiting = new Set<() => void>()
  #over = false

  private constructor(parts: ChannelParts, files: { items: LineFile; answers: LineFile }) {
    this.#parts = parts
    this.#items = files.items
    this.#answers = files.answers
  }

  /** What is there of an earlier host's is counted, and what no task has yet is told as arrived. */
  static async open(parts: ChannelParts): Promise<Channel> {
    const { path, taken } = parts
    const rest: number[] = []
    const items = await LineFile.open(path, taken.at, (ends) => rest.push(...ends))
    let answered = 0
    const answers = await LineFile.open(answersFileOf({ path }), 0, (ends) => (answered += ends.length))
    const channel = new Channel(parts, { items, answers })
    channel.#count = taken.items + rest.length
    channel.#answered = answered
    if (rest.length > 0) parts.onArrived(rest, true)
    return channel
  }

  /** How many items have come. */
  get count(): number {
    return this.#count
  }

  get answered(): number {
    return this.#answered
  }

  get full(): boolean {
    return this.#count - this.#answered >= mostUnanswered
  }

  /** On disk when it resolves. */
  async add(items: readonly string[]): Promise<void> {
    if (items.length === 0) return
    await this.#inTurn(async () => {
      const ends = await this.#items.append(items, { sync: true })
      this.#count += items.length
      this.#parts.onArrived(ends, false)
    })
  }

  /** Tells again of everything that no task has: the engine has taken the job up anew. */
  async tellAgain(taken: { at: number }): Promise<void> {
    await this.#inTurn(async () => this.#parts.onArrived(await this.#items.endsFrom(taken.at), true))
  }

  async #inTurn(act: () => Promise<void>): Promise<void> {
    const acted = this.#adding.then(act)
    this.#adding = acted.catch(() => undefined)
    await acted
  }

  /** The items from `from` on have been answered for; what of it was written before is left out. */
  answer(from: number, answers: readonly ItemAnswer[]): void {
    const known = Math.max(0, this.#answered - from)
    if (known >= answers.length && answers.length > 0) return
    this.#early.set(from + known, answers.slice(known))
    this.write()
  }

  /** Writes what was answered in its turn, also what could not be written before. */
  write(): void {
    this.#writing = this.#writing.then(() => this.#writeInOrder()).catch(this.#parts.onError)
  }

  async #writeInOrder(): Promise<void> {
    for (;;) {
      const next = this.#early.get(this.#answered)
      if (next === undefined) break
      const first = this.#answered + 1
      const lines = next.map((answer, index): AnswerLine => ({ item: first + index, ...answer }))
      await this.#answers.append(
        lines.map((line) => JSON.stringify(line)),
        { sync: false },
      )
      this.#early.delete(this.#answered)
      this.#answered += next.length
    }
    this.#wake()
  }

  /** Answers from a byte on. Waits for a while where there are none and may be some. */
  async read(from: number, options: { mostBytes: number; patienceMs: number }) {
    if (from >= this.#answers.bytes && !this.#over) await this.#more(options.patienceMs)
    return await this.#answers.read(from, options.mostBytes)
  }

  /** Everything that was answered is written. */
  async settle(): Promise<void> {
    await this.#writing
  }

  /** The job has ended. */
  async close(): Promise<void> {
    this.#over = true
    await this.#writing
    this.#wake()
    await this.#items.close()
    await this.#answers.close()
  }

  async #more(patienceMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const wake = () => resolve()
    this.#waiting.add(wake)
    const timer = setTimeout(wake, patienceMs)
    await promise
    clearTimeout(timer)
    this.#waiting.delete(wake)
  }

  #wake(): void {
    for (const wake of this.#waiting) wake()
  }
}
