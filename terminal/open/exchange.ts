import { oneLine } from '../../contract/oneLine.ts'
import type { Context } from '../commandLine.ts'
import type { Seat } from '../seat.ts'
import { printAnswers } from './answersPrint.ts'
import { Giver } from './giver.ts'

/** Both ways of a job with an open list: its items in, what came of them out. */
export interface Exchange {
  /** The job is over: what is left to be told is told, and no item is taken any more. */
  end(): Promise<void>
}

export interface ExchangeOptions {
  seat: Seat
  job: string
  items: AsyncIterable<Uint8Array>
  /** How answers are printed; null: not at all. */
  answers: 'text' | 'json' | null
  context: Context
}

export function beginExchange({ seat, job, items, answers, context }: ExchangeOptions): Exchange {
  const { terminal } = context
  const over = new AbortController()
  const complain = (error: unknown) => {
    if (!over.signal.aborted)
      terminal.note(`gristmill: ${oneLine(error instanceof Error ? error.message : String(error))}`)
  }
  // Whoever gives no more is not heard of any more either: the host then ends the list early.
  new Giver(seat, job).giveAll(items, over.signal).catch(complain)
  const print = { job, json: answers === 'json', print: (line: string) => terminal.print(line) }
  const printed = answers === null ? Promise.resolve() : printAnswers(seat, print, over.signal).catch(complain)
  return {
    async end() {
      over.abort()
      process.stdin.destroy()
      await printed
    },
  }
}
