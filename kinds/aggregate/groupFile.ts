import { closeSync, openSync, readSync } from 'node:fs'
import type { FileRef } from '../../contract/outcome.ts'
import type { RunContext } from '../../contract/run.ts'
import { type ByteSink, doubleAt } from './byteSink.ts'

/**
 * Groups as they stand in scratch files, in the order of their keys, each once: the length of the key and the key, how many rows it has, its
 * states one after the other as each writes itself, and for each set of values those in the order of their bytes, each as its length + 1,
 * its count and its bytes, with a 0 behind the last. So neither reading nor merging holds more than one value.
 */
const blockBytes = 64 * 1024

/** Bytes [start, end). */
export interface ByteView {
  bytes: Uint8Array
  start: number
  end: number
}

/** A value of a set, and how often it came. */
export function writeCounted(sink: ByteSink, { bytes, start, end }: ByteView, count: number): void {
  sink.varint(end - start + 1)
  sink.varint(count)
  sink.copy(bytes, start, end)
}

export function endSet(sink: ByteSink): void {
  sink.varint(0)
}

/** Reads a file from start to end, part by part as it is written. */
export class GroupCursor implements ByteView {
  /** Of what was taken last; [start, end) in it, valid until something is read again. */
  bytes = new Uint8Array(blockBytes)
  start = 0
  end = 0
  readonly #fd: number
  /** Of the file: what follows what the block holds. */
  #position: number
  #at = 0
  #filled = 0

  constructor(context: Pick<RunContext, 'path'>, file: FileRef, offset = 0) {
    this.#fd = openSync(context.path(file), 'r')
    this.#position = offset
  }

  get isAtEnd(): boolean {
    this.#need(1)
    return this.#at === this.#filled
  }

  varint(): number {
    this.#need(9)
    let value = 0
    for (let weight = 1; ; weight *= 128) {
      const byte = this.bytes[this.#at++]!
      value += (byte & 127) * weight
      if (byte < 128) return value
    }
  }

  double(): number {
    this.#need(8)
    this.#at += 8
    return doubleAt(this.bytes, this.#at - 8)
  }

  /** The next bytes, in [start, end). */
  take(length: number): void {
    this.#need(length)
    this.start = this.#at
    this.end = this.#at + length
    this.#at = this.end
  }

  text(): string {
    const length = this.varint()
    if (length === 0) return ''
    this.take(length)
    return Buffer.from(this.bytes.buffer, this.start, this.end - this.start).toString('utf8')
  }

  close(): void {
    closeSync(this.#fd)
  }

  /** Has the next `length` bytes in the block, or all that the file still has. */
  #need(length: number): void {
    if (this.#filled - this.#at >= length) return
    const left = this.bytes.subarray(this.#at, this.#filled)
    const block = length > this.bytes.length ? new Uint8Array(2 * length) : this.bytes
    block.set(left)
    this.bytes = block
    this.#at = 0
    this.#filled = left.length
    while (this.#filled < length) {
      const got = readSync(this.#fd, block, this.#filled, block.length - this.#filled, this.#position)
      if (got === 0) return
      this.#position += got
      this.#filled += got
    }
  }
}
