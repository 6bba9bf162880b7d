import { closeSync, openSync } from 'node:fs'
import { invariant } from '../../contract/invariant.ts'
import type { FileRef } from '../../contract/outcome.ts'
import { PartLost, type RunContext, type ScratchWriter } from '../../contract/run.ts'
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
  readonly #writer: ScratchWriter
  #bytes = Buffer.alloc(4096)
  #length = headBytes
  #rows = 0

  constructor(writer: ScratchWriter) {
    this.#writer = writer
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
    this.#writer.write(this.#bytes.subarray(0, this.#length))
    this.#length = headBytes
    this.#rows += 1
  }

  finish(): FileRef {
    return this.#writer.finish(this.#rows)
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
      let at = 0
      for (let end = endOf(block, at, filled); end !== null; end = endOf(block, at, filled)) {
        yield unpack(block.subarray(at + headBytes, end))
        at = end
      }
      place += at
    }
  } finally {
    closeSync(fd)
  }
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
