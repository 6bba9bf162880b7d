import type { ValueType } from '../../datasets/expression/types.ts'
import type { ByteSink } from './byteSink.ts'

/**
 * The values of one source in the rows of a batch. Of text the bytes [start, end) count; of everything else the number, which is 0 or 1 for
 * truth values and epoch milliseconds for dates. A number with more digits than a double keeps has its exact spelling in the bytes beside it.
 */
export class BatchValues {
  readonly isText: boolean
  nulls = new Uint8Array(0)
  numbers = new Float64Array(0)
  starts = new Uint32Array(0)
  ends = new Uint32Array(0)
  bytes: Uint8Array = new Uint8Array(0)

  constructor(type: ValueType) {
    this.isText = type === 'text'
  }

  reserve(rows: number): void {
    if (rows <= this.nulls.length) return
    this.nulls = new Uint8Array(rows)
    this.numbers = new Float64Array(rows)
    this.starts = new Uint32Array(rows)
    this.ends = new Uint32Array(rows)
  }

  setNull(row: number): void {
    this.nulls[row] = 1
    this.numbers[row] = 0
    this.starts[row] = 0
    this.ends[row] = 0
  }

  setNumber(row: number, value: number): void {
    this.nulls[row] = 0
    this.numbers[row] = value
    this.starts[row] = 0
    this.ends[row] = 0
  }

  setPlace(row: number, start: number, end: number): void {
    this.nulls[row] = 0
    this.starts[row] = start
    this.ends[row] = end
  }

  /** So that equal values have equal bytes: text as it stands, else the number and its exact spelling if it has one. */
  write(row: number, sink: ByteSink): void {
    if (!this.isText) sink.double(this.numbers[row]!)
    sink.copy(this.bytes, this.starts[row]!, this.ends[row]!)
  }
}
