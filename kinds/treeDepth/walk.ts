import { z } from 'zod'
import { ExactSum, readTotal, writeTotal } from '../../datasets/statistics/exactSum.ts'

/** A walk down a part of a forest, as far as it is allowed to go, and what walks of several parts have found together. */

/** A node, how many nodes the path to it has, and what these weigh. */
export interface Reached {
  node: number
  depth: number
  weight: number
}

const reachedSchema = z.strictObject({ node: z.int(), depth: z.int(), weight: z.number() })

export const measuredSchema = z.strictObject({
  nodes: z.int(),
  leaves: z.int(),
  /** Of all nodes, in the form of datasets/statistics/exactSum.ts. */
  total: z.string(),
  deepest: reachedSchema.nullable(),
  heaviest: reachedSchema.nullable(),
})
export type Measured = z.infer<typeof measuredSchema>

export interface Walkable {
  eachChild(node: number, visit: (child: number) => void): number
  weight(node: number): number
}

/**
 * Level by level from these nodes on. What has been reached when so many nodes have been looked at is left over: whole subtrees that do not
 * touch each other. `tick` is called for each node.
 */
export function walk(
  forest: Walkable,
  from: readonly Reached[],
  { most, tick }: { most: number; tick: () => void },
): { measured: Measured; left: Reached[] } {
  const queue = [...from]
  const total = new ExactSum()
  let [leaves, seen] = [0, 0]
  let deepest: Reached | null = null
  let heaviest: Reached | null = null
  for (; seen < queue.length && seen < most; seen += 1) {
    const reached = queue[seen]!
    tick()
    total.add(forest.weight(reached.node))
    const below = forest.eachChild(reached.node, (node) =>
      queue.push({ node, depth: reached.depth + 1, weight: reached.weight + forest.weight(node) }),
    )
    deepest = deeper(deepest, reached)
    if (below > 0) continue
    leaves += 1
    heaviest = heavier(heaviest, reached)
  }
  return {
    measured: { nodes: seen, leaves, total: writeTotal(total.total()), deepest, heaviest },
    left: queue.slice(seen),
  }
}

export function join(parts: readonly Measured[]): Measured {
  const sum = (of: 'nodes' | 'leaves') => parts.reduce((all, part) => all + part[of], 0)
  return {
    nodes: sum('nodes'),
    leaves: sum('leaves'),
    total: writeTotal(parts.reduce((all, { total }) => all + readTotal(total), 0n)),
    deepest: parts.reduce<Reached | null>((best, part) => deeper(best, part.deepest), null),
    heaviest: parts.reduce<Reached | null>((best, part) => heavier(best, part.heaviest), null),
  }
}

/** Of equals the one that was named first, so that it does not matter who has met it. */
function better(by: 'depth' | 'weight'): (one: Reached | null, other: Reached | null) => Reached | null {
  return (one, other) => {
    if (one === null || other === null) return one ?? other
    const isFirst = one[by] === other[by] ? one.node <= other.node : one[by] > other[by]
    return isFirst ? one : other
  }
}

const deeper = better('depth')
const heavier = better('weight')
