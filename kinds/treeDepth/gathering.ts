import type { z } from 'zod'
import { type Forest, noParent } from './forest.ts'
import { mostExamples, type resultSchema } from './kind.ts'

/** Puts a forest together from nodes with their parents, and keeps what does not fit into one. */
export type Oddities = Pick<z.infer<typeof resultSchema>, 'undeclared' | 'cycles' | 'twoParents' | 'repeated'>

export class ForestBuilder {
  readonly #numbers = new Map<string, number>()
  readonly #names: string[] = []
  readonly #parents: number[] = []
  readonly #weights: number[] = []
  /** By node: whether it had a row of its own. */
  readonly #isDeclared: boolean[] = []
  /** Other parents than the first, by node. */
  readonly #others = new Map<number, Set<number>>()
  #repeated = 0

  add(name: string, parent: string | null, weight: number): void {
    const node = this.#numberOf(name)
    const above = parent === null ? noParent : this.#numberOf(parent)
    if (this.#isDeclared[node] === true) {
      this.#addAgain(node, above)
      return
    }
    this.#isDeclared[node] = true
    this.#parents[node] = above
    this.#weights[node] = weight
  }

  finish(): { forest: Forest; oddities: Oddities } {
    const nodes = this.#names.length
    const forest: Forest = {
      nodes,
      parents: Int32Array.from(this.#parents),
      weights: Float64Array.from(this.#weights),
      names: this.#names,
    }
    return { forest, oddities: this.#odditiesOf(forest) }
  }

  #numberOf(name: string): number {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    const node = this.#names.length
    this.#numbers.set(name, node)
    this.#names.push(name)
    this.#parents.push(noParent)
    this.#weights.push(0)
    this.#isDeclared.push(false)
    return node
  }

  #addAgain(node: number, parent: number): void {
    const others = this.#others.get(node)
    if (parent === this.#parents[node] || others?.has(parent) === true) this.#repeated += 1
    else if (others === undefined) this.#others.set(node, new Set([parent]))
    else others.add(parent)
  }

  #odditiesOf(forest: Forest): Oddities {
    const twice = [...this.#others].sort(([one], [other]) => one - other)
    const nameOf = (node: number): string | null => (node === noParent ? null : forest.names[node]!)
    return {
      undeclared: this.#isDeclared.filter((isDeclared) => !isDeclared).length,
      cycles: cyclesOf(forest),
      twoParents: {
        count: twice.length,
        examples: twice.slice(0, mostExamples).map(([node, others]) => ({
          node: forest.names[node]!,
          parents: [forest.parents[node]!, ...others].map(nameOf),
        })),
      },
      repeated: this.#repeated,
    }
  }
}

const [unseen, underWay, hangs, lost] = [0, 1, 2, 3]

/** Each node has one parent: going up from it ends at a root, at what is known already, or where the way has been before. */
function cyclesOf({ nodes, parents, names }: Forest): Oddities['cycles'] {
  const state = new Uint8Array(nodes).fill(unseen)
  const found: Oddities['cycles'] = { count: 0, examples: [], nodes: 0 }
  const way: number[] = []
  for (let start = 0; start < nodes; start += 1) {
    way.length = 0
    let at = start
    for (; at !== noParent && state[at] === unseen; at = parents[at]!) {
      state[at] = underWay
      way.push(at)
    }
    const isCycle = at !== noParent && state[at] === underWay
    const isLost = isCycle || (at !== noParent && state[at] === lost)
    for (const node of way) state[node] = isLost ? lost : hangs
    if (isLost) found.nodes += way.length
    if (isCycle) {
      found.count += 1
      if (found.examples.length < mostExamples) found.examples.push(cycleFrom(at, { parents, names }))
    }
  }
  return found
}

const mostOfCycle = 1000

/** From its node that was named first, so that it is told the same way wherever it was met. */
function cycleFrom(start: number, { parents, names }: Pick<Forest, 'parents' | 'names'>): string[] {
  let first = start
  for (let at = parents[start]!; at !== start; at = parents[at]!) first = Math.min(first, at)
  const cycle = [names[first]!]
  for (let at = parents[first]!; at !== first && cycle.length < mostOfCycle; at = parents[at]!) cycle.push(names[at]!)
  return [...cycle, names[first]!]
}
