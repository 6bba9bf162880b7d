/** Bytes of rows on their way to wherever they are written. */
export class RowBuffer {
  /** Free from `length` on; another array after `reserve`. */
  bytes: Uint8Array<ArrayBuffer>
  length = 0

  constructor(bytes: number) {
    this.bytes = new Uint8Array(bytes)
  }

  /** Makes room for so many bytes. */
  reserve(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + bytes))
    larger.set(this.bytes.subarray(0, this.length))
    this.bytes = larger
  }

  text(text: string): void {
    this.reserve(text.length * 3)
    this.length += encoder.encodeInto(text, this.bytes.subarray(this.length)).written
  }

  add(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.bytes.set(bytes, this.length)
    this.length += bytes.length
  }

  /** To be called where one record has ended. */
  endRecord(): void {
    // Nothing but the bytes is kept here.
  }
}

const encoder = new TextEncoder()
