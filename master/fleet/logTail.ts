/** The last bytes that a worker wrote to its stderr: what is kept of it when it dies. */
export class LogTail {
  #tail: Buffer = Buffer.alloc(0)
  readonly #maxBytes: number

  constructor(maxBytes = 8192) {
    this.#maxBytes = maxBytes
  }

  add(bytes: Uint8Array): void {
    const all = Buffer.concat([this.#tail, bytes])
    // A copy, so that a small tail does not keep a large chunk alive.
    this.#tail = all.length > this.#maxBytes ? Buffer.from(all.subarray(-this.#maxBytes)) : all
  }

  /** A character cut at the front is left out. */
  text(): string {
    let start = 0
    while (start < 4 && start < this.#tail.length && (this.#tail[start]! & 0xc0) === 0x80) start++
    return this.#tail.toString('utf8', start)
  }
}
