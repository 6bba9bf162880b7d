import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { ScratchWriter } from '../../contract/run.ts'
import type { Compression } from './compression.ts'

/**
 * Bytes on their way to a scratch file, in blocks. A compressed block is a member (gzip) or a frame (zstd) of its own, so that what many
 * tasks write stands one after the other and is still one valid file.
 */
const blockBytes = 1024 * 1024

export class BlockWriter {
  readonly #writer: ScratchWriter
  readonly #compress: (block: Uint8Array) => Uint8Array
  /** Free from `length` on; another array after `reserve`. */
  bytes = new Uint8Array(blockBytes + 64 * 1024)
  length = 0

  constructor(writer: ScratchWriter, compression: Compression) {
    this.#writer = writer
    this.#compress = compressors[compression]
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

  /** To be called where one record has ended: a block ends only there. */
  endRecord(): void {
    if (this.length >= blockBytes) this.#flush()
  }

  finish(rows: number): ReturnType<ScratchWriter['finish']> {
    if (this.length > 0) this.#flush()
    return this.#writer.finish(rows)
  }

  #flush(): void {
    this.#writer.write(this.#compress(this.bytes.subarray(0, this.length)))
    this.length = 0
  }
}

const encoder = new TextEncoder()

const compressors: Record<Compression, (block: Uint8Array) => Uint8Array> = {
  none: (block) => block,
  gzip: (block) => gzipSync(block),
  zstd: (block) => zstdCompressSync(block),
}
