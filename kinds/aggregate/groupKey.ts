import type { Value, ValueType } from '../../datasets/expression/types.ts'
import type { BatchValues } from './batchValues.ts'
import { type ByteSink, doubleAt } from './byteSink.ts'
import { compareDecimals } from './decimalText.ts'
import type { ByteView } from './groupFile.ts'

/**
 * The key of a group: for each of its columns the length of the value + 1 and the value (batchValues.ts), or 0 for null. Equal values have
 * equal keys.
 */
export function writeKey(columns: readonly BatchValues[], row: number, sink: ByteSink): void {
  sink.clear()
  for (const values of columns) {
    if (values.nulls[row] !== 0) sink.varint(0)
    else {
      sink.varint((values.isText ? 1 : 9) + values.ends[row]! - values.starts[row]!)
      values.write(row, sink)
    }
  }
}

/** A part of a key while it is being read; `length` -1 stands for null. */
export interface Part {
  at: number
  length: number
}

export function readPart(bytes: Uint8Array, part: Part): void {
  let value = 0
  for (let weight = 1; ; weight *= 128) {
    const byte = bytes[part.at++]!
    value += (byte & 127) * weight
    if (byte < 128) break
  }
  part.length = value - 1
}

/** Keys by their values, column by column: numbers by size, text by its bytes, nulls last. */
export class KeyOrder {
  readonly #types: readonly ValueType[]
  readonly #one: Part = { at: 0, length: 0 }
  readonly #other: Part = { at: 0, length: 0 }

  constructor(types: readonly ValueType[]) {
    this.#types = types
  }

  compare(one: ByteView, other: ByteView): number {
    const [left, right] = [this.#one, this.#other]
    left.at = one.start
    right.at = other.start
    for (const type of this.#types) {
      readPart(one.bytes, left)
      readPart(other.bytes, right)
      if (left.length < 0 || right.length < 0) {
        if (left.length !== right.length) return left.length < 0 ? 1 : -1
        continue
      }
      const sign = this.#compareValues(type, one.bytes, other.bytes)
      if (sign !== 0) return sign
      left.at += left.length
      right.at += right.length
    }
    return 0
  }

  values({ bytes, start }: ByteView): Value[] {
    const part: Part = { at: start, length: 0 }
    return this.#types.map((type) => {
      readPart(bytes, part)
      if (part.length < 0) return null
      const value = valueAt(type, bytes, part)
      part.at += part.length
      return value
    })
  }

  #compareValues(type: ValueType, bytes: Uint8Array, otherBytes: Uint8Array): number {
    const [left, right] = [this.#one, this.#other]
    const length = type === 'text' ? Math.min(left.length, right.length) : 8
    for (let index = 0; index < length; index++) {
      const difference = bytes[left.at + index]! - otherBytes[right.at + index]!
      if (difference !== 0) return difference
    }
    if (type === 'text' || (left.length === 8 && right.length === 8)) return left.length - right.length
    return compareDecimals(String(valueAt(type, bytes, left)), String(valueAt(type, otherBytes, right)))
  }
}

/** A value as `BatchValues.write` wrote it. */
function valueAt(type: ValueType, bytes: Uint8Array, { at, length }: Part): Value {
  const textFrom = type === 'text' ? at : at + 8
  if (type === 'text' || length > 8) return bufferOver(bytes).toString('utf8', textFrom, at + length)
  const number = doubleAt(bytes, at)
  return type === 'boolean' ? number === 1 : number
}

/** The same bytes again and again: keys are read out of one block. */
let known: { bytes: Uint8Array; buffer: Buffer } = { bytes: new Uint8Array(0), buffer: Buffer.alloc(0) }

function bufferOver(bytes: Uint8Array): Buffer {
  if (known.bytes !== bytes) known = { bytes, buffer: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) }
  return known.buffer
}
