/**
 * The memory that kernels work on, and who has which part of it. Places are byte offsets. A region is handed out zeroed or not, is
 * never moved, and is given back by `free`; sizes are powers of two, so that what one user gave back fits the next.
 *
 * When memory grows its old buffer is detached, and every view of it is empty from then on: take a region's view anew after anything that may
 * allocate, and keep none.
 */
export interface GrowingBytes {
  readonly buffer: ArrayBuffer
  /** Makes it at least so long. Another buffer afterwards. */
  grow(bytes: number): void
}

/** Kernels may read so far beyond what they are given. */
const slackBytes = 128
const smallestBytes = 256

export class KernelMemory {
  readonly #bytes: GrowingBytes
  #end: number
  #inUse = 0
  /** Places given back, by size. */
  readonly #free = new Map<number, number[]>()

  /** `base` is the first byte that is free. */
  constructor(bytes: GrowingBytes, base: number) {
    this.#bytes = bytes
    this.#end = Math.ceil(base / smallestBytes) * smallestBytes
  }

  get buffer(): ArrayBuffer {
    return this.#bytes.buffer
  }

  /** What has been handed out and not been given back. */
  get inUse(): number {
    return this.#inUse
  }

  allocate(bytes: number): Region {
    const size = sizeFor(bytes)
    this.#inUse += size
    const known = this.#free.get(size)?.pop()
    const at = known ?? this.#end
    if (known === undefined) {
      this.#end += size
      if (this.#end > this.buffer.byteLength) this.#bytes.grow(this.#end)
    }
    return new Region(this, at, bytes)
  }

  free(region: Region): void {
    const size = sizeFor(region.length)
    this.#inUse -= size
    const places = this.#free.get(size)
    if (places === undefined) this.#free.set(size, [region.at])
    else places.push(region.at)
  }
}

function sizeFor(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(smallestBytes, bytes + slackBytes)))
}

/** A part of the memory; `length` counts bytes. */
export class Region {
  readonly at: number
  readonly length: number
  readonly #memory: KernelMemory
  #bytes: Uint8Array<ArrayBuffer> | null = null
  #words: Uint32Array<ArrayBuffer> | null = null

  #longs: BigInt64Array<ArrayBuffer> | null = null
  #doubles: Float64Array<ArrayBuffer> | null = null

  constructor(memory: KernelMemory, at: number, length: number) {
    this.#memory = memory
    this.at = at
    this.length = length
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    const { buffer } = this.#memory
    if (this.#bytes?.buffer !== buffer) this.#bytes = new Uint8Array(buffer, this.at, this.length)
    return this.#bytes
  }

  /** The same bytes as unsigned numbers of 32 bits. */
  get words(): Uint32Array<ArrayBuffer> {
    const { buffer } = this.#memory
    if (this.#words?.buffer !== buffer) this.#words = new Uint32Array(buffer, this.at, this.length >>> 2)
    return this.#words
  }

  get longs(): BigInt64Array<ArrayBuffer> {
    const { buffer } = this.#memory
    if (this.#longs?.buffer !== buffer) this.#longs = new BigInt64Array(buffer, this.at, this.length >>> 3)
    return this.#longs
  }

  get doubles(): Float64Array<ArrayBuffer> {
    const { buffer } = this.#memory
    if (this.#doubles?.buffer !== buffer) this.#doubles = new Float64Array(buffer, this.at, this.length >>> 3)
    return this.#doubles
  }

  free(): void {
    this.#memory.free(this)
  }
}
