import { Readable, pipeline } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { TaskFailure } from '../../contract/run.ts'
import { readAt } from '../bytes/read.ts'
import type { TextStream } from './textStream.ts'
import { NotZstd, zstdFrames } from './zstdFrames.ts'

/**
 * What a compressed file holds, from the start of a member or frame on. Gzip may have many members; each frame of zstd gets a decoder of
 * its own, because Node's stops after the first. What grows beyond reason is refused: a few bytes must not fill a disk.
 */
export interface Compressed {
  fd: number
  path: string
  compression: 'gzip' | 'zstd'
  /** Bytes of the file; `from` begins a member or frame. */
  from: number
  to: number
}

const blockBytes = 128 * 1024
/** Gzip cannot pass 1,032; zstd can pass 30,000. */
const mostRatio = 2000
/** Whatever its ratio, so much may come out. */
const freeBytes = 64 * 1024 * 1024
const mostBytes = 2 ** 44

export class Decompressed implements TextStream {
  readonly #source: Compressed
  readonly #blocks: AsyncGenerator<Buffer>
  #rest: Buffer = Buffer.alloc(0)
  #consumed = 0
  #given = 0

  constructor(source: Compressed) {
    this.#source = source
    this.#blocks = this.#decode()
  }

  async read(target: Uint8Array): Promise<number> {
    while (this.#rest.length === 0 && target.length > 0) {
      const next = await this.#next()
      if (next === null) return 0
      this.#rest = next
    }
    const given = Math.min(target.length, this.#rest.length)
    target.set(this.#rest.subarray(0, given))
    this.#rest = this.#rest.subarray(given)
    return given
  }

  fraction(): number {
    return this.#consumed / Math.max(1, this.#source.to - this.#source.from)
  }

  close(): void {
    void this.#blocks.return(undefined)
  }

  async #next(): Promise<Buffer | null> {
    try {
      const next = await this.#blocks.next()
      if (next.done === true) return null
      this.#given += next.value.length
      this.#refuseBombs()
      return next.value
    } catch (error) {
      throw this.#explained(error)
    }
  }

  async *#decode(): AsyncGenerator<Buffer> {
    const { compression, from, to } = this.#source
    if (compression === 'gzip') {
      yield* through(createGunzip(), this.#file(from, to))
      return
    }
    for (const frame of zstdFrames((offset, length) => this.#bytes(offset, length), { from, to })) {
      if (frame.isSkippable) this.#consumed += frame.to - frame.from
      else yield* through(createZstdDecompress(), this.#file(frame.from, frame.to))
    }
  }

  *#file(from: number, to: number): Generator<Buffer> {
    for (let at = from; at < to; at += blockBytes) {
      const block = this.#bytes(at, Math.min(blockBytes, to - at))
      this.#consumed += block.length
      yield block
      if (block.length === 0) return
    }
  }

  #bytes(offset: number, length: number): Buffer {
    const block = Buffer.allocUnsafe(length)
    return block.subarray(0, readAt(this.#source.fd, block, offset))
  }

  #refuseBombs(): void {
    if (this.#given <= freeBytes || (this.#given <= this.#consumed * mostRatio && this.#given <= mostBytes)) return
    const { path } = this.#source
    throw new TaskFailure(
      'refused-input',
      `cannot read ${path}: ${this.#consumed} bytes of it decompress to more than ${this.#given}, which no honest file does`,
    )
  }

  #explained(error: unknown): unknown {
    if (error instanceof TaskFailure) return error
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const isCut = code === 'Z_BUF_ERROR'
    if (!isCut && !(error instanceof NotZstd) && !code.startsWith('Z_') && !code.startsWith('ZSTD_')) return error
    const why = isCut ? 'it ends before its end: it was cut off' : (error as Error).message
    return new TaskFailure('refused-input', `cannot decompress ${this.#source.path}: ${why}`, { cause: error })
  }
}

/** What a decoder makes of blocks. */
async function* through(
  decoder: ReturnType<typeof createGunzip> | ReturnType<typeof createZstdDecompress>,
  blocks: Iterable<Buffer>,
): AsyncGenerator<Buffer> {
  // An error of either side ends the decoder, and the loop below throws it.
  pipeline(Readable.from(blocks), decoder, () => undefined)
  for await (const block of decoder) yield block as Buffer
}
