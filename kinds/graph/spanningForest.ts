import { twice } from './distinctEdges.ts'
import type { EdgeKeeper } from './graphFile.ts'

/**
 * Which nodes hang together, whichever way their edges run (union-find with path halving). Of a set the node that is named first stands for it, so that it does
 * not matter in which order edges come. What is kept of any number of edges is one for each node at most, from it to that node.
 */
export class SpanningForest implements EdgeKeeper {
  #above = new Int32Array(512)
  #known = 0

  add(one: number, other: number): void {
    const [first, second] = [this.firstOf(one), this.firstOf(other)]
    this.#above[Math.max(first, second)] = Math.min(first, second)
  }

  /** The first node of the set that a node is in. */
  firstOf(node: number): number {
    while (this.#known <= node) this.#learn()
    const above = this.#above
    let at = node
    while (above[at] !== at) {
      above[at] = above[above[at]!]!
      at = above[at]!
    }
    return at
  }

  edges(): { sources: Int32Array; targets: Int32Array } {
    let count = 0
    const sources = new Int32Array(this.#known)
    const targets = new Int32Array(this.#known)
    for (let node = 0; node < this.#known; node += 1) {
      const first = this.firstOf(node)
      if (first === node) continue
      sources[count] = node
      targets[count++] = first
    }
    return { sources: sources.subarray(0, count), targets: targets.subarray(0, count) }
  }

  #learn(): void {
    if (this.#known === this.#above.length) this.#above = twice(this.#above)
    this.#above[this.#known] = this.#known
    this.#known += 1
  }
}
