import type { Adjacency } from '../../datasets/graph/adjacency.ts'
import type { Tick } from './ticks.ts'

/**
 * Peels a graph round by round (A. B. Kahn, 1962): nodes to which no edge leads go, and with them the edges from them. The round in which a node goes is
 * how many edges the longest way to it has. What is on a cycle, or behind one, never goes.
 */
export interface Peeled {
  /** Round after round; within one by their numbers. */
  order: Int32Array
  /** Where each round ends in `order`. */
  ends: number[]
  /** By node: how many edges lead to it from nodes that have not gone; more than none for those that are left. */
  waiting: Int32Array
}

export function peel({ starts, targets }: Adjacency, tick: Tick): Peeled {
  const nodes = starts.length - 1
  const waiting = new Int32Array(nodes)
  for (const target of targets) waiting[target]! += 1
  const order = new Int32Array(nodes)
  const ends: number[] = []
  let gone = 0
  for (let node = 0; node < nodes; node += 1) if (waiting[node] === 0) order[gone++] = node
  for (let from = 0; from < gone;) {
    const to = gone
    ends.push(to)
    for (; from < to; from += 1) {
      tick()
      const node = order[from]!
      for (let at = starts[node]!; at < starts[node + 1]!; at += 1) {
        const target = targets[at]!
        if (--waiting[target]! === 0) order[gone++] = target
      }
    }
    order.subarray(to, gone).sort()
  }
  return { order: order.subarray(0, gone), ends, waiting }
}
