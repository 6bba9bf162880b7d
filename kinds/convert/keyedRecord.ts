import { RowBuffer } from '../../datasets/write/rowBuffer.ts'

/**
 * A row on its way to its folder: the bytes of the record and of the key (32-bit integers, little-endian), the key, the row. The key is the
 * value that the folder names, as text; empty where there is none.
 */
const headBytes = 8

export class KeyedRecord extends RowBuffer {
  readonly start = 0
  #view = new DataView(this.bytes.buffer)

  constructor() {
    super(4096)
  }

  get end(): number {
    return this.length
  }

  /** The row is to be put behind the key. */
  beginRow(key: string): void {
    this.length = headBytes
    this.text(key)
    this.#setInteger(4, this.length - headBytes)
  }

  endRow(): void {
    this.#setInteger(0, this.length)
  }

  #setInteger(at: number, value: number): void {
    if (this.#view.buffer !== this.bytes.buffer) this.#view = new DataView(this.bytes.buffer)
    this.#view.setUint32(at, value, true)
  }
}

/** Looks at the records in a block, one after the other. */
export class RecordCursor {
  readonly #bytes: Buffer
  #next = 0
  #key = 0
  #row = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  next(): boolean {
    const start = this.#next
    if (start >= this.#bytes.length) return false
    this.#key = start + headBytes
    this.#row = this.#key + this.#bytes.readUint32LE(start + 4)
    this.#next = start + this.#bytes.readUint32LE(start)
    return true
  }

  get key(): string {
    return this.#bytes.toString('utf8', this.#key, this.#row)
  }

  get rowBytes(): number {
    return this.#next - this.#row
  }

  get row(): Uint8Array {
    return this.#bytes.subarray(this.#row, this.#next)
  }
}
