import { areEqual, type Bytes, type PlaceEvent } from './event.ts'
import { Kept, Seen } from './keptBytes.ts'
import type { IntervalOperation } from './kind.ts'

/**
 * Goes through events in order and finds the regions. All it knows of what came before is the key at hand, how many intervals are open, and
 * since where what may become a region goes on: for merge the start of the one that is open, for gaps the end of the last one, else where
 * the depth changed last. That is what a bucket has to be told of those before it.
 */
export interface Carry {
  group: Uint8Array
  depth: number
  since: Uint8Array | null
}

export interface Region {
  group: Bytes
  start: Bytes
  end: Bytes
  depth: number
}

export class Sweep {
  /** Keys that had not come before. */
  keys = 0
  intervals = 0
  readonly #operation: IntervalOperation
  readonly #take: (region: Region) => void
  readonly #group = new Kept()
  readonly #since = new Kept()
  readonly #position = new Seen()
  readonly #groupNow = new Seen()
  #hasGroup = false
  #hasSince = false
  #depth = 0

  constructor(operation: IntervalOperation, carry: Carry | null, take: (region: Region) => void) {
    this.#operation = operation
    this.#take = take
    if (carry === null) return
    this.#hasGroup = true
    this.#group.keep({ bytes: carry.group, start: 0, end: carry.group.length })
    this.#depth = carry.depth
    if (carry.since === null) return
    this.#hasSince = true
    this.#since.keep({ bytes: carry.since, start: 0, end: carry.since.length })
  }

  /** Each key and position comes once, in order. The region given is valid until this returns. */
  add(event: PlaceEvent): void {
    this.#groupNow.look(event.bytes, event.keyStart, event.groupEnd)
    this.#position.look(event.bytes, event.groupEnd, event.keyEnd)
    if (!this.#hasGroup || !areEqual(this.#group, this.#groupNow)) this.#beginGroup()
    this.intervals += event.starts + event.points
    const before = this.#depth
    this.#depth = before + event.starts - event.ends
    if (this.#operation === 'merge') this.#merge(before, event)
    else if (this.#operation === 'gaps') this.#gap(before)
    else this.#count(before, this.#operation === 'coverage' ? 1 : 2)
  }

  #beginGroup(): void {
    this.#group.keep(this.#groupNow)
    this.#hasGroup = true
    this.#hasSince = false
    this.#depth = 0
    this.keys += 1
  }

  /** One that starts where another ends goes on with it; a point in none, or between two, is a region of its own. */
  #merge(before: number, { starts }: PlaceEvent): void {
    if (before > 0 && this.#depth === 0) this.#give(this.#since, before)
    if (before > 0) return
    if (starts > 0) this.#mark()
    else this.#give(this.#position, 0)
  }

  #gap(before: number): void {
    if (before === 0 && this.#hasSince) this.#give(this.#since, 0)
    if (this.#depth === 0) this.#mark()
  }

  #count(before: number, least: number): void {
    if (before === this.#depth) return
    if (before >= least) this.#give(this.#since, before)
    this.#mark()
  }

  #mark(): void {
    this.#since.keep(this.#position)
    this.#hasSince = true
  }

  #give(start: Bytes, depth: number): void {
    this.#take({ group: this.#group, start, end: this.#position, depth })
  }
}
