import type { Bytes, PlaceEvent } from './event.ts'
import { copyBytes } from './event.ts'
import type { GroupKey } from './groupKey.ts'
import type { Positions } from './positions.ts'

/** Makes the events of intervals, one interval after the other. */
export class IntervalEvents {
  readonly #visit: (event: PlaceEvent) => void
  readonly #event: PlaceEvent = {
    bytes: new Uint8Array(0),
    keyStart: 0,
    groupEnd: 0,
    keyEnd: 0,
    starts: 0,
    ends: 0,
    points: 0,
  }
  #start = new Uint8Array(64)
  #startLength = 0

  /** The event given is valid until `visit` returns. */
  constructor(visit: (event: PlaceEvent) => void) {
    this.#visit = visit
  }

  /** Says why there is no such interval, or null when its events have been given. */
  add(group: GroupKey, positions: Positions, { start, end }: { start: Bytes; end: Bytes }): string | null {
    const complaint = positions.read(start, 'start')
    if (complaint !== null) return complaint
    this.#keepStart(positions)
    const other = positions.read(end, 'end')
    if (other !== null) return other
    const order = this.#compare(positions)
    if (order > 0 || (order === 0 && !positions.mayBeEmpty)) return 'it ends before it starts'
    if (order === 0) this.#give(group, positions, { starts: 0, ends: 0, points: 1 })
    else {
      this.#give(group, { bytes: this.#start, length: this.#startLength }, { starts: 1, ends: 0, points: 0 })
      this.#give(group, positions, { starts: 0, ends: 1, points: 0 })
    }
    return null
  }

  #keepStart({ bytes, length }: Positions): void {
    if (this.#start.length < length) this.#start = new Uint8Array(2 * length)
    copyBytes(bytes, { from: 0, to: length }, { bytes: this.#start, at: 0 })
    this.#startLength = length
  }

  #compare({ bytes, length }: Positions): number {
    for (let at = 0; at < Math.min(length, this.#startLength); at++) {
      const difference = this.#start[at]! - bytes[at]!
      if (difference !== 0) return difference
    }
    return this.#startLength - length
  }

  #give(
    group: GroupKey,
    { bytes, length }: { bytes: Uint8Array; length: number },
    counts: Pick<PlaceEvent, 'starts' | 'ends' | 'points'>,
  ): void {
    group.reserve(length)
    copyBytes(bytes, { from: 0, to: length }, { bytes: group.bytes, at: group.length })
    const event = this.#event
    event.bytes = group.bytes
    event.groupEnd = group.length
    event.keyEnd = group.length + length
    event.starts = counts.starts
    event.ends = counts.ends
    event.points = counts.points
    this.#visit(event)
  }
}
