import { type RowBatch, rowFlags } from '../../datasets/table/batch.ts'
import type { Bytes } from './event.ts'

/**
 * What intervals belong together by: for each key column a class, which is 0 for a null, and otherwise 1 and the text, in which a zero byte is
 * followed by 255, and which two zero bytes end. So bytes compare as the texts do, and no key is the beginning of another.
 */
const [nullClass, textClass, escaped, endMark] = [0, 1, 0xff, 0] as const

export class GroupKey {
  /** The key stands in [0, length), with room for as many bytes behind it as were asked for. */
  bytes = new Uint8Array(256)
  length = 0

  begin(): void {
    this.length = 0
  }

  field(batch: RowBatch, field: number): void {
    const start = batch.starts[field]!
    const end = batch.ends[field]!
    const flags = batch.flags[field]!
    const isNull = (flags & rowFlags.null) !== 0
    if (isNull) {
      this.reserve(1)
      this.bytes[this.length++] = nullClass
    } else this.text({ bytes: batch.bytes, start, end })
  }

  text({ bytes, start, end }: Bytes): void {
    this.reserve(2 * (end - start) + 3)
    this.bytes[this.length++] = textClass
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!
      this.bytes[this.length++] = byte
      if (byte === endMark) this.bytes[this.length++] = escaped
    }
    this.bytes[this.length++] = endMark
    this.bytes[this.length++] = endMark
  }

  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return
    const larger = new Uint8Array(2 * (this.length + more))
    larger.set(this.bytes.subarray(0, this.length))
    this.bytes = larger
  }
}

/** The texts of a key; null where there is none. */
export function groupFields({ bytes, start, end }: Bytes): (Uint8Array | null)[] {
  const fields: (Uint8Array | null)[] = []
  for (let at = start; at < end;) {
    if (bytes[at++] === nullClass) {
      fields.push(null)
      continue
    }
    const text: number[] = []
    for (; bytes[at] !== endMark || bytes[at + 1] === escaped; at++) {
      text.push(bytes[at]!)
      if (bytes[at] === endMark) at++
    }
    fields.push(Uint8Array.from(text))
    at += 2
  }
  return fields
}
