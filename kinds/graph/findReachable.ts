import type { FileRef } from '../../contract/outcome.ts'
import { type RunContext, type StageAnswer, TaskFailure } from '../../contract/run.ts'
import { type Adjacency, adjacencyOf } from '../../datasets/graph/adjacency.ts'
import { listedNames } from '../../datasets/table/listedNames.ts'
import { breadthFirst, type Reached } from './breadthFirst.ts'
import type { Graph } from './graphFile.ts'
import { type GraphParams, mostExamples } from './kind.ts'
import { NodeTable } from './nodeTable.ts'
import { ticksOf } from './ticks.ts'

type Context = RunContext<GraphParams>

/** What some nodes lead to, or what leads to them: by distance, and then in the order in which nodes are named. */
export function findReachable(graph: Graph, context: Context): StageAnswer {
  const { nodes, names, rows, sources } = graph
  const { start, direction = 'forward' } = context.params
  const { known, unknown } = numbersOf(start, graph)
  if (known.length === 0)
    throw new TaskFailure('refused-input', `cannot start from ${listedNames(start)}: no row names it`)
  if (unknown.length > 0) context.tell(`No row names ${unknown.length} of ${start.length} nodes to start from`)
  const reached = breadthFirst(adjacencyIn(graph, direction), known, ticksOf(context))
  inOrder(reached)
  const file = writeReached(graph, reached, context)
  const examples = [...distancesOf(reached, mostExamples)].map(([node, distance]) => ({
    node: names.textOf(node),
    distance,
  }))
  const reachable = {
    started: known.length,
    reached: reached.nodes.length - known.length,
    farthest: reached.ends.length - 1,
    unknown: unknown.slice(0, mostExamples),
    examples,
  }
  return { value: { rows, nodes, edges: sources.length, reachable }, files: { reachable: file } }
}

/** Those that are there, each once. */
function numbersOf(start: readonly string[], { nodes, names }: Graph): { known: number[]; unknown: string[] } {
  const wanted = new Set(start)
  const known: number[] = []
  for (let node = 0; node < nodes && wanted.size > 0; node += 1) if (wanted.delete(names.textOf(node))) known.push(node)
  return { known, unknown: [...wanted] }
}

function adjacencyIn({ nodes, sources, targets }: Graph, direction: NonNullable<GraphParams['direction']>): Adjacency {
  if (direction === 'forward') return adjacencyOf(nodes, { sources, targets })
  if (direction === 'backward') return adjacencyOf(nodes, { sources: targets, targets: sources })
  return adjacencyOf(nodes, { sources: joined(sources, targets), targets: joined(targets, sources) })
}

function joined(one: Int32Array, other: Int32Array): Int32Array {
  const both = new Int32Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}

function inOrder({ nodes, ends }: Reached): void {
  for (const [distance, end] of ends.entries()) nodes.subarray(distance === 0 ? 0 : ends[distance - 1], end).sort()
}

function writeReached({ names }: Graph, reached: Reached, context: Context): FileRef {
  const table = new NodeTable({ file: 'reachable', columns: ['node', 'distance'], names }, context)
  table.header()
  const tick = ticksOf(context)
  for (const row of distancesOf(reached, reached.nodes.length)) {
    tick()
    table.row(row)
  }
  return table.finish()
}

function* distancesOf({ nodes, ends }: Reached, most: number): Generator<[node: number, distance: number]> {
  let distance = 0
  for (const [at, node] of nodes.subarray(0, most).entries()) {
    if (at === ends[distance]) distance += 1
    yield [node, distance]
  }
}
