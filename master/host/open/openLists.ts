import { closeSync, openSync } from 'node:fs'
import { z } from 'zod'
import { type CommandResult, refuse, succeed } from '../../../contract/commandError.ts'
import type { Input } from '../../../contract/dataset.ts'
import type { NewJob } from '../../../contract/job.ts'
import type { Json } from '../../../contract/json.ts'
import type { LedgerJob } from '../../../contract/ledger.ts'
import { itemAnswerSchema, itemRangeSchema } from '../../../contract/open.ts'
import type { Answer } from '../../../contract/outcome.ts'
import { cellBytesFor } from '../../../datasets/bytes/grid.ts'
import { fingerprintOf } from '../../../datasets/fingerprint.ts'
import type { Engine } from '../../engine/engine.ts'
import { whyRefused } from '../insist.ts'
import { Channel } from './channel.ts'

/**
 * Every open list of this host's unfinished jobs. Whoever gives items to a leased one must be heard of now and then, or the list ends
 * early; one that is held stays open until somebody ends it, whatever happens to hosts meanwhile.
 */
export interface OpenListParts {
  engine: Engine
  /** Reads a value that was too large to stand inline. */
  valueOf: (job: NewJob, answer: Answer) => Promise<Json>
  /** Lets the engine go on; resolves when what follows is committed. */
  turn: () => Promise<void>
  now: () => number
  onError: (error: unknown) => void
}

export interface Given {
  /** How many items were given before these; undefined: as many as have come. */
  at?: number | undefined
  items: readonly string[]
  /** No more come. */
  end: boolean
}

/** What a giver is told: how many items have come by now, and whether it is to wait with more. */
export interface Taken {
  items: number
  full: boolean
}

const leaseMs = 10_000
const away = 'whoever gave the items went away'

interface OpenList {
  job: NewJob
  input: Input
  channel: Channel
  heardAt: number
  /** Given items, one batch after the other. */
  turn: Promise<unknown>
  ended: boolean
  /** Why it ended before its time. */
  early: string | null
}

export class OpenLists {
  readonly #parts: OpenListParts
  readonly #lists = new Map<number, OpenList>()

  constructor(parts: OpenListParts) {
    this.#parts = parts
  }

  /** For a job that was just made, or that an earlier host left: `ledger` is how it stands then. */
  async open(job: NewJob, ledger: LedgerJob | null): Promise<void> {
    const [input] = job.inputs
    if (input?.open === undefined) return
    const channel = await Channel.open({
      path: input.path,
      taken: takenBy(ledger),
      onArrived: (ends, anew) => this.#parts.engine.arrived(job.number, { ends, anew }, this.#parts.now()),
      onError: this.#parts.onError,
    })
    const heardAt = this.#parts.now()
    const list: OpenList = { job, input, channel, heardAt, turn: Promise.resolve(), ended: false, early: null }
    this.#lists.set(job.number, list)
    for (const { from, to, answer } of answeredBy(ledger)) await this.answered(job.number, { from, to, answer })
    await channel.settle()
    list.ended = ledger !== null && isAnswered(ledger)
    if (input.open === 'ended' && !list.ended) this.#end(list, null)
    if (input.open === 'endedEarly' && !list.ended) this.#end(list, away)
  }

  /** Takes what was not given before, so that a giver that was cut off may give again what it is not sure of. */
  async give(number: number, given: Given): Promise<CommandResult<Taken>> {
    const list = this.#lists.get(number)
    if (list === undefined || list.ended)
      return refuse('wrong-state', 'cannot add items: the list of this job has ended', 'start another job for them')
    const taken = list.turn.then(() => this.#take(list, given))
    list.turn = taken.catch(() => null)
    return await taken
  }

  async #take(list: OpenList, { at = list.channel.count, items, end }: Given): Promise<CommandResult<Taken>> {
    const { channel } = list
    list.heardAt = this.#parts.now()
    if (at > channel.count)
      return refuse('invalid-params', `cannot add items after the first ${at}: only ${channel.count} have come`)
    if (channel.full) return succeed({ items: channel.count, full: true })
    try {
      await channel.add(items.slice(channel.count - at))
    } catch (error) {
      const why = whyRefused(error)
      if (why === null) throw error
      return refuse('unavailable', `cannot keep items now: the disk has no room (${why})`, 'free some space')
    }
    if (end) this.#end(list, null)
    await this.#parts.turn()
    return succeed({ items: channel.count, full: channel.full })
  }

  /** A task has answered for the items [from, to). */
  async answered(number: number, told: { from: number; to: number; answer: Answer }): Promise<void> {
    const list = this.#lists.get(number)
    if (list === undefined) return
    list.channel.answer(told.from, await this.#answersIn(list.job, told))
  }

  /** What a damaged file has taken is told of, item by item: others go on. */
  async #answersIn(job: NewJob, { from, to, answer }: { from: number; to: number; answer: Answer }) {
    try {
      return z.array(itemAnswerSchema).parse(await this.#parts.valueOf(job, answer))
    } catch (error) {
      this.#parts.onError(error)
      const lost = { text: '', error: 'what came of it could not be read back' }
      return Array.from({ length: to - from }, () => lost)
    }
  }

  /** The list of a job that is unfinished; undefined when it has none here. */
  channel(number: number): Channel | undefined {
    return this.#lists.get(number)?.channel
  }

  /** Whether items may still be given. */
  isOpen(number: number): boolean {
    return this.#lists.get(number)?.ended === false
  }

  /** The engine has taken the job up anew from the ledger: it knows nothing of what no task has. */
  async again(number: number, ledger: LedgerJob): Promise<void> {
    const list = this.#lists.get(number)
    if (list === undefined) return
    await list.channel.tellAgain(takenBy(ledger))
    if (list.ended && !isAnswered(ledger)) this.#end(list, list.early)
  }

  /** To be called about once a second. */
  look(): void {
    for (const list of this.#lists.values()) list.channel.write()
    for (const list of this.#lists.values())
      if (list.input.open === 'leased' && !list.ended && this.#parts.now() - list.heardAt > leaseMs)
        list.turn = list.turn.then(() => this.#endEarly(list)).catch(this.#parts.onError)
  }

  /** The job is over. */
  async close(number: number): Promise<void> {
    const list = this.#lists.get(number)
    this.#lists.delete(number)
    await list?.channel.close()
  }

  async closeAll(): Promise<void> {
    for (const number of this.#lists.keys()) await this.close(number)
  }

  /** It may have been heard of since that was asked for. */
  async #endEarly(list: OpenList): Promise<void> {
    if (list.ended || this.#parts.now() - list.heardAt <= leaseMs) return
    this.#end(list, `${away} after ${list.channel.count} items`)
    await this.#parts.turn()
  }

  #end(list: OpenList, early: string | null): void {
    list.ended = true
    list.early = early
    this.#parts.engine.endList(
      list.job.number,
      { input: endedInput(list.input, early === null ? 'ended' : 'endedEarly'), early },
      this.#parts.now(),
    )
  }
}

/** From now on it is a text like any other. */
function endedInput(input: Input, open: 'ended' | 'endedEarly'): Input {
  const fd = openSync(input.path, 'r')
  try {
    const fingerprint = fingerprintOf(fd)
    return { ...input, bytes: fingerprint.bytes, cellBytes: cellBytesFor(fingerprint.bytes), fingerprint, open }
  } finally {
    closeSync(fd)
  }
}

/** The plan has gone on from the list. */
function isAnswered({ operations }: LedgerJob): boolean {
  return operations.some(({ type, answer }) => type === 'open' && answer !== undefined)
}

function tasksOfList(ledger: LedgerJob | null): LedgerJob['tasks'] {
  const list = ledger?.operations.find(({ type }) => type === 'open')
  return list === undefined ? [] : (ledger?.tasks ?? []).filter((task) => task.operation === list.id)
}

function takenBy(ledger: LedgerJob | null): { items: number; at: number } {
  const taken = { items: 0, at: 0 }
  for (const task of tasksOfList(ledger)) {
    const { end } = itemRangeSchema.parse(task.args)
    taken.items = Math.max(taken.items, task.to)
    taken.at = Math.max(taken.at, end)
  }
  return taken
}

function answeredBy(ledger: LedgerJob | null): { from: number; to: number; answer: Answer }[] {
  return tasksOfList(ledger).flatMap(({ state, from, to, answer }) =>
    state === 'succeeded' && answer !== null ? [{ from, to, answer }] : [],
  )
}
