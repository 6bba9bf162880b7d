import { type Bytes, copyBytes } from './event.ts'

/** Bytes that are kept while others come. */
export class Kept implements Bytes {
  bytes = new Uint8Array(64)
  readonly start = 0
  end = 0

  keep({ bytes, start, end }: Bytes): void {
    if (this.bytes.length < end - start) this.bytes = new Uint8Array(2 * (end - start))
    copyBytes(bytes, { from: start, to: end }, { bytes: this.bytes, at: 0 })
    this.end = end - start
  }
}

/** Bytes where they lie. */
export class Seen implements Bytes {
  bytes: Uint8Array = new Uint8Array(0)
  start = 0
  end = 0

  look(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes
    this.start = start
    this.end = end
  }
}
