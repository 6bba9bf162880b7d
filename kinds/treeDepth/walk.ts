import { z } from 'zod'
import { ExactSum, readTotal, writeTotal } from '../../datasets/statistics/exactSum.ts'

/** A walk down a part of a hierarchy, as far as it is allowed to go, and what walks of several parts have found together. */

/** A node, how many nodes the path to it has, what these weigh, and what it weighs itself. A number in a forest, a way in a folder. */
export interface Reached<Node = number | string> {
  node: Node
  depth: number
  weight: number
  own: number
}

export const reachedSchema = z.strictObject({
  node: z.union([z.int(), z.string()]),
  depth: z.int(),
  weight: z.number(),
  own: z.number(),
})

export const measuredSchema = z.strictObject({
  nodes: z.int(),
  leaves: z.int(),
  /** Of all nodes, in the form of datasets/statistics/exactSum.ts. */
  total: z.string(),
  deepest: reachedSchema.nullable(),
  heaviest: reachedSchema.nullable(),
  unreadable: z.strictObject({ count: z.int(), examples: z.array(z.string()) }),
})
export type Measured = z.infer<typeof measuredSchema>

export interface Walkable<Node> {
  /** `visit` gets each child, always in the same order; tells how many there are. */
  eachChild(node: Node, visit: (child: Node) => void): number
  weight(node: Node): number
  /** What could not be looked at so far. */
  readonly unreadable: Measured['unreadable']
}

/**
 * Level by level from these nodes on. What has been reached when so many nodes have been looked at is left over: whole subtrees that do not
 * touch each other. `tick` is called for each node.
 */
export function walk<Node extends number | string>(
  tree: Walkable<Node>,
  from: readonly Reached<Node>[],
  { most, tick }: { most: number; tick: () => void },
): { measured: Measured; left: Reached<Node>[] } {
  const queue = [...from]
  const total = new ExactSum()
  let [leaves, nodes] = [0, 0]
  let deepest: Reached | null = null
  let heaviest: Reached | null = null
  for (; nodes < queue.length && nodes < most; nodes += 1) {
    const reached = queue[nodes]!
    tick()
    total.add(reached.own)
    const below = tree.eachChild(reached.node, (node) => queue.push(childOf(tree, reached, node)))
    deepest = deeper(deepest, reached)
    if (below > 0) continue
    leaves += 1
    heaviest = heavier(heaviest, reached)
  }
  const { unreadable } = tree
  return {
    measured: { nodes, leaves, total: writeTotal(total.total()), deepest, heaviest, unreadable },
    left: queue.slice(nodes),
  }
}

function childOf<Node>(tree: Walkable<Node>, { depth, weight }: Reached<Node>, node: Node): Reached<Node> {
  const own = tree.weight(node)
  return { node, depth: depth + 1, weight: weight + own, own }
}

/** A node on which nothing hangs above. */
export function rootAt<Node>(tree: Walkable<Node>, node: Node): Reached<Node> {
  const own = tree.weight(node)
  return { node, depth: 1, weight: own, own }
}

/** `mostExamples` bounds what is kept of what could not be looked at. */
export function join(parts: readonly Measured[], mostExamples: number): Measured {
  const sum = (of: (part: Measured) => number) => parts.reduce((all, part) => all + of(part), 0)
  const examples = parts.flatMap(({ unreadable }) => unreadable.examples)
  return {
    nodes: sum(({ nodes }) => nodes),
    leaves: sum(({ leaves }) => leaves),
    total: writeTotal(parts.reduce((all, { total }) => all + readTotal(total), 0n)),
    deepest: parts.reduce<Reached | null>((best, part) => deeper(best, part.deepest), null),
    heaviest: parts.reduce<Reached | null>((best, part) => heavier(best, part.heaviest), null),
    unreadable: { count: sum(({ unreadable }) => unreadable.count), examples: examples.slice(0, mostExamples) },
  }
}

/** Of equals the first by number or by way, so that it does not matter who has met it. */
function better(by: 'depth' | 'weight'): (one: Reached | null, other: Reached | null) => Reached | null {
  return (one, other) => {
    if (one === null || other === null) return one ?? other
    const isFirst = one[by] === other[by] ? one.node <= other.node : one[by] > other[by]
    return isFirst ? one : other
  }
}

const deeper = better('depth')
const heavier = better('weight')
