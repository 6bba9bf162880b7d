import { rmSync } from 'node:fs'
import type { FileRef } from '../../contract/outcome.ts'
import type { RunContext } from '../../contract/run.ts'
import { kernels } from '../../datasets/kernels/kernels.ts'
import type { Region } from '../../datasets/kernels/memory.ts'
import { placeBytes, placeWords, sortWorkBytes, wordsPerPlace } from '../../datasets/kernels/recordRequests.ts'
import { areEqual, copyBytes, EventEncoder, EventView, type PlaceEvent } from './event.ts'
import { EventCursor, EventWriter } from './eventFile.ts'

/**
 * Puts events in order and adds up those of one key and position, in memory that is bounded: what does not fit becomes a scratch file
 * in order, and these are merged. Its memory is the kernels': `release` gives it back.
 */
export type EventVisitor = (event: PlaceEvent) => void

const firstBytes = 1024 * 1024 - 256
/** Kernels want room for so many more than they find. */
const spareRecords = 64
/** When there are so many files they become one. */
const mostRuns = 32

type SorterContext = Pick<RunContext, 'path' | 'scratch' | 'progress'>

export class EventSorter {
  readonly #context: SorterContext
  readonly #mostBytes: number
  readonly #memory = kernels().memory
  readonly #encoder = new EventEncoder()
  #bytes: Region
  #filled = 0
  #count = 0
  #runs: FileRef[] = []

  constructor(context: SorterContext, mostBytes: number) {
    this.#context = context
    this.#mostBytes = mostBytes
    this.#bytes = this.#memory.allocate(Math.min(firstBytes, mostBytes))
  }

  add(event: PlaceEvent): void {
    const encoder = this.#encoder
    encoder.encode(event)
    this.#makeRoom(encoder.end)
    copyBytes(encoder.bytes, { from: 0, to: encoder.end }, { bytes: this.#bytes.bytes, at: this.#filled })
    this.added(encoder.end, 1)
  }

  /** Room for so many bytes of whole records, which are to be written there and told by `added` before anything else. */
  room(bytes: number): Uint8Array {
    this.#makeRoom(bytes)
    return this.#bytes.bytes.subarray(this.#filled, this.#filled + bytes)
  }

  added(bytes: number, records: number): void {
    this.#filled += bytes
    this.#count += records
  }

  /** Visits all events in order, each key and position once. */
  finish(visit: EventVisitor): void {
    if (this.#runs.length === 0) return this.#visitSorted(visit)
    this.#spill()
    mergeEvents(this.#context, this.#runs, visit)
  }

  release(): void {
    this.#bytes.free()
  }

  #makeRoom(bytes: number): void {
    if (this.#filled + bytes <= this.#bytes.length) return
    if (this.#filled > 0 && this.#filled + bytes > this.#mostBytes) this.#spill()
    if (this.#filled + bytes <= this.#bytes.length) return
    const grown = this.#memory.allocate(
      Math.max(this.#filled + bytes, Math.min(this.#mostBytes, 2 * this.#bytes.length)),
    )
    grown.bytes.set(this.#bytes.bytes.subarray(0, this.#filled))
    this.#bytes.free()
    this.#bytes = grown
  }

  #visitSorted(visit: EventVisitor): void {
    const places = this.#memory.allocate((this.#count + spareRecords) * placeBytes)
    const order = this.#memory.allocate(Math.max(1, this.#count) * 4)
    try {
      this.#sort(places, order)
      const sum = new EventSum(visit)
      const view = new EventView()
      for (let at = 0; at < this.#count; at++) {
        const place = order.words[at]! * wordsPerPlace
        const { words } = places
        view.lookBehind(this.#bytes.bytes, words[place + placeWords.keyStart]!, words[place + placeWords.keyEnd]!)
        sum.add(view)
      }
      sum.finish()
    } finally {
      places.free()
      order.free()
    }
  }

  #sort(places: Region, order: Region): void {
    const capacity = this.#count + spareRecords
    const all = { isKeyed: true, bytes: this.#bytes, to: this.#filled, places, capacity }
    for (let from = 0, count = 0; from < this.#filled;) {
      const found = kernels().placeRecords({ ...all, from, count })
      from = found.reached
      count = found.count
    }
    if (this.#count === 0) return
    const work = this.#memory.allocate(sortWorkBytes(this.#count))
    kernels().sortRecords({ records: { bytes: this.#bytes, places, count: this.#count }, work, order })
    work.free()
  }

  #spill(): void {
    if (this.#count === 0) return
    const writer = new EventWriter(this.#context.scratch('run'))
    this.#visitSorted((event) => writer.write(event))
    this.#filled = 0
    this.#count = 0
    this.#runs.push(writer.finish())
    this.#context.progress(0, 0)
    if (this.#runs.length === mostRuns) this.#mergeRuns()
  }

  #mergeRuns(): void {
    const writer = new EventWriter(this.#context.scratch('run'))
    mergeEvents(this.#context, this.#runs, (event) => writer.write(event))
    for (const run of this.#runs) rmSync(this.#context.path(run))
    this.#runs = [writer.finish()]
  }
}

/** Adds events that come one after the other and are of one key and position. */
class EventSum implements PlaceEvent {
  bytes = new Uint8Array(256)
  readonly keyStart = 0
  groupEnd = 0
  keyEnd = 0
  starts = 0
  ends = 0
  points = 0
  readonly #visit: EventVisitor

  constructor(visit: EventVisitor) {
    this.#visit = visit
  }

  add(event: PlaceEvent): void {
    const { bytes, keyStart, keyEnd } = event
    const isSame = areEqual({ bytes: this.bytes, start: 0, end: this.keyEnd }, { bytes, start: keyStart, end: keyEnd })
    if (!isSame) {
      this.finish()
      this.#begin(event)
    }
    this.starts += event.starts
    this.ends += event.ends
    this.points += event.points
  }

  finish(): void {
    if (this.keyEnd > 0) this.#visit(this)
  }

  #begin({ bytes, keyStart, groupEnd, keyEnd }: PlaceEvent): void {
    const length = keyEnd - keyStart
    if (this.bytes.length < length) this.bytes = new Uint8Array(2 * length)
    copyBytes(bytes, { from: keyStart, to: keyEnd }, { bytes: this.bytes, at: 0 })
    this.groupEnd = groupEnd - keyStart
    this.keyEnd = length
    this.starts = 0
    this.ends = 0
    this.points = 0
  }
}

/** Between two looks whether the task has been told to stop. */
const eventsPerLook = 64 * 1024

/** Files in order as one order. They are few: each event is compared with the first of each. */
function mergeEvents(context: SorterContext, files: readonly FileRef[], visit: EventVisitor): void {
  const cursors = files.map((file) => new EventCursor(context, file))
  try {
    const sum = new EventSum(visit)
    const open = cursors.filter((cursor) => cursor.next())
    for (let looked = 0; open.length > 0; looked++) {
      const first = leastOf(open)
      const cursor = open[first]!
      sum.add(cursor)
      if (!cursor.next()) open.splice(first, 1)
      if (looked % eventsPerLook === 0) context.progress(0, 0)
    }
    sum.finish()
  } finally {
    for (const cursor of cursors) cursor.close()
  }
}

function leastOf(events: readonly PlaceEvent[]): number {
  let least = 0
  for (let at = 1; at < events.length; at++) if (compareKeys(events[at]!, events[least]!) < 0) least = at
  return least
}

function compareKeys(one: PlaceEvent, other: PlaceEvent): number {
  const length = Math.min(one.keyEnd - one.keyStart, other.keyEnd - other.keyStart)
  for (let at = 0; at < length; at++) {
    const difference = one.bytes[one.keyStart + at]! - other.bytes[other.keyStart + at]!
    if (difference !== 0) return difference
  }
  return one.keyEnd - one.keyStart - (other.keyEnd - other.keyStart)
}
