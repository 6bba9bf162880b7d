/** A binary heap: the first in order is taken first. */
export class MinHeap<T> {
  readonly #items: T[] = []
  readonly #compare: (one: T, other: T) => number

  constructor(compare: (one: T, other: T) => number) {
    this.#compare = compare
  }

  get first(): T | undefined {
    return this.#items[0]
  }

  push(item: T): void {
    const items = this.#items
    let at = items.push(item) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.#compare(items[at]!, items[parent]!) >= 0) return
      this.#swap(at, parent)
      at = parent
    }
  }

  pop(): T | undefined {
    const items = this.#items
    const [first] = items
    const last = items.pop()
    if (items.length > 0) {
      items[0] = last!
      this.#sink()
    }
    return first
  }

  #sink(): void {
    const items = this.#items
    for (let at = 0; ;) {
      const left = 2 * at + 1
      if (left >= items.length) return
      const right = left + 1
      const child = right < items.length && this.#compare(items[right]!, items[left]!) < 0 ? right : left
      if (this.#compare(items[at]!, items[child]!) <= 0) return
      this.#swap(at, child)
      at = child
    }
  }

  #swap(one: number, other: number): void {
    const item = this.#items[one]!
    this.#items[one] = this.#items[other]!
    this.#items[other] = item
  }
}
