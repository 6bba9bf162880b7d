import { z } from 'zod'
import { invariant } from '../contract/invariant.ts'
import { type Json, jsonSchema } from '../contract/json.ts'

/**
 * The fixed binary tree over cell numbers, along which partials that depend on their grouping are folded. Node (level, index) stands for
 * the cells [index * 2^level, (index + 1) * 2^level). Only siblings are folded, and what is left at the right edge only when every cell is
 * there, from right to left: so the root is a function of the cells alone, whoever folded what, and when.
 */
export const nodesSchema = z.array(z.strictObject({ level: z.int().min(0), index: z.int().min(0), value: jsonSchema }))
export type Node = z.infer<typeof nodesSchema>[number]

/** Folds two adjacent values, the left one first. */
export type Fold = (left: Json, right: Json) => Json | Promise<Json>

/**
 * Folds siblings until none are left. `nodes` are adjacent and in cell order; so is the answer. Each is folded when it comes, so that of
 * nodes made on the way no more are held than the tree is high.
 */
export async function foldSiblings(nodes: Iterable<Node> | AsyncIterable<Node>, fold: Fold): Promise<Node[]> {
  const folded: Node[] = []
  for await (const node of nodes) {
    const last = folded.at(-1)
    invariant(last === undefined || endOf(last) === startOf(node), `node ${nameOf(node)} does not follow its neighbour`)
    folded.push(node)
    await foldLast(folded, fold)
  }
  return folded
}

async function foldLast(nodes: Node[], fold: Fold): Promise<void> {
  for (;;) {
    const right = nodes.at(-1)
    const left = nodes.at(-2)
    if (left === undefined || right === undefined || !areSiblings(left, right)) return
    const value = await fold(left.value, right.value)
    nodes.splice(-2, 2, { level: left.level + 1, index: left.index / 2, value })
  }
}

/** The value of all cells, from the nodes that cover them with no siblings among them. */
export async function foldEdge(nodes: readonly Node[], fold: Fold): Promise<Json> {
  const last = nodes.at(-1)
  invariant(last !== undefined, 'there is nothing to fold')
  let value = last.value
  for (const node of nodes.slice(0, -1).toReversed()) value = await fold(node.value, value)
  return value
}

/** Whether the nodes cover the cells [0, cells). */
export function coversAll(nodes: readonly Node[], cells: number): boolean {
  const [first] = nodes
  const last = nodes.at(-1)
  return first !== undefined && last !== undefined && startOf(first) === 0 && endOf(last) === cells
}

// Not by shifts: cell numbers may pass 2^31.
function startOf(node: Node): number {
  return node.index * 2 ** node.level
}

function endOf(node: Node): number {
  return (node.index + 1) * 2 ** node.level
}

function areSiblings(left: Node, right: Node): boolean {
  return left.level === right.level && left.index % 2 === 0 && right.index === left.index + 1
}

function nameOf(node: Node): string {
  return `(${node.level}, ${node.index})`
}
