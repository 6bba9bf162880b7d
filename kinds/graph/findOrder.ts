import type { z } from 'zod'
import type { FileRef } from '../../contract/outcome.ts'
import type { RunContext, StageAnswer } from '../../contract/run.ts'
import { type Adjacency, adjacencyOf } from '../../datasets/graph/adjacency.ts'
import { breadthFirst } from './breadthFirst.ts'
import { cyclesOf, nodesLeft } from './findCycles.ts'
import type { Graph } from './graphFile.ts'
import { type GraphParams, mostExamples, type resultSchema } from './kind.ts'
import { NodeTable } from './nodeTable.ts'
import { type Peeled, peel } from './peel.ts'
import { ticksOf } from './ticks.ts'

type Context = RunContext<GraphParams>
type Told = NonNullable<z.infer<typeof resultSchema>['order']>

/** What can come when: levels, and within them the order in which nodes are named; then what can never come, and because of which cycle. */
export function findOrder(graph: Graph, context: Context): StageAnswer {
  const { nodes, rows, sources } = graph
  const adjacency = adjacencyOf(nodes, graph)
  const peeled = peel(adjacency, ticksOf(context))
  const cycles = cyclesOf({ graph, adjacency, peeled }, context)
  const blocked = writeBlocked({ graph, adjacency, peeled, cycleOf: cycles.cycleOf }, context)
  const order: Told = {
    ordered: peeled.order.length,
    levels: peeled.ends.length,
    first: firstLevels(graph, peeled),
    blocked: nodes - peeled.order.length,
    examples: blocked.examples,
  }
  const [first] = cycles.told.examples
  if (first !== undefined) context.tell(`${order.blocked} of ${nodes} nodes cannot come: ${shortly(first.path)}`)
  return {
    value: { rows, nodes, edges: sources.length, cycles: cycles.told, order },
    files: { order: writeOrder(graph, peeled, context), blocked: blocked.file, cycles: cycles.file },
  }
}

function writeOrder({ names }: Graph, { order, ends }: Peeled, context: Context): FileRef {
  const table = new NodeTable({ file: 'order', columns: ['node', 'order', 'level'], names }, context)
  table.header()
  const tick = ticksOf(context)
  let level = 0
  for (const [at, node] of order.entries()) {
    tick()
    if (at === ends[level]) level += 1
    table.row([node, at + 1, level])
  }
  return table.finish()
}

function firstLevels({ names }: Graph, { order, ends }: Peeled): Told['first'] {
  return ends.slice(0, mostExamples).map((end, at) => {
    const nodes = order.subarray(at === 0 ? 0 : ends[at - 1], end)
    const examples = Array.from(nodes.subarray(0, mostExamples), (node) => names.textOf(node))
    return { level: at, nodes: nodes.length, examples }
  })
}

interface Blocking {
  graph: Graph
  adjacency: Adjacency
  peeled: Peeled
  cycleOf: Int32Array
}

function writeBlocked(blocking: Blocking, context: Context): { file: FileRef; examples: Told['examples'] } {
  const { names } = blocking.graph
  const { cycles, distances } = nearestCycles(blocking, context)
  const table = new NodeTable({ file: 'blocked', columns: ['node', 'cycle', 'distance'], names }, context)
  table.header()
  const examples: Told['examples'] = []
  for (const node of nodesLeft(blocking.peeled)) {
    const [cycle, distance] = [cycles[node]!, distances[node]!]
    table.row([node, cycle, distance])
    if (examples.length < mostExamples) examples.push({ node: names.textOf(node), cycle, distance })
  }
  return { file: table.finish(), examples }
}

/** By node: the cycle that is fewest edges away, of several the first one; whoever is met first passes it on. */
function nearestCycles({ adjacency, cycleOf }: Blocking, context: Context): Record<'cycles' | 'distances', Int32Array> {
  const reached = breadthFirst(adjacency, byCycle(cycleOf), ticksOf(context))
  const cycles = cycleOf.slice()
  const distances = new Int32Array(cycleOf.length)
  for (const node of reached.nodes.subarray(reached.ends[0])) {
    const above = reached.above[node]!
    cycles[node] = cycles[above]!
    distances[node] = distances[above]! + 1
  }
  return { cycles, distances }
}

function byCycle(cycleOf: Int32Array): Int32Array {
  const most = cycleOf.reduce((one, other) => Math.max(one, other), 0)
  const { starts, targets } = adjacencyOf(most + 1, { sources: cycleOf, targets: cycleOf.map((_, node) => node) })
  return targets.subarray(starts[1])
}

const mostShown = 8

function shortly(path: readonly string[]): string {
  const shown = path.length <= mostShown ? path : [...path.slice(0, mostShown - 2), '…', path.at(-1)!]
  return shown.map((name) => (name.length > 24 ? `${name.slice(0, 23)}…` : name)).join(' → ')
}
