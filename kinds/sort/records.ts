import { closeSync, openSync, readSync } from 'node:fs'
import type { FileRef } from '../../contract/outcome.ts'
import type { RunContext } from '../../contract/run.ts'

/**
 * Records as they stand in scratch files: a text that ends with a line feed and is written as it is, and the key by whose bytes it is
 * sorted. *Plain* ones are the text alone: its key is the line. *Keyed* ones have, before the text, the lengths of key and text as varints of
 * seven bits (LEB128), and the key.
 */
export interface RecordView {
  bytes: Uint8Array
  /** Where the record begins and ends in `bytes`. */
  start: number
  end: number
  keyStart: number
  keyEnd: number
  textStart: number
}

export const lineFeed = 10
const mostVarintBytes = 5
const blockBytes = 256 * 1024

/** Reads the record at `view.start`, all of which stands in `view.bytes`. */
export function viewRecord(view: RecordView, isKeyed: boolean, end: number): void {
  if (isKeyed) viewKeyed(view)
  else {
    view.keyStart = view.start
    view.textStart = view.start
    view.end = endOfLine(view.bytes, view.start, end)
    view.keyEnd = view.end - 1
  }
}

function viewKeyed(view: RecordView): void {
  const { bytes } = view
  let at = view.start
  let keyLength = 0
  let textLength = 0
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]!
    keyLength |= (byte & 127) << shift
    if (byte < 128) break
  }
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]!
    textLength |= (byte & 127) << shift
    if (byte < 128) break
  }
  view.keyStart = at
  view.keyEnd = at + keyLength
  view.textStart = view.keyEnd
  view.end = view.keyEnd + textLength
}

/** Short lines are found faster by looking than by a call. */
function endOfLine(bytes: Uint8Array, start: number, end: number): number {
  const near = Math.min(end, start + 32)
  for (let at = start; at < near; at++) if (bytes[at] === lineFeed) return at + 1
  return bytes.indexOf(lineFeed, near) + 1
}

export function compareKeys(one: RecordView, other: RecordView): number {
  const [bytes, otherBytes] = [one.bytes, other.bytes]
  let at = one.keyStart
  let otherAt = other.keyStart
  const length = one.keyEnd - at
  const otherLength = other.keyEnd - otherAt
  for (const stop = at + Math.min(length, otherLength); at < stop; at++, otherAt++) {
    const difference = bytes[at]! - otherBytes[otherAt]!
    if (difference !== 0) return difference
  }
  return length - otherLength
}

/** Puts a record together: `record` holds it in [0, length) until the next one. */
export class RecordEncoder {
  record = new Uint8Array(1024)
  length = 0
  /** Of a keyed record: where in it the key starts and ends. */
  keyStart = 0
  keyEnd = 0

  /** The text, without a line feed, with its key; a record without a key is plain. */
  encode(
    text: { bytes: Uint8Array; start: number; end: number },
    key: { bytes: Uint8Array; length: number } | null,
  ): void {
    const textLength = text.end - text.start + 1
    const wanted = 2 * mostVarintBytes + (key?.length ?? 0) + textLength
    if (this.record.length < wanted) this.record = new Uint8Array(2 * wanted)
    let at = 0
    if (key !== null) {
      this.keyStart = this.#varint(textLength, this.#varint(key.length, 0))
      this.keyEnd = this.keyStart + key.length
      this.record.set(key.bytes.subarray(0, key.length), this.keyStart)
      at = this.keyEnd
    }
    this.record.set(text.bytes.subarray(text.start, text.end), at)
    at += textLength
    this.record[at - 1] = lineFeed
    this.length = at
  }

  #varint(value: number, from: number): number {
    let at = from
    let left = value
    for (; left >= 128; left >>>= 7) this.record[at++] = (left & 127) | 128
    this.record[at++] = left
    return at
  }
}

/** Reads a file of records from start to end in bounded memory: a block, or the longest record when that is more. */
export class RecordCursor implements RecordView {
  bytes = new Uint8Array(blockBytes)
  start = 0
  end = 0
  keyStart = 0
  keyEnd = 0
  textStart = 0
  readonly #fd: number
  readonly #isKeyed: boolean
  #filled = 0

  constructor(context: Pick<RunContext, 'path'>, file: FileRef, isKeyed: boolean) {
    this.#fd = openSync(context.path(file), 'r')
    this.#isKeyed = isKeyed
  }

  /** Moves to the next record; false at the end. What was seen before is no longer valid. */
  next(): boolean {
    this.start = this.end
    if (this.#isKeyed) return this.#nextKeyed()
    let lookFrom = this.start
    while (this.bytes.subarray(lookFrom, this.#filled).indexOf(lineFeed) < 0) {
      const seen = this.#filled - this.start
      if (!this.#readMore(seen + 1)) return false
      lookFrom = this.start + seen
    }
    viewRecord(this, false, this.#filled)
    return true
  }

  close(): void {
    closeSync(this.#fd)
  }

  #nextKeyed(): boolean {
    if (this.#filled - this.start < 2 * mostVarintBytes) this.#readMore(2 * mostVarintBytes)
    if (this.#filled === this.start) return false
    viewKeyed(this)
    if (this.end > this.#filled) {
      this.#readMore(this.end - this.start)
      viewKeyed(this)
    }
    return true
  }

  /** Moves what is left to the front and has `bytes` bytes from `start` on, or as many as there are; false when none came. */
  #readMore(bytes: number): boolean {
    const left = this.bytes.subarray(this.start, this.#filled)
    const block = bytes > this.bytes.length ? new Uint8Array(bytes * 2) : this.bytes
    block.set(left)
    this.bytes = block
    this.#filled = left.length
    this.start = 0
    const before = this.#filled
    while (this.#filled < bytes) {
      const got = readSync(this.#fd, block, this.#filled, block.length - this.#filled, null)
      if (got === 0) break
      this.#filled += got
    }
    return this.#filled > before
  }
}
