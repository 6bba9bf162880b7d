import type { Json } from '../../contract/json.ts'
import { type Forest, noParent } from './forest.ts'

/** The hierarchy that a JSON document is. Nothing here calls itself: documents may be nested as deep as they like. */
export interface Naming {
  /** Member with a node's name, and with its weight. */
  id: string
  weight: string | undefined
  /** Member with the nodes below; every member and element is a node without it. */
  children: string | undefined
}

interface Waiting {
  value: Json
  parent: number
  /** What leads to it: a member's name, or an element's place. */
  way: string
}

export function forestOfDocument(document: Json, naming: Naming): Forest {
  const [names, parents, weights]: [string[], number[], number[]] = [[], [], []]
  const queue: Waiting[] = [{ value: document, parent: noParent, way: '$' }]
  for (let node = 0; node < queue.length; node += 1) {
    const { value, parent, way } = queue[node]!
    names.push(nameOf(value, way, naming))
    parents.push(parent)
    weights.push(weightOf(value, naming))
    for (const [below, child] of childrenOf(value, naming)) queue.push({ value: child, parent: node, way: below })
  }
  return { nodes: names.length, names, parents: Int32Array.from(parents), weights: Float64Array.from(weights) }
}

function childrenOf(value: Json, { children }: Naming): Iterable<[string, Json]> {
  if (value === null || typeof value !== 'object') return []
  if (children === undefined || Array.isArray(value)) return Object.entries(value)
  const below = Object.hasOwn(value, children) ? value[children] : undefined
  return below !== null && typeof below === 'object' ? Object.entries(below) : []
}

function nameOf(value: Json, way: string, { id, children }: Naming): string {
  if (children === undefined) return way
  const name = memberOf(value, id)
  return name === undefined || name === null || typeof name === 'object' ? way : String(name)
}

/** A node weighs 1 unless it says otherwise; a scalar of any document as many bytes as its text has. */
function weightOf(value: Json, { weight, children }: Naming): number {
  if (weight !== undefined) {
    const own = memberOf(value, weight)
    return typeof own === 'number' ? own : 0
  }
  if (children !== undefined) return 1
  return value !== null && typeof value === 'object' ? 0 : Buffer.byteLength(JSON.stringify(value))
}

function memberOf(value: Json, name: string): Json | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
  return Object.hasOwn(value, name) ? value[name] : undefined
}
