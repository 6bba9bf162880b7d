import type { BatchedRecord } from '../../datasets/shuffle/recordBatch.ts'

/**
 * A key on its way to its bucket, and where its record stands: the length of the key and the number of the input (32-bit integers), the
 * record's offset (a double), the key. A key of columns has a byte 0 for each null, and for each other value a byte 1, its length and its
 * text; a key of a line is the line.
 */
const headBytes = 16

/** Where a record stands. */
export interface Place {
  input: number
  offset: number
}

/** Puts the record together: `bytes` holds it in [0, length) until the next one, the key from `keyStart` on. */
export class KeyEncoder implements BatchedRecord {
  bytes = new Uint8Array(4096)
  length = 0
  readonly start = 0
  readonly keyStart = headBytes
  /** Keys are told apart by their bytes alone. */
  readonly position = 0
  #view = new DataView(this.bytes.buffer)

  get keyEnd(): number {
    return this.length
  }

  get end(): number {
    return this.length
  }

  begin(): void {
    this.length = headBytes
  }

  nothing(): void {
    this.#reserve(1)
    this.bytes[this.length++] = 0
  }

  value(bytes: Uint8Array, start: number, end: number): void {
    this.#reserve(5)
    this.bytes[this.length] = 1
    this.#view.setUint32(this.length + 1, end - start, true)
    this.length += 5
    this.text(bytes, start, end)
  }

  text(bytes: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start)
    this.bytes.set(bytes.subarray(start, end), this.length)
    this.length += end - start
  }

  close({ input, offset }: Place): void {
    this.#view.setUint32(0, this.length - headBytes, true)
    this.#view.setUint32(4, input, true)
    this.#view.setFloat64(8, offset, true)
  }

  #reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return
    const larger = new Uint8Array(2 * (this.length + more))
    larger.set(this.bytes.subarray(0, this.length))
    this.bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}

/** Looks at the records in a block, one after the other. */
export class KeyCursor implements Place {
  readonly bytes: Uint8Array
  start = 0
  end = 0
  keyStart = 0
  input = 0
  offset = 0
  readonly #view: DataView

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  next(): boolean {
    this.start = this.end
    if (this.start >= this.bytes.length) return false
    this.keyStart = this.start + headBytes
    this.end = this.keyStart + this.#view.getUint32(this.start, true)
    this.input = this.#view.getUint32(this.start + 4, true)
    this.offset = this.#view.getFloat64(this.start + 8, true)
    return true
  }
}
