import { setTimeout } from 'node:timers/promises'
import type { ApiClient } from '../../master/host/host.ts'
import { commandErrorLine } from '../../contract/commandError.ts'
import { longestItem } from '../../contract/open.ts'
import { exitCodes, Refusal } from '../exitCodes.ts'

/**
 * Gives the lines of a stream to a job while it runs, each as soon as it is there, and lets itself be heard of when there is none. A host
 * that goes away in the middle is waited for: whoever comes next is given again what was not acknowledged.
 */
export interface Receiver {
  readonly client: { jobs: Pick<ApiClient['jobs'], 'give'> }
  /** The host is gone; somebody else looks for the next one. */
  readonly lost: boolean
}

const mostAtOnce = 1000
const heardMs = 2000
const retryMs = 100

export class Giver {
  readonly #receiver: Receiver
  readonly #job: string
  /** Acknowledged. */
  #given = 0
  #turn: Promise<void> = Promise.resolve()

  constructor(receiver: Receiver, job: string) {
    this.#receiver = receiver
    this.#job = job
  }

  /** Until the stream ends or the signal says so: then the list is left as it is. */
  async giveAll(stream: AsyncIterable<Uint8Array>, stopped: AbortSignal): Promise<void> {
    const alive = setInterval(() => void this.#inTurn([], stopped).catch(() => undefined), heardMs)
    try {
      for await (const lines of linesOf(stream)) {
        if (stopped.aborted) return
        for (let from = 0; from < lines.length; from += mostAtOnce)
          await this.#inTurn(lines.slice(from, from + mostAtOnce), stopped)
      }
      await this.#inTurn([], stopped, true)
    } finally {
      clearInterval(alive)
    }
  }

  async #inTurn(items: readonly string[], stopped: AbortSignal, end = false): Promise<void> {
    const turn = this.#turn.then(() => this.#give(items, { stopped, end }))
    this.#turn = turn.catch(() => undefined)
    await turn
  }

  async #give(items: readonly string[], { stopped, end }: { stopped: AbortSignal; end: boolean }): Promise<void> {
    const goal = this.#given + items.length
    while (!stopped.aborted) {
      const rest = items.slice(items.length - (goal - this.#given))
      const taken = await this.#try({ job: this.#job, at: this.#given, items: rest, end })
      if (taken !== null) this.#given = Math.min(goal, taken.items)
      if (taken !== null && !(taken.full && (this.#given < goal || end))) return
      await setTimeout(retryMs)
    }
  }

  /** Null while there is no host, or none that can take them. */
  async #try(given: Parameters<ApiClient['jobs']['give']>[0]): Promise<{ items: number; full: boolean } | null> {
    try {
      const answer = await this.#receiver.client.jobs.give(given)
      if (answer.ok) return answer.value
      // A full disk is waited for, as everything else waits for it.
      if (answer.error.code === 'unavailable') return null
      throw new Refusal(commandErrorLine(answer.error), exitCodes.failed)
    } catch (error) {
      if (error instanceof Refusal || !this.#receiver.lost) throw error
      return null
    }
  }
}

/** Lines as they are complete; the last one needs no line feed. */
async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder()
  let rest = ''
  let count = 0
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of [...lines, rest]) requireShort(line, (count += 1))
    count -= 1
    if (lines.length > 0) yield lines.map(withoutReturn)
  }
  rest += decoder.decode()
  if (rest !== '') yield [withoutReturn(rest)]
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}

function requireShort(line: string, number: number): void {
  if (line.length > longestItem)
    throw new Refusal(`cannot give item ${number}: it is longer than ${longestItem} characters`, exitCodes.failed)
}
