import { kernels } from './kernels.ts'
import type { Region } from './memory.ts'
import type { Kernels } from './requests.ts'

/**
 * Counts how often each token of up to 16 bytes occurs; those that are longer are given to the caller one by one. A token is a run of
 * bytes that are no white space, or, of `words`, of letters, digits, apostrophes and bytes that are not ASCII, capitals made small.
 */
const fewestSlots = 2 ** 15
/** 8 MiB: tokens beyond half of them are given to the caller in between. */
const mostSlots = 2 ** 18
const bytesPerSlot = 32
const mostOthers = 4096

export class TokenCounter {
  readonly #kernels: Kernels
  readonly #isWords: boolean
  #slots = fewestSlots
  #table: Region
  readonly #others: Region
  #input: Region
  #size = 0
  #isReleased = false

  constructor(tokens: 'words' | 'whitespace', { blockBytes = 256 * 1024, using = kernels() } = {}) {
    this.#kernels = using
    this.#isWords = tokens === 'words'
    this.#input = using.memory.allocate(blockBytes)
    this.#others = using.memory.allocate(mostOthers * 8)
    this.#table = using.memory.allocate(fewestSlots * bytesPerSlot)
    this.#table.bytes.fill(0)
  }

  /** Distinct tokens since the last `drain`, at most 131,072. */
  get size(): number {
    return this.#size
  }

  /**
   * Counts what stands in `bytes`, which begin and end between tokens, and returns how many line feeds there were. `drained` gets
   * the counts when there is no room for more, `other` each longer token.
   */
  count(bytes: Uint8Array, { drained, other }: TokenVisitor): number {
    if (bytes.length > this.#input.length) this.#makeRoom(bytes.length)
    this.#input.bytes.set(bytes)
    let lines = 0
    for (let from = 0; from < bytes.length;) {
      const answer = this.#kernels.countTokens({
        input: this.#input,
        from,
        length: bytes.length,
        isWords: this.#isWords,
        table: this.#table,
        slots: this.#slots,
        size: this.#size,
        others: this.#others,
        capacity: mostOthers,
      })
      from = answer.consumed
      lines += answer.lines
      this.#size = answer.size
      const places = this.#others.words
      for (let index = 0; index < answer.others; index++)
        other({ bytes, start: places[2 * index]!, end: places[2 * index + 1]! })
      if (from < bytes.length && answer.others === 0) {
        this.drain(drained)
        this.#widen()
      }
    }
    return lines
  }

  /**
   * Gives each token and how often it was met since the last time, and forgets them. `visit` has the bytes for the call only, and must
   * not use kernels.
   */
  drain(visit: TokenVisitor['drained']): void {
    if (this.#size === 0) return
    const { bytes, words, doubles } = this.#table
    for (let slot = 0; slot < this.#slots; slot++) {
      const times = doubles[slot * 4 + 3]!
      const at = slot * bytesPerSlot
      if (times > 0) visit({ bytes, start: at, end: at + words[slot * 8 + 4]! }, times)
    }
    bytes.fill(0)
    this.#size = 0
  }

  /** Once and for all; what has not been drained is lost. */
  release(): void {
    if (this.#isReleased) return
    this.#isReleased = true
    for (const region of [this.#input, this.#others, this.#table]) region.free()
  }

  /** Of a table that is empty. */
  #widen(): void {
    if (this.#slots === mostSlots) return
    this.#slots *= 2
    this.#table.free()
    this.#table = this.#kernels.memory.allocate(this.#slots * bytesPerSlot)
    this.#table.bytes.fill(0)
  }

  #makeRoom(bytes: number): void {
    this.#input.free()
    this.#input = this.#kernels.memory.allocate(bytes)
  }
}

/** Bytes [start, end): no view of its own for each of millions. */
export interface TokenPlace {
  bytes: Uint8Array
  start: number
  end: number
}

export interface TokenVisitor {
  drained: (token: TokenPlace, times: number) => void
  other: (token: TokenPlace) => void
}
