import type { Found, RecordFinder } from '../table/records.ts'
import type { RecordBlock } from '../table/sieve.ts'
import { skipSpace } from './scan.ts'

/**
 * The elements of an array, told by brackets and quotes alone; whether each is JSON is looked at when it is decoded. The text begins behind
 * the array's opening bracket.
 */
const mostRecords = 16 * 1024

export class ElementFinder implements RecordFinder<RecordBlock> {
  readonly unended = 'the array ends inside it'
  /** True behind the array's closing bracket. */
  #isClosed = false
  readonly #found = { records: 0, recordStarts: new Uint32Array(mostRecords + 1), end: 0 }

  find(bytes: Uint8Array): Found {
    const found = this.#found
    const to = bytes.length
    found.records = 0
    found.end = 0
    while (found.records < mostRecords) {
      const start = this.#skip(bytes, found.end, to)
      found.end = start
      if (start >= to || this.#isClosed) break
      const end = elementEnd(bytes, start, to)
      if (end < 0) break
      found.recordStarts[found.records] = start
      found.records += 1
      found.recordStarts[found.records] = end
      found.end = end
    }
    if (this.#isClosed) found.end = to
    return found
  }

  blockOf(common: RecordBlock): RecordBlock {
    return common
  }

  release(): void {}

  /** To the start of the next element: over white space and one comma. */
  #skip(bytes: Uint8Array, from: number, to: number): number {
    let at = skipSpace(bytes, from, to)
    if (bytes[at] === 0x2c && at < to) at = skipSpace(bytes, at + 1, to)
    this.#isClosed ||= at < to && bytes[at] === 0x5d
    return at
  }
}

/** Behind the last byte of the element, -1 when it is not complete. */
function elementEnd(bytes: Uint8Array, from: number, to: number): number {
  let depth = 0
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number
    if (byte === 0x22) {
      at = quotedEnd(bytes, at, to)
      if (at < 0) return -1
    } else if (byte === 0x7b || byte === 0x5b) depth += 1
    else if (byte === 0x7d || byte === 0x5d) {
      if (depth === 0) return at
      depth -= 1
    } else if (byte === 0x2c && depth === 0) return at
  }
  return -1
}

/** The closing quote of the string that begins at `from`. */
function quotedEnd(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from + 1; at < to; at += 1) {
    if (bytes[at] === 0x22) return at
    if (bytes[at] === 0x5c) at += 1
  }
  return -1
}
