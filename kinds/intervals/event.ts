/**
 * What happens at a position of a key: so many intervals start there, so many end, and so many are nothing but this point. Events of one key
 * and position add up, so that it does not matter how many of them there were on the way.
 */
export interface PlaceEvent {
  bytes: Uint8Array
  /** The key of the intervals stands in [keyStart, groupEnd), the position in [groupEnd, keyEnd); both in the order of their bytes. */
  keyStart: number
  groupEnd: number
  keyEnd: number
  starts: number
  ends: number
  points: number
}

/**
 * As they stand in scratch files: the lengths of what is sorted by and of the rest as varints of seven bits (LEB128), the key and the
 * position, and then, as varints, the length of the key, starts, ends and points.
 */
const mostVarintBytes = 8

/** Puts a record together: `bytes` holds it in [start, end) until the next one. */
export class EventEncoder {
  bytes = new Uint8Array(256)
  readonly start = 0
  end = 0
  keyStart = 0
  keyEnd = 0
  /** Events have no place in the input. */
  readonly position = 0
  readonly #rest = new Uint8Array(4 * mostVarintBytes)

  encode(event: PlaceEvent): void {
    const keyLength = event.keyEnd - event.keyStart
    if (this.bytes.length < keyLength + 6 * mostVarintBytes)
      this.bytes = new Uint8Array(2 * (keyLength + 6 * mostVarintBytes))
    let rest = writeVarint(this.#rest, 0, event.groupEnd - event.keyStart)
    rest = writeVarint(this.#rest, rest, event.starts)
    rest = writeVarint(this.#rest, rest, event.ends)
    rest = writeVarint(this.#rest, rest, event.points)
    this.keyStart = writeVarint(this.bytes, writeVarint(this.bytes, 0, keyLength), rest)
    this.keyEnd = this.keyStart + keyLength
    copyBytes(event.bytes, { from: event.keyStart, to: event.keyEnd }, { bytes: this.bytes, at: this.keyStart })
    copyBytes(this.#rest, { from: 0, to: rest }, { bytes: this.bytes, at: this.keyEnd })
    this.end = this.keyEnd + rest
  }
}

/** Looks at records where they lie. */
export class EventView implements PlaceEvent {
  bytes: Uint8Array = new Uint8Array(0)
  keyStart = 0
  groupEnd = 0
  keyEnd = 0
  starts = 0
  ends = 0
  points = 0
  /** Behind the record. */
  end = 0
  #at = 0

  /** The record at `start`, which is there as a whole. */
  look(bytes: Uint8Array, start: number): void {
    this.measure(bytes, start)
    this.lookBehind(bytes, this.keyStart, this.keyEnd)
  }

  /** Where the record ends that begins at `start`; its lengths have to be there. */
  measure(bytes: Uint8Array, start: number): void {
    this.bytes = bytes
    this.#at = start
    const keyLength = this.#varint()
    const restLength = this.#varint()
    this.keyStart = this.#at
    this.keyEnd = this.#at + keyLength
    this.end = this.keyEnd + restLength
  }

  /** The record whose key stands in [keyStart, keyEnd). */
  lookBehind(bytes: Uint8Array, keyStart: number, keyEnd: number): void {
    this.bytes = bytes
    this.keyStart = keyStart
    this.keyEnd = keyEnd
    this.#at = keyEnd
    this.groupEnd = keyStart + this.#varint()
    this.starts = this.#varint()
    this.ends = this.#varint()
    this.points = this.#varint()
    this.end = this.#at
  }

  #varint(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.#at++]!
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
}

/** So many bytes have the lengths of any record. */
export const headBytes = 2 * mostVarintBytes

export function writeVarint(bytes: Uint8Array, from: number, value: number): number {
  let at = from
  let left = value
  for (; left >= 128; left = Math.floor(left / 128)) bytes[at++] = (left % 128) | 128
  bytes[at++] = left
  return at
}

/** Short runs are copied faster one by one than by a call. */
export function copyBytes(
  source: Uint8Array,
  { from, to }: { from: number; to: number },
  target: { bytes: Uint8Array; at: number },
): void {
  if (to - from >= 48) target.bytes.set(source.subarray(from, to), target.at)
  else for (let at = from; at < to; at++) target.bytes[target.at + at - from] = source[at]!
}

export interface Bytes {
  bytes: Uint8Array
  start: number
  end: number
}

export function areEqual(one: Bytes, other: Bytes): boolean {
  const length = one.end - one.start
  if (other.end - other.start !== length) return false
  // From the end: neighbours in order differ there first.
  for (let at = length - 1; at >= 0; at--) if (one.bytes[one.start + at] !== other.bytes[other.start + at]) return false
  return true
}
