import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { ScratchWriter } from '../../contract/run.ts'
import type { Compression } from './compression.ts'
import { RowBuffer } from './rowBuffer.ts'

/**
 * Bytes on their way to a scratch file, in blocks. A compressed block is a member (gzip) or a frame (zstd) of its own, so that what many
 * tasks write stands one after the other and is still one valid file.
 */
const blockBytes = 1024 * 1024

export class BlockWriter extends RowBuffer {
  readonly #writer: ScratchWriter
  readonly #compress: Compress

  constructor(writer: ScratchWriter, compression: Compression) {
    super(blockBytes + 64 * 1024)
    this.#writer = writer
    this.#compress = compressors[compression]
  }

  /** To be called where one record has ended: a block ends only there. */
  override endRecord(): void {
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

type Compress = (block: Uint8Array) => Uint8Array

const compressors: Record<Compression, Compress> = {
  none: (block) => block,
  gzip: (block) => gzipSync(block),
  zstd: (block) => zstdCompressSync(block),
}

/** The same where bytes come in pieces that say nothing of records: blocks of one size, wherever the pieces end. */
export class CompressedBlocks {
  readonly #write: (bytes: Uint8Array) => void
  readonly #compress: Compress | null
  readonly #block: Uint8Array
  #length = 0

  constructor(write: (bytes: Uint8Array) => void, compression: Compression) {
    this.#write = write
    this.#compress = compression === 'none' ? null : compressors[compression]
    this.#block = new Uint8Array(compression === 'none' ? 0 : blockBytes)
  }

  add(bytes: Uint8Array): void {
    if (this.#compress === null) return this.#write(bytes)
    for (let at = 0; at < bytes.length;) {
      const some = bytes.subarray(at, at + blockBytes - this.#length)
      this.#block.set(some, this.#length)
      this.#length += some.length
      at += some.length
      if (this.#length === blockBytes) this.end()
    }
  }

  end(): void {
    if (this.#compress === null || this.#length === 0) return
    this.#write(this.#compress(this.#block.subarray(0, this.#length)))
    this.#length = 0
  }
}
