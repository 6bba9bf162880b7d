type TopEntry = { word: string; count: number } | { word: string; count: number; invalid: true }

/** The most frequent words of those that are offered in the order of their bytes: a bounded list, most frequent first. */
export class TopList {
  readonly #size: number
  readonly #entries: { word: Buffer; times: number }[] = []

  constructor(size: number) {
    this.#size = size
  }

  /** Of equal counts the earlier offered stands first, which is the order of bytes. */
  offer(word: Uint8Array, times: number): void {
    const entries = this.#entries
    if (entries.length === this.#size && (this.#size === 0 || entries.at(-1)!.times >= times)) return
    let low = 0
    let high = entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (entries[middle]!.times >= times) low = middle + 1
      else high = middle
    }
    entries.splice(low, 0, { word: Buffer.from(word), times })
    if (entries.length > this.#size) entries.pop()
  }

  entries(): TopEntry[] {
    return this.#entries.map(({ word, times }) => {
      const text = word.toString('utf8')
      const entry = { word: text, count: times }
      return Buffer.from(text).equals(word) ? entry : { ...entry, invalid: true }
    })
  }
}
