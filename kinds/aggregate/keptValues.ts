import type { Value, ValueType } from '../../datasets/expression/types.ts'
import type { BatchValues } from './batchValues.ts'
import type { ByteSink } from './byteSink.ts'
import { compareDecimals } from './decimalText.ts'
import type { ByteView, GroupCursor } from './groupFile.ts'
import type { State } from './states.ts'

/**
 * One value of each group: the least, the greatest, the first or the last. Text compares by its bytes; a number that a double cannot hold has
 * its exact spelling as bytes beside the double. A value that follows takes the place of the one before where it fits.
 */
export type Choice = 'least' | 'greatest' | 'first' | 'last'

export class KeptValues implements State {
  readonly #choice: Choice
  readonly #isText: boolean
  /** Of greater numbers: 1 where they are wanted, -1 where lesser ones are; 0 where the size of numbers does not decide. */
  readonly #sign: number
  #has = new Uint8Array(16)
  #numbers = new Float64Array(16)
  #starts = new Uint32Array(16)
  #lengths = new Uint32Array(16)
  #rooms = new Uint32Array(16)
  #arena = new Uint8Array(256)
  #used = 0

  constructor(choice: Choice, isText: boolean) {
    this.#choice = choice
    this.#isText = isText
    this.#sign = isText ? 0 : choice === 'greatest' ? 1 : choice === 'least' ? -1 : 0
  }

  grow(count: number): void {
    if (count <= this.#has.length) return
    const size = Math.max(count, 2 * this.#has.length)
    const [has, numbers] = [new Uint8Array(size), new Float64Array(size)]
    has.set(this.#has)
    numbers.set(this.#numbers)
    this.#has = has
    this.#numbers = numbers
    this.#starts = enlarged(this.#starts, size)
    this.#lengths = enlarged(this.#lengths, size)
    this.#rooms = enlarged(this.#rooms, size)
  }

  add(values: BatchValues, groups: Int32Array, rows: number): void {
    const { nulls, numbers, starts, ends } = values
    const place: ByteView = { bytes: values.bytes, start: 0, end: 0 }
    for (let row = 0; row < rows; row++) {
      const group = groups[row]!
      if (group < 0 || nulls[row] !== 0 || this.#isBeaten(group, numbers[row]!)) continue
      place.start = starts[row]!
      place.end = ends[row]!
      this.#offer(group, numbers[row]!, place)
    }
  }

  /** What is soon told of most rows: that nothing changes. */
  #isBeaten(group: number, number: number): boolean {
    if (this.#has[group] === 0 || this.#sign === 0) return this.#has[group] !== 0 && this.#choice === 'first'
    return this.#sign * number < this.#sign * this.#numbers[group]!
  }

  write(group: number, sink: ByteSink): void {
    sink.varint(this.#has[group]!)
    if (this.#has[group] === 0) return
    if (!this.#isText) sink.double(this.#numbers[group]!)
    const start = this.#starts[group]!
    const length = this.#lengths[group]!
    sink.varint(length)
    sink.copy(this.#arena, start, start + length)
  }

  read(group: number, cursor: GroupCursor): void {
    if (cursor.varint() === 0) return
    const number = this.#isText ? 0 : cursor.double()
    cursor.take(cursor.varint())
    this.#offer(group, number, cursor)
  }

  valueOf(group: number, type: ValueType): Value {
    if (this.#has[group] === 0) return null
    const start = this.#starts[group]!
    const text = Buffer.from(this.#arena.buffer, start, this.#lengths[group]).toString('utf8')
    if (this.#isText || text !== '') return text
    return type === 'boolean' ? this.#numbers[group] === 1 : this.#numbers[group]!
  }

  clear(): void {
    this.#has.fill(0)
    this.#lengths.fill(0)
    this.#rooms.fill(0)
    this.#used = 0
  }

  heldBytes(groups: number): number {
    return this.#used + 21 * groups
  }

  #offer(group: number, number: number, place: ByteView): void {
    if (this.#has[group] === 0 || this.#isChosen(group, number, place)) this.#keep(group, number, place)
  }

  #isChosen(group: number, number: number, place: ByteView): boolean {
    switch (this.#choice) {
      case 'first':
        return false
      case 'last':
        return true
      case 'least':
        return this.#compare(group, number, place) < 0
      default:
        return this.#compare(group, number, place) > 0
    }
  }

  /** Of what is offered to what is kept. */
  #compare(group: number, number: number, { bytes, start, end }: ByteView): number {
    const from = this.#starts[group]!
    const to = from + this.#lengths[group]!
    if (this.#isText) return compareBytes(bytes, { start, end }, { bytes: this.#arena, start: from, end: to })
    const kept = this.#numbers[group]!
    if (number !== kept || (start === end && from === to)) return number - kept
    return compareDecimals(
      spelling(number, { bytes, start, end }),
      spelling(kept, { bytes: this.#arena, start: from, end: to }),
    )
  }

  #keep(group: number, number: number, { bytes, start, end }: ByteView): void {
    const length = end - start
    this.#has[group] = 1
    this.#numbers[group] = number + 0
    this.#lengths[group] = length
    if (length > this.#rooms[group]!) {
      this.#reserve(length)
      this.#starts[group] = this.#used
      this.#rooms[group] = length
      this.#used += length
    }
    if (length > 0) this.#arena.set(bytes.subarray(start, end), this.#starts[group])
  }

  #reserve(more: number): void {
    if (this.#used + more <= this.#arena.length) return
    const larger = new Uint8Array(2 * (this.#used + more))
    larger.set(this.#arena.subarray(0, this.#used))
    this.#arena = larger
  }
}

/** Of a number, all its digits. */
function spelling(number: number, { bytes, start, end }: ByteView): string {
  return start === end
    ? String(number)
    : Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
}

/** In the order of bytes; a beginning comes first. */
export function compareBytes(
  bytes: Uint8Array,
  { start, end }: { start: number; end: number },
  other: ByteView,
): number {
  const length = end - start
  const otherLength = other.end - other.start
  const stop = start + Math.min(length, otherLength)
  for (let at = start, against = other.start; at < stop; at++, against++) {
    const difference = bytes[at]! - other.bytes[against]!
    if (difference !== 0) return difference
  }
  return length - otherLength
}

function enlarged(array: Uint32Array<ArrayBuffer>, size: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(size)
  larger.set(array)
  return larger
}
