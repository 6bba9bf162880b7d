import type { RunContext, StageAnswer } from '../../contract/run.ts'
import type { Graph } from './graphFile.ts'
import { type GraphParams, mostExamples } from './kind.ts'
import { NodeTable } from './nodeTable.ts'
import { SpanningForest } from './spanningForest.ts'
import { type Tick, ticksOf } from './ticks.ts'

/** What hangs together, whichever way edges run. Components are numbered from 1 on as their first nodes are named. */
export function findComponents(graph: Graph, context: RunContext<GraphParams>): StageAnswer {
  const { nodes, names, rows } = graph
  const tick = ticksOf(context)
  const table = new NodeTable({ file: 'components', columns: ['node', 'component'], names }, context)
  table.header()
  const forest = forestOf(graph, tick)
  /** By a component's first node. */
  const numbers = new Int32Array(nodes)
  const found: { first: number; nodes: number }[] = []
  for (let node = 0; node < nodes; node += 1) {
    tick()
    const first = forest.firstOf(node)
    if (first === node) numbers[node] = found.push({ first, nodes: 0 })
    found[numbers[first]! - 1]!.nodes += 1
    table.row([node, numbers[first]!])
  }
  const largest = found
    .map((each, at) => ({ component: at + 1, ...each }))
    .toSorted((one, other) => other.nodes - one.nodes)
    .slice(0, mostExamples)
    .map(({ first, ...each }) => ({ ...each, first: names.textOf(first) }))
  const alone = found.filter((each) => each.nodes === 1).length
  return {
    value: { rows, nodes, components: { count: found.length, alone, largest } },
    files: { components: table.finish() },
  }
}

function forestOf({ sources, targets }: Graph, tick: Tick): SpanningForest {
  const forest = new SpanningForest()
  for (let edge = 0; edge < sources.length; edge += 1) {
    tick()
    forest.add(sources[edge]!, targets[edge]!)
  }
  return forest
}
