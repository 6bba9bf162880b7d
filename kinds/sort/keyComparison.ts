import type { Comparison } from './by.ts'

/**
 * Compares keys of several columns of which some are in the order of a language, which no bytes express. Such a key has, for each column,
 * the length of its part (32 bits, little-endian) and the part: a class, and a value. Parts of other columns compare by their bytes.
 */
export interface ComparedColumn {
  as: Comparison
  isDescending: boolean
}

/** The parts of a key; the text of those that compare by language. */
export type DecodedKey = (Uint8Array | { part: Uint8Array; text: string })[]

/** The class of a part whose value is one; others are compared by their bytes. */
export const valueClass = 1

export class KeyComparison {
  readonly #columns: readonly ComparedColumn[]
  readonly #collator: Intl.Collator

  constructor(columns: readonly ComparedColumn[], locale: string) {
    this.#columns = columns
    this.#collator = new Intl.Collator(locale)
  }

  decode(bytes: Uint8Array, start: number, end: number): DecodedKey {
    const key = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
    const parts: DecodedKey = []
    let at = 0
    for (const { as } of this.#columns) {
      const length = key.readUInt32LE(at)
      const part = key.subarray(at + 4, at + 4 + length)
      at += 4 + length
      const isText = as === 'locale' && part[0] === valueClass
      parts.push(isText ? { part, text: part.toString('utf8', 1) } : part)
    }
    return parts
  }

  compare(one: DecodedKey, other: DecodedKey): number {
    for (const [index, { isDescending }] of this.#columns.entries()) {
      const [left, right] = [one[index]!, other[index]!]
      const order =
        'text' in left && 'text' in right
          ? (isDescending ? -1 : 1) *
            (this.#collator.compare(left.text, right.text) || Buffer.compare(left.part, right.part))
          : Buffer.compare('text' in left ? left.part : left, 'text' in right ? right.part : right)
      if (order !== 0) return order
    }
    return 0
  }
}
