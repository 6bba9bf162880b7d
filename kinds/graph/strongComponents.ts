import type { Adjacency } from '../../datasets/graph/adjacency.ts'
import type { Tick } from './ticks.ts'

/**
 * Sets of nodes that all lead to each other (R. Tarjan, 1972), without a call for each node: the way down stands in an array. By node, the
 * smallest number in its set; -1 for nodes that were not asked for. No edge may lead from those that are to one that is not.
 */
export function strongComponents(adjacency: Adjacency, from: Iterable<number>, tick: Tick): Int32Array {
  const search = new Search(adjacency, tick)
  for (const node of from) search.from(node)
  return search.labels
}

class Search {
  readonly labels: Int32Array
  readonly #adjacency: Adjacency
  readonly #tick: Tick
  /** By node: when it was met, from 1 on; 0 before that. */
  readonly #met: Int32Array
  /** By node: the earliest met node that is known to be in its set. */
  readonly #low: Int32Array
  /** By node: the edge to look at next. */
  readonly #next: Int32Array
  /** Nodes met whose sets are not known yet. */
  readonly #open: Int32Array
  readonly #way: Int32Array
  #openCount = 0
  #depth = 0
  #metCount = 0

  constructor(adjacency: Adjacency, tick: Tick) {
    const nodes = adjacency.starts.length - 1
    this.#adjacency = adjacency
    this.#tick = tick
    this.labels = new Int32Array(nodes).fill(-1)
    this.#met = new Int32Array(nodes)
    this.#low = new Int32Array(nodes)
    this.#next = adjacency.starts.slice(0, nodes)
    this.#open = new Int32Array(nodes)
    this.#way = new Int32Array(nodes)
  }

  from(root: number): void {
    if (this.#met[root] !== 0) return
    this.#meet(root)
    while (this.#depth > 0) {
      const node = this.#way[this.#depth - 1]!
      if (this.#next[node]! < this.#adjacency.starts[node + 1]!) this.#follow(node)
      else this.#leave(node)
    }
  }

  #meet(node: number): void {
    this.#tick()
    this.#metCount += 1
    this.#met[node] = this.#metCount
    this.#low[node] = this.#metCount
    this.#open[this.#openCount++] = node
    this.#way[this.#depth++] = node
  }

  #follow(node: number): void {
    const target = this.#adjacency.targets[this.#next[node]!++]!
    if (this.#met[target] === 0) this.#meet(target)
    else if (this.labels[target] === -1) this.#lower(node, this.#met[target]!)
  }

  #leave(node: number): void {
    this.#depth -= 1
    if (this.#depth > 0) this.#lower(this.#way[this.#depth - 1]!, this.#low[node]!)
    if (this.#low[node] === this.#met[node]) this.#close(node)
  }

  #lower(node: number, met: number): void {
    if (met < this.#low[node]!) this.#low[node] = met
  }

  /** All that is open from this node on is one set. */
  #close(node: number): void {
    let first = this.#openCount
    do first -= 1
    while (this.#open[first] !== node)
    const set = this.#open.subarray(first, this.#openCount)
    let smallest = node
    for (const each of set) if (each < smallest) smallest = each
    for (const each of set) this.labels[each] = smallest
    this.#openCount = first
  }
}
