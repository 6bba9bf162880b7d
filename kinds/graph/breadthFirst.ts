import type { Adjacency } from '../../datasets/graph/adjacency.ts'
import type { Tick } from './ticks.ts'

/** What can be reached from some different nodes, nearest first. */
export interface Reached {
  /** The nodes to start from and then, distance after distance, what they lead to; what was met first leads on first. */
  nodes: Int32Array
  /** Where each distance ends in `nodes`. */
  ends: number[]
  /** By node: the one that led to it, itself for one to start from; -1 for what is not reached. */
  above: Int32Array
}

export function breadthFirst({ starts, targets }: Adjacency, from: Iterable<number>, tick: Tick): Reached {
  const above = new Int32Array(starts.length - 1).fill(-1)
  const nodes = new Int32Array(starts.length - 1)
  const ends: number[] = []
  let met = 0
  for (const node of from) {
    nodes[met++] = node
    above[node] = node
  }
  for (let at = 0; at < met;) {
    const to = met
    ends.push(to)
    for (; at < to; at += 1) {
      tick()
      const node = nodes[at]!
      for (let edge = starts[node]!; edge < starts[node + 1]!; edge += 1) {
        const target = targets[edge]!
        if (above[target] !== -1) continue
        above[target] = node
        nodes[met++] = target
      }
    }
  }
  return { nodes: nodes.subarray(0, met), ends, above }
}
