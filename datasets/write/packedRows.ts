import { closeSync, openSync } from 'node:fs'
import { invariant } from '../../contract/invariant.ts'
import type { FileRef } from '../../contract/outcome.ts'
import { PartLost, type RunContext } from '../../contract/run.ts'
import { readAt } from '../bytes/read.ts'
import type { FieldValue } from './fieldValues.ts'

/**
 * Rows of values in a scratch file: the bytes of the row (a 32-bit integer), then each value behind a byte that says what it is. All
 * little-endian.
 */
const tags = { nothing: 0, integer: 1, number: 2, no: 3, yes: 4, text: 5 } as const
const headBytes = 4
const blockBytes = 256 * 1024

export class PackedWriter {
  readonly #write: (row: Uint8Array) => void
  #bytes = Buffer.alloc(4096)
  #length = headBytes

  /** `write` gets the rows, one after the other. */
  constructor(write: (row: Uint8Array) => void) {
    this.#write = write
  }

  /** The row's next value. */
  add(value: FieldValue): void {
    this.#reserve(9)
    if (value === null) this.#tag(tags.nothing)
    else if (typeof value === 'boolean') this.#tag(value ? tags.yes : tags.no)
    else if (typeof value === 'bigint') {
      this.#tag(tags.integer)
      this.#length = this.#bytes.writeBigInt64LE(value, this.#length)
    } else if (typeof value === 'number') {
      this.#tag(tags.number)
      this.#length = this.#bytes.writeDoubleLE(value, this.#length)
    } else this.#text(value)
  }

  endRow(): void {
    this.#bytes.writeUint32LE(this.#length - headBytes, 0)
    this.#write(this.#bytes.subarray(0, this.#length))
    this.#length = headBytes
  }

  #tag(tag: number): void {
    this.#bytes[this.#length++] = tag
  }

  #text(text: string): void {
    const most = 3 * text.length
    this.#reserve(5 + most)
    this.#tag(tags.text)
    const written = this.#bytes.write(text, this.#length + 4, most, 'utf8')
    this.#bytes.writeUint32LE(written, this.#length)
    this.#length += 4 + written
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const larger = Buffer.alloc(2 * (this.#length + more))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}

/** The rows of such a file, in memory for a block or the longest row. */
export function* packedRows(context: Pick<RunContext, 'path'>, ref: FileRef): Generator<FieldValue[]> {
  const fd = openSync(context.path(ref), 'r')
  let block = Buffer.alloc(blockBytes)
  const read = (place: number): number => readAt(fd, block, place)
  try {
    for (let place = 0; place < ref.bytes;) {
      let filled = read(place)
      const length = headBytes + (filled < headBytes ? 0 : block.readUint32LE(0))
      if (length > block.length) {
        block = Buffer.alloc(length)
        filled = read(place)
      }
      if (filled < length || filled < headBytes) throw new PartLost(ref.file, `it ends before byte ${place + length}`)
      const whole = block.subarray(0, endOfLast(block, filled))
      for (const { values } of packedRowsIn(whole)) yield values
      place += whole.length
    }
  } finally {
    closeSync(fd)
  }
}

/** The rows that stand one behind the other, with the bytes that each takes. */
export function* packedRowsIn(bytes: Buffer): Generator<{ values: FieldValue[]; bytes: number }> {
  for (let at = 0; at < bytes.length;) {
    const end = endOf(bytes, at, bytes.length)
    invariant(end !== null, 'packed rows are whole')
    yield { values: unpack(bytes.subarray(at + headBytes, end)), bytes: end - at }
    at = end
  }
}

function endOfLast(block: Buffer, filled: number): number {
  let at = 0
  for (let end = endOf(block, at, filled); end !== null; end = endOf(block, at, filled)) at = end
  return at
}

/** Where the row at `at` ends, if it ends in the block. */
function endOf(block: Buffer, at: number, filled: number): number | null {
  if (at + headBytes > filled) return null
  const end = at + headBytes + block.readUint32LE(at)
  return end <= filled ? end : null
}

function unpack(row: Buffer): FieldValue[] {
  const values: FieldValue[] = []
  for (let at = 0; at < row.length;) {
    const tag = row[at++]
    switch (tag) {
      case tags.nothing:
        values.push(null)
        break
      case tags.no:
      case tags.yes:
        values.push(tag === tags.yes)
        break
      case tags.integer:
        values.push(row.readBigInt64LE(at))
        at += 8
        break
      case tags.number:
        values.push(row.readDoubleLE(at))
        at += 8
        break
      default: {
        invariant(tag === tags.text, 'a packed value has a tag')
        const length = row.readUint32LE(at)
        values.push(row.toString('utf8', at + 4, at + 4 + length))
        at += 4 + length
      }
    }
  }
  return values
}
