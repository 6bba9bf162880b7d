import { closeSync, openSync, readSync } from 'node:fs'
import type { FileRef } from '../../contract/outcome.ts'
import type { RunContext, ScratchWriter } from '../../contract/run.ts'

/**
 * Words with counts as a scratch file: for each, the word's length and its count as varints of seven bits (LEB128), then its bytes.
 * In which order they stand is for who writes the file to say.
 */
const blockBytes = 64 * 1024
/** Two varints of integers below 2^53. */
const mostHeadBytes = 16

export class TableWriter {
  readonly #writer: ScratchWriter
  readonly #head = new Uint8Array(mostHeadBytes)
  #rows = 0

  constructor(writer: ScratchWriter) {
    this.#writer = writer
  }

  write(word: Uint8Array, times: number): void {
    const end = this.#varint(times, this.#varint(word.length, 0))
    this.#writer.write(this.#head.subarray(0, end))
    this.#writer.write(word)
    this.#rows += 1
  }

  finish(): FileRef {
    return this.#writer.finish(this.#rows)
  }

  #varint(value: number, at: number): number {
    let left = value
    let end = at
    for (; left >= 128; left = Math.floor(left / 128)) this.#head[end++] = (left % 128) | 128
    this.#head[end++] = left
    return end
  }
}

/** Reads a table file from start to end in bounded memory: a block, or the longest word when that is more. */
export class TableCursor {
  /** Of the word that `next` came to; valid until it is called again. */
  word: Uint8Array = new Uint8Array(0)
  times = 0
  readonly #fd: number
  #block = new Uint8Array(blockBytes)
  #at = 0
  #filled = 0

  constructor(path: string) {
    this.#fd = openSync(path, 'r')
  }

  /** Moves to the next word; false at the end. */
  next(): boolean {
    this.#need(mostHeadBytes)
    if (this.#at === this.#filled) return false
    const length = this.#varint()
    this.times = this.#varint()
    this.#need(length)
    this.word = this.#block.subarray(this.#at, this.#at + length)
    this.#at += length
    return true
  }

  close(): void {
    closeSync(this.#fd)
  }

  #varint(): number {
    let value = 0
    for (let weight = 1; ; weight *= 128) {
      const byte = this.#block[this.#at++]!
      value += (byte & 127) * weight
      if (byte < 128) return value
    }
  }

  /** Has the next `bytes` bytes in the block, or all that the file still has. */
  #need(bytes: number): void {
    if (this.#filled - this.#at >= bytes) return
    const left = this.#block.subarray(this.#at, this.#filled)
    const block = bytes > this.#block.length ? new Uint8Array(bytes * 2) : this.#block
    block.set(left)
    this.#block = block
    this.#at = 0
    this.#filled = left.length
    while (this.#filled < bytes) {
      const got = readSync(this.#fd, block, this.#filled, block.length - this.#filled, null)
      if (got === 0) return
      this.#filled += got
    }
  }
}

/** What stands before what; 0 for what may stand either way. */
export type Order = (one: TableCursor, other: TableCursor) => number

export const byWord: Order = (one, other) => Buffer.compare(one.word, other.word)

/** Visits the words of several files that are each in `order`, in that order; equal ones in the order of their files. */
export function mergeFiles(
  context: Pick<RunContext, 'path'>,
  files: FileRef[],
  { order, visit }: { order: Order; visit: (cursor: TableCursor) => void },
): void {
  const cursors = files.map((file) => new TableCursor(context.path(file)))
  try {
    const places = new Map(cursors.map((cursor, place) => [cursor, place]))
    const heap = new CursorHeap((one, other) => order(one, other) || places.get(one)! - places.get(other)!)
    for (const cursor of cursors) if (cursor.next()) heap.push(cursor)
    for (let first = heap.first; first !== undefined; first = heap.first) {
      visit(first)
      heap.replaceFirst(first.next())
    }
  } finally {
    for (const cursor of cursors) cursor.close()
  }
}

/** A binary heap of cursors, the first in order at its root. */
class CursorHeap {
  readonly #cursors: TableCursor[] = []
  readonly #order: Order

  constructor(order: Order) {
    this.#order = order
  }

  get first(): TableCursor | undefined {
    return this.#cursors[0]
  }

  push(cursor: TableCursor): void {
    let at = this.#cursors.push(cursor) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.#order(this.#cursors[at]!, this.#cursors[parent]!) >= 0) return
      this.#swap(at, parent)
      at = parent
    }
  }

  /** The root has moved on to its next word, or is at its end and leaves. */
  replaceFirst(hasMore: boolean): void {
    const cursors = this.#cursors
    if (!hasMore) {
      const last = cursors.pop()!
      if (cursors.length === 0) return
      cursors[0] = last
    }
    this.#sink()
  }

  #sink(): void {
    const cursors = this.#cursors
    for (let at = 0; ;) {
      const left = 2 * at + 1
      if (left >= cursors.length) return
      const right = left + 1
      const child = right < cursors.length && this.#order(cursors[right]!, cursors[left]!) < 0 ? right : left
      if (this.#order(cursors[at]!, cursors[child]!) <= 0) return
      this.#swap(at, child)
      at = child
    }
  }

  #swap(one: number, other: number): void {
    const cursor = this.#cursors[one]!
    this.#cursors[one] = this.#cursors[other]!
    this.#cursors[other] = cursor
  }
}
