import { WordTable } from './table.ts'

/**
 * Runs of bytes that are not all ASCII, each kept once with its count and cut into words only when its table is emptied: a decoder and
 * a regular expression once per distinct run, not once per word.
 */
const mostBytes = 16 * 1024 * 1024
const word = /[\p{L}\p{M}\p{Nd}]+(?:['’][\p{L}\p{M}\p{Nd}]+)*/gu
/** A byte order mark is a character like any other here: it separates. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

export class RunTable {
  readonly #table = new WordTable()
  readonly #count: (word: Uint8Array, times: number) => void

  /** `count` gets the words, lower-cased, when the table is emptied. */
  constructor(count: (word: Uint8Array, times: number) => void) {
    this.#count = count
  }

  add(run: Uint8Array, times: number): void {
    this.#table.add(run, times)
  }

  get isFull(): boolean {
    return this.#table.bytes > mostBytes
  }

  empty(): void {
    for (let entry = 0; entry < this.#table.size; entry++) {
      const times = this.#table.times(entry)
      for (const [found] of decoder.decode(this.#table.word(entry)).matchAll(word))
        this.#count(Buffer.from(found.toLowerCase()), times)
    }
    this.#table.clear()
  }
}
