import { TaskFailure } from '../../contract/run.ts'
import { type WordTable, hashPrime, hashSeed } from './table.ts'

/**
 * Cuts bytes into tokens and counts them, with no string per token. A scanner keeps the token that it is in between two calls of
 * `scan`, so that a token may stand across any number of blocks; `finish` ends it.
 */
export interface Scanner {
  /** How many line feeds the bytes had. */
  scan(bytes: Uint8Array, from: number, to: number): number
  finish(): void
  /** Tokens counted so far. */
  readonly total: number
  /** How often each token that ends counts: 1 but for a token that was met elsewhere. */
  times: number
}

const longestTokenBytes = 64 * 1024 * 1024
const apostrophe = 39
const lineFeed = 10

/** What a byte adds to a token of `words`: itself in lower case, an apostrophe (which only may), or 0, which ends the token. */
const wordBytes = Uint8Array.from({ length: 256 }, (_, byte) => {
  const text = String.fromCharCode(byte)
  return byte >= 128 || /['0-9A-Za-z]/.test(text) ? (byte < 128 ? text.toLowerCase().charCodeAt(0) : byte) : 0
})

/** 1 for the bytes that `tr '[:space:]'` takes for white space in the C locale. */
const spaces = Uint8Array.from({ length: 256 }, (_, byte) => (byte === 32 || (byte >= 9 && byte <= 13) ? 1 : 0))

/** Whatever stands between white space. */
export class TokenScanner implements Scanner {
  total = 0
  times = 1
  readonly #table: WordTable
  #length = 0
  #hash = hashSeed

  constructor(table: WordTable) {
    this.#table = table
  }

  scan(bytes: Uint8Array, from: number, to: number): number {
    const table = this.#table
    reserve(table, this.#length, to - from)
    const arena = table.arena
    let at = table.tail + this.#length
    let hash = this.#hash
    let lines = 0
    for (let index = from; index < to; index++) {
      const byte = bytes[index]!
      if (spaces[byte] === 0) {
        arena[at++] = byte
        hash = Math.imul(hash ^ byte, hashPrime)
        continue
      }
      if (byte === lineFeed) lines++
      if (at > table.tail) {
        this.#end(at - table.tail, hash)
        at = table.tail
        hash = hashSeed
      }
    }
    this.#length = at - table.tail
    this.#hash = hash
    return lines
  }

  finish(): void {
    if (this.#length > 0) this.#end(this.#length, this.#hash)
    this.#length = 0
    this.#hash = hashSeed
  }

  #end(length: number, hash: number): void {
    this.#table.count(length, hash, this.times)
    this.total += this.times
  }
}

interface Runs {
  add(run: Uint8Array, times: number): void
}

/**
 * Letters, marks and digits, with apostrophes between them. A token of ASCII alone is counted as it stands; one with other bytes goes
 * to `runs` as it is, for only a decoder can tell which words it holds (see runs.ts).
 */
export class WordScanner implements Scanner {
  total = 0
  times = 1
  readonly #table: WordTable
  readonly #runs: Runs
  #length = 0
  #hash = hashSeed
  /** The hash before an apostrophe that has been taken as the last byte so far. */
  #held = hashSeed
  /** All bytes of the token or-ed: 128 and more when one of them is not ASCII. */
  #seen = 0

  constructor(table: WordTable, runs: Runs) {
    this.#table = table
    this.#runs = runs
  }

  scan(bytes: Uint8Array, from: number, to: number): number {
    const table = this.#table
    reserve(table, this.#length, to - from)
    const arena = table.arena
    let start = table.tail
    let at = start + this.#length
    let hash = this.#hash
    let seen = this.#seen
    let lines = 0
    for (let index = from; index < to; index++) {
      const byte = wordBytes[bytes[index]!]!
      if (byte > apostrophe) {
        arena[at++] = byte
        hash = Math.imul(hash ^ byte, hashPrime)
        seen |= byte
      } else if (byte === apostrophe && at > start && arena[at - 1] !== apostrophe) {
        this.#held = hash
        arena[at++] = byte
        hash = Math.imul(hash ^ byte, hashPrime)
      } else {
        if (bytes[index] === lineFeed) lines++
        if (at > start) {
          this.#end(at - start, hash, seen)
          at = start = table.tail
          hash = hashSeed
          seen = 0
        }
      }
    }
    this.#length = at - start
    this.#hash = hash
    this.#seen = seen
    return lines
  }

  finish(): void {
    if (this.#length > 0) this.#end(this.#length, this.#hash, this.#seen)
    this.#length = 0
    this.#hash = hashSeed
    this.#seen = 0
  }

  /** An apostrophe at the end is not part of the word. */
  #end(length: number, hash: number, seen: number): void {
    const table = this.#table
    const isQuoted = table.arena[table.tail + length - 1] === apostrophe
    const kept = isQuoted ? length - 1 : length
    if (seen >= 128) {
      this.#runs.add(table.arena.subarray(table.tail, table.tail + kept), this.times)
    } else {
      table.count(kept, isQuoted ? this.#held : hash, this.times)
      this.total += this.times
    }
  }
}

function reserve(table: WordTable, length: number, more: number): void {
  if (length > longestTokenBytes)
    throw new TaskFailure('refused-input', 'cannot count words: one is longer than 64 MiB')
  table.reserve(length + more)
}
