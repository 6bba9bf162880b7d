import { ExactSums } from '../../datasets/statistics/exactSums.ts'
import type { BatchValues } from './batchValues.ts'
import type { ByteSink } from './byteSink.ts'
import type { GroupCursor } from './groupFile.ts'
import { KeptValues } from './keptValues.ts'
import type { StateKind } from './shape.ts'

/** What is kept of one source in every group, side by side in arrays. It comes out the same in whatever parts rows are taken. */
export interface State {
  /** Makes room for groups 0 to `count` - 1. */
  grow(count: number): void
  /** Takes a batch: row r belongs to group groups[r], or to none when that is below 0. */
  add(values: BatchValues, groups: Int32Array, rows: number): void
  write(group: number, sink: ByteSink): void
  /** Adds what `write` wrote of rows that come behind those taken so far. */
  read(group: number, cursor: GroupCursor): void
  /** Forgets all groups. */
  clear(): void
  /** What so many groups take, about. */
  heldBytes(groups: number): number
}

export function makeState(kind: Exclude<StateKind, 'values'>, isText: boolean): State {
  switch (kind) {
    case 'count':
      return new Counts()
    case 'sum':
      return new Sums(false)
    case 'squares':
      return new Sums(true)
    default:
      return new KeptValues(kind, isText)
  }
}

export class Counts implements State {
  #counts = new Float64Array(16)

  grow(count: number): void {
    if (count <= this.#counts.length) return
    const larger = new Float64Array(Math.max(count, 2 * this.#counts.length))
    larger.set(this.#counts)
    this.#counts = larger
  }

  add({ nulls }: BatchValues, groups: Int32Array, rows: number): void {
    const counts = this.#counts
    for (let row = 0; row < rows; row++) {
      const group = groups[row]!
      if (group >= 0 && nulls[row] === 0) counts[group]! += 1
    }
  }

  /** One more for each row, whatever is in it. */
  addRows(groups: Int32Array, rows: number): void {
    const counts = this.#counts
    for (let row = 0; row < rows; row++) if (groups[row]! >= 0) counts[groups[row]!]! += 1
  }

  countOf(group: number): number {
    return this.#counts[group]!
  }

  write(group: number, sink: ByteSink): void {
    sink.varint(this.#counts[group]!)
  }

  read(group: number, cursor: GroupCursor): void {
    this.#counts[group]! += cursor.varint()
  }

  clear(): void {
    this.#counts.fill(0)
  }

  heldBytes(groups: number): number {
    return 8 * groups
  }
}

export class Sums implements State {
  readonly sums = new ExactSums()
  readonly #isOfSquares: boolean

  constructor(isOfSquares: boolean) {
    this.#isOfSquares = isOfSquares
  }

  grow(count: number): void {
    this.sums.grow(count)
  }

  add(values: BatchValues, groups: Int32Array, rows: number): void {
    const { nulls, numbers, ends } = values
    for (let row = 0; row < rows; row++) {
      const group = groups[row]!
      if (group < 0 || nulls[row] !== 0) continue
      const long = ends[row] === 0 ? null : longInteger(values, row)
      if (long !== null) this.sums.addInteger(group, this.#isOfSquares ? long ** 2n : long)
      else if (this.#isOfSquares) this.sums.addSquare(group, numbers[row]!)
      else this.sums.add(group, numbers[row]!)
    }
  }

  write(group: number, sink: ByteSink): void {
    const { high, low, rest } = this.sums.parts(group)
    sink.double(high)
    sink.double(low)
    if (rest === 0n) {
      sink.varint(0)
      return
    }
    const text = rest.toString(16)
    sink.varint(text.length)
    sink.copy(Buffer.from(text, 'latin1'), 0, text.length)
  }

  read(group: number, cursor: GroupCursor): void {
    const high = cursor.double()
    const low = cursor.double()
    this.sums.addParts(group, { high, low, rest: readHex(cursor.text()) })
  }

  clear(): void {
    this.sums.clear()
  }

  heldBytes(groups: number): number {
    return 16 * groups
  }
}

/** What has more digits than a double keeps, with all of them; null for a fraction, which counts as the nearest double. */
function longInteger({ bytes, starts, ends }: BatchValues, row: number): bigint | null {
  const digits = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(
    'latin1',
    starts[row],
    ends[row],
  )
  return digits.includes('.') ? null : BigInt(digits)
}

function readHex(text: string): bigint {
  if (text === '') return 0n
  return text.startsWith('-') ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`)
}
