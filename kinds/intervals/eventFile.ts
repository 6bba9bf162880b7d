import { closeSync, openSync, readSync } from 'node:fs'
import type { FileRef } from '../../contract/outcome.ts'
import type { RunContext, ScratchWriter } from '../../contract/run.ts'
import { copyBytes, EventEncoder, EventView, headBytes, type PlaceEvent } from './event.ts'

/** Files of events, one after the other, written and read in bounded memory. */
const blockBytes = 256 * 1024

export class EventWriter {
  readonly #writer: ScratchWriter
  readonly #encoder = new EventEncoder()
  readonly #block = new Uint8Array(blockBytes)
  #filled = 0
  #events = 0

  constructor(writer: ScratchWriter) {
    this.#writer = writer
  }

  write(event: PlaceEvent): void {
    const encoder = this.#encoder
    encoder.encode(event)
    if (this.#filled + encoder.end > blockBytes) this.#flush()
    if (encoder.end > blockBytes) this.#writer.write(encoder.bytes.subarray(0, encoder.end))
    else {
      copyBytes(encoder.bytes, { from: 0, to: encoder.end }, { bytes: this.#block, at: this.#filled })
      this.#filled += encoder.end
    }
    this.#events += 1
  }

  finish(): FileRef {
    this.#flush()
    return this.#writer.finish(this.#events)
  }

  #flush(): void {
    this.#writer.write(this.#block.subarray(0, this.#filled))
    this.#filled = 0
  }
}

/** Gives the events of a file in order. */
export class EventCursor extends EventView {
  readonly #fd: number
  #block = new Uint8Array(blockBytes)
  #next = 0
  #filled = 0

  constructor(context: Pick<RunContext, 'path'>, file: FileRef) {
    super()
    this.#fd = openSync(context.path(file), 'r')
  }

  /** Moves to the next event; false at the end. What was seen before is no longer valid. */
  next(): boolean {
    if (this.#filled - this.#next < headBytes) this.#readMore(headBytes)
    if (this.#filled === this.#next) return false
    this.measure(this.#block, this.#next)
    if (this.end > this.#filled) {
      this.#readMore(this.end - this.#next)
      this.measure(this.#block, this.#next)
    }
    this.lookBehind(this.#block, this.keyStart, this.keyEnd)
    this.#next = this.end
    return true
  }

  close(): void {
    closeSync(this.#fd)
  }

  /** Has `bytes` bytes from `next` on, or as many as there are, at the front of the block. */
  #readMore(bytes: number): void {
    const left = this.#block.subarray(this.#next, this.#filled)
    const block = bytes > this.#block.length ? new Uint8Array(2 * bytes) : this.#block
    block.set(left)
    this.#block = block
    this.#filled = left.length
    this.#next = 0
    while (this.#filled < bytes) {
      const got = readSync(this.#fd, block, this.#filled, block.length - this.#filled, null)
      if (got === 0) return
      this.#filled += got
    }
  }
}
