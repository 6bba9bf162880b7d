import type { Adjacency } from '../../datasets/graph/adjacency.ts'
import type { Tick } from './ticks.ts'

/**
 * Cycles by the nodes on them, each beginning with the one that is named first: one for every node that leads to itself, and for every set
 * of nodes that all lead to each other the shortest one through its first node. Where several are as short, edges that were named first are taken.
 */
export class CycleFinder {
  readonly #adjacency: Adjacency
  /** By node: its set, by the smallest number in it (strongComponents.ts). */
  readonly #sets: Int32Array
  readonly #tick: Tick
  /** By node: the one that led to it; -1 for none yet. Sets have no node in common. */
  readonly #before: Int32Array
  readonly #queue: Int32Array

  constructor(adjacency: Adjacency, sets: Int32Array, tick: Tick) {
    this.#adjacency = adjacency
    this.#sets = sets
    this.#tick = tick
    this.#before = new Int32Array(sets.length).fill(-1)
    this.#queue = new Int32Array(sets.length)
  }

  *each(): Generator<number[]> {
    for (let node = 0; node < this.#sets.length; node += 1) {
      if (this.#sets[node] === -1) continue
      if (this.#leadsToItself(node)) yield [node]
      const last = this.#sets[node] === node ? this.#lastOfShortest(node) : null
      if (last !== null) yield this.#wayTo(last, node)
    }
  }

  #leadsToItself(node: number): boolean {
    const { starts, targets } = this.#adjacency
    return targets.subarray(starts[node], starts[node + 1]).includes(node)
  }

  /** The node from which a shortest cycle comes back to the first one of its set; null when that is alone in it. */
  #lastOfShortest(first: number): number | null {
    const { starts, targets } = this.#adjacency
    this.#queue[0] = first
    for (let at = 0, met = 1; at < met; at += 1) {
      this.#tick()
      const node = this.#queue[at]!
      for (let edge = starts[node]!; edge < starts[node + 1]!; edge += 1) {
        const target = targets[edge]!
        if (target === first && node !== first) return node
        if (target === first || this.#sets[target] !== first || this.#before[target] !== -1) continue
        this.#before[target] = node
        this.#queue[met++] = target
      }
    }
    return null
  }

  #wayTo(last: number, first: number): number[] {
    const way = [last]
    for (let at = last; at !== first;) {
      at = this.#before[at]!
      way.push(at)
    }
    return way.reverse()
  }
}
