import type { OpenEnd } from '../../contract/open.ts'

/**
 * What has come of an open list and is in no task yet, and how it ended. Whoever receives the items fills it (master/host/open/); the
 * operation that makes tasks of them empties it.
 */
export class OpenList {
  /** Where the next item stands, and its number. */
  #at = 0
  #next = 0
  /** Where each of the items that wait ends; those before `#taken` are in tasks. */
  #ends: number[] = []
  #taken = 0
  end: OpenEnd | null = null

  get waiting(): number {
    return this.#ends.length - this.#taken
  }

  /** How many items are in tasks. */
  get taken(): number {
    return this.#next
  }

  /** Items up to here are in tasks of the ledger. */
  skipTo(items: number, at: number): void {
    if (items <= this.#next) return
    this.#next = items
    this.#at = at
  }

  /** `anew`: what was told of before is forgotten. */
  arrived(ends: readonly number[], anew: boolean): void {
    if (anew) this.#ends = this.#ends.slice(0, this.#taken)
    for (const end of ends) this.#ends.push(end)
  }

  /** Up to `items` of those that wait, and no more bytes than that but for a single item. */
  take(items: number, bytes: number): { first: number; to: number; at: number; end: number } {
    const first = this.#next
    const at = this.#at
    while (this.#next - first < items && this.waiting > 0) {
      const end = this.#ends[this.#taken] ?? at
      if (this.#next > first && end - at > bytes) break
      this.#taken += 1
      this.#next += 1
      this.#at = end
    }
    if (this.#taken > 4096) {
      this.#ends = this.#ends.slice(this.#taken)
      this.#taken = 0
    }
    return { first, to: this.#next, at, end: this.#at }
  }
}
