import type { Table } from '../../contract/table.ts'
import type { ColumnTest } from '../expression/conjunction.ts'
import { kernels } from '../kernels/kernels.ts'
import type { Region } from '../kernels/memory.ts'
import type { Kernels, Notation } from '../kernels/requests.ts'
import { rowStates, type Verdicts } from '../kernels/testRequests.ts'
import { type RowBatch, rowFlags } from './batch.ts'

/** Tests of columns against constants, for all rows of a batch at once. What comes of them stands in the kernels' memory until `release`. */
export interface PlacedTest {
  test: ColumnTest
  column: number
  type: 'number' | 'text'
}

interface Ready {
  column: number
  verdicts: Verdicts
  /** A number, or where the text lies. */
  constant: number | Region
}

interface Room {
  rows: number
  starts: Region
  ends: Region
  nulls: Region
  states: Region
}

const stateOf = (verdict: boolean | null): number =>
  verdict === null ? rowStates.unknown : verdict ? rowStates.yes : rowStates.no

export class FieldTests {
  readonly #kernels: Kernels
  readonly #notation: Notation
  readonly #tests: Ready[]
  #room: Room
  /** Fields have the places here that they have in their batch. */
  #bytes: Region
  /** What of the batch at hand has been copied. */
  #copied: { from: number; to: number } | null = null

  constructor(table: Pick<Table, 'decimal' | 'thousands'>, tests: readonly PlacedTest[], using = kernels()) {
    this.#kernels = using
    const { decimal, thousands } = table
    this.#notation = {
      decimal: decimal.charCodeAt(0),
      thousands: thousands === '' ? null : thousands.charCodeAt(0),
    }
    this.#tests = tests.map((test) => this.#ready(test))
    this.#room = this.#allocateRoom(4096)
    this.#bytes = using.memory.allocate(256 * 1024)
  }

  /** The state of each row. Valid until kernels are used again. */
  states(batch: RowBatch): Uint8Array {
    const room = this.#roomFor(batch.rows)
    this.#copied = null
    room.states.bytes.fill(rowStates.yes, 0, batch.rows)
    for (const test of this.#tests) this.#run(test, batch, room)
    return room.states.bytes
  }

  release(): void {
    for (const { constant } of this.#tests) if (typeof constant !== 'number') constant.free()
    this.#freeRoom()
    this.#bytes.free()
  }

  #ready({ test, column, type }: PlacedTest): Ready {
    const { less, equal, greater, nothing, constant } = test
    const verdicts = {
      less: stateOf(less),
      equal: stateOf(equal),
      greater: stateOf(greater),
      nothing: stateOf(nothing),
    }
    if (type === 'number') return { column, verdicts, constant: Number(constant) }
    const text = Buffer.from(String(constant ?? ''))
    const region = this.#kernels.memory.allocate(text.length)
    region.bytes.set(text)
    return { column, verdicts, constant: region }
  }

  #run({ column, verdicts, constant }: Ready, batch: RowBatch, room: Room): void {
    const { starts, ends, nulls, states } = room
    this.#gather(batch, column, room)
    const tested = { bytes: this.#bytes, starts, ends, nulls, states, count: batch.rows, verdicts }
    if (typeof constant === 'number') this.#kernels.testNumbers({ ...tested, constant, notation: this.#notation })
    else this.#kernels.testTexts({ ...tested, constant })
  }

  /** The places of one column's fields, side by side. */
  #gather(batch: RowBatch, column: number, room: Room): void {
    const [starts, ends, nulls] = [room.starts.words, room.ends.words, room.nulls.bytes]
    const { rows, columns } = batch
    let [low, high] = [batch.bytes.length, 0]
    for (let row = 0, field = column; row < rows; row++, field += columns) {
      const start = batch.starts[field]!
      const end = batch.ends[field]!
      nulls[row] = batch.flags[field]! & rowFlags.null
      starts[row] = start
      ends[row] = end
      if (start === end) continue
      if (start < low) low = start
      if (end > high) high = end
    }
    if (low < high) this.#copy(batch.bytes, low, high)
  }

  /** What of [from, to) has not been copied yet, with what lies between, so that the copied bytes are one run. */
  #copy(bytes: Uint8Array, from: number, to: number): void {
    const copied = this.#copied
    if (copied === null || to > this.#bytes.length) {
      this.#reserve(to)
      this.#bytes.bytes.set(bytes.subarray(from, to), from)
      this.#copied = { from, to }
      return
    }
    if (from < copied.from) this.#bytes.bytes.set(bytes.subarray(from, copied.from), from)
    if (to > copied.to) this.#bytes.bytes.set(bytes.subarray(copied.to, to), copied.to)
    this.#copied = { from: Math.min(from, copied.from), to: Math.max(to, copied.to) }
  }

  #reserve(bytes: number): void {
    if (this.#bytes.length >= bytes) return
    this.#bytes.free()
    this.#bytes = this.#kernels.memory.allocate(2 * bytes)
  }

  #roomFor(rows: number): Room {
    if (this.#room.rows >= rows) return this.#room
    this.#freeRoom()
    this.#room = this.#allocateRoom(2 * rows)
    return this.#room
  }

  #allocateRoom(rows: number): Room {
    const { memory } = this.#kernels
    const [starts, ends] = [memory.allocate(4 * rows), memory.allocate(4 * rows)]
    return { rows, starts, ends, nulls: memory.allocate(rows), states: memory.allocate(rows) }
  }

  #freeRoom(): void {
    const { starts, ends, nulls, states } = this.#room
    for (const region of [starts, ends, nulls, states]) region.free()
  }
}
