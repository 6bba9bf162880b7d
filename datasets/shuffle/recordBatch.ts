import { kernels } from '../kernels/kernels.ts'
import type { Region } from '../kernels/memory.ts'
import { placeBytes, type PlacedRecords, placeWords, wordsPerPlace } from '../kernels/recordRequests.ts'

/**
 * Records on their way to their buckets, some thousands at a time, in the kernels' memory. `full` is called when there are enough of
 * them, and gets all; then they are forgotten. Whoever makes one releases it.
 */
const blockBytes = 512 * 1024 - 256
const mostRecords = 16 * 1024 - 64
/** Lines may be found so many at once. */
const foundAtOnce = 64

/** A record with its key somewhere in it, and where in all inputs it stands. */
export interface BatchedRecord {
  bytes: Uint8Array
  start: number
  keyStart: number
  keyEnd: number
  end: number
  position: number
}

export class RecordBatch implements PlacedRecords {
  count = 0
  readonly buckets: Region
  /** By record, a double. */
  readonly positions: Region
  readonly places: Region
  bytes: Region
  readonly #kernels = kernels()
  readonly #full: (batch: RecordBatch) => void
  #filled = 0

  constructor(full: (batch: RecordBatch) => void) {
    this.#full = full
    const { memory } = this.#kernels
    this.bytes = memory.allocate(blockBytes)
    this.places = memory.allocate(mostRecords * placeBytes)
    this.buckets = memory.allocate(mostRecords * 4)
    this.positions = memory.allocate(mostRecords * 8)
  }

  add({ bytes, start, keyStart, keyEnd, end, position }: BatchedRecord): void {
    const length = end - start
    this.#makeRoom(length)
    const at = this.#filled
    const target = this.bytes.bytes
    if (length < 48) for (let index = 0; index < length; index++) target[at + index] = bytes[start + index]!
    else target.set(bytes.subarray(start, end), at)
    const { words } = this.places
    const place = this.count * wordsPerPlace
    words[place + placeWords.start] = at
    words[place + placeWords.keyStart] = at + keyStart - start
    words[place + placeWords.keyEnd] = at + keyEnd - start
    words[place + placeWords.end] = at + length
    this.positions.doubles[this.count] = position
    this.#filled = at + length
    this.count += 1
  }

  /** Whole lines, each with its line feed, the first of which stands at `position`; returns how many. */
  addLines(lines: Uint8Array, position: number): number {
    this.#makeRoom(lines.length)
    const from = this.#filled
    this.bytes.bytes.set(lines, from)
    const to = from + lines.length
    this.#filled = to
    let added = 0
    for (let reached = from; reached < to;) {
      if (this.count + foundAtOnce > mostRecords) this.#giveAll()
      const { bytes, places, count } = this
      const found = this.#kernels.placeRecords({
        isKeyed: false,
        bytes,
        from: reached,
        to,
        places,
        count,
        capacity: mostRecords,
      })
      const starts = places.words
      const doubles = this.positions.doubles
      for (let record = count; record < found.count; record++)
        doubles[record] = position + starts[record * wordsPerPlace]! - from
      added += found.count - count
      this.count = found.count
      reached = found.reached
    }
    return added
  }

  /** Gives what has not been given. */
  finish(): void {
    this.#giveAll()
    this.#filled = 0
  }

  release(): void {
    for (const region of [this.bytes, this.places, this.buckets, this.positions]) region.free()
  }

  #makeRoom(bytes: number): void {
    if (this.count === mostRecords || this.#filled + bytes > this.bytes.length) this.finish()
    if (bytes <= this.bytes.length) return
    this.bytes.free()
    this.bytes = this.#kernels.memory.allocate(2 * bytes)
  }

  #giveAll(): void {
    if (this.count > 0) this.#full(this)
    this.count = 0
  }
}
