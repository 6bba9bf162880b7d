import type { z } from 'zod'
import type { FileRef } from '../../contract/outcome.ts'
import type { RunContext, StageAnswer } from '../../contract/run.ts'
import { type Adjacency, adjacencyOf } from '../../datasets/graph/adjacency.ts'
import { CycleFinder } from './cycles.ts'
import type { Graph } from './graphFile.ts'
import { type cyclesSchema, type GraphParams, mostExamples, mostNames } from './kind.ts'
import { NodeTable } from './nodeTable.ts'
import { type Peeled, peel } from './peel.ts'
import { strongComponents } from './strongComponents.ts'
import { ticksOf } from './ticks.ts'

type Context = RunContext<GraphParams>

export function findCycles(graph: Graph, context: Context): StageAnswer {
  const { nodes, rows, sources } = graph
  const adjacency = adjacencyOf(nodes, graph)
  const peeled = peel(adjacency, ticksOf(context))
  const { told, file } = cyclesOf({ graph, adjacency, peeled }, context)
  return { value: { rows, nodes, edges: sources.length, cycles: told }, files: { cycles: file } }
}

export interface ToldCycles {
  told: z.infer<typeof cyclesSchema>
  file: FileRef
  /** By node: the number of the cycle that tells why it depends on itself; 0 when it does not. */
  cycleOf: Int32Array
}

/** Cycles are among what peeling has left, and are numbered from 1 on as their first nodes are named. */
export function cyclesOf(
  { graph, adjacency, peeled }: { graph: Graph; adjacency: Adjacency; peeled: Peeled },
  context: Context,
): ToldCycles {
  const { nodes, names } = graph
  const tick = ticksOf(context)
  const sets = strongComponents(adjacency, nodesLeft(peeled), tick)
  const table = new NodeTable({ file: 'cycles', columns: ['cycle', 'step', 'node'], names }, context)
  table.header()
  const examples: ToldCycles['told']['examples'] = []
  /** By a set's first node. */
  const numbers = new Int32Array(nodes)
  let count = 0
  for (const cycle of new CycleFinder(adjacency, sets, tick).each()) {
    count += 1
    numbers[sets[cycle[0]!]!] ||= count
    for (const [step, node] of cycle.entries()) table.row([count, step + 1, node])
    table.row([count, cycle.length + 1, cycle[0]!])
    if (examples.length < mostExamples) examples.push({ nodes: cycle.length, path: pathOf(cycle, graph) })
  }
  const cycleOf = sets.map((set) => (set === -1 ? 0 : numbers[set]!))
  const onCycles = cycleOf.reduce((sum, cycle) => sum + (cycle > 0 ? 1 : 0), 0)
  return { told: { count, nodes: onCycles, examples }, file: table.finish(), cycleOf }
}

export function* nodesLeft({ waiting }: Peeled): Generator<number> {
  for (let node = 0; node < waiting.length; node += 1) if (waiting[node]! > 0) yield node
}

function pathOf(cycle: readonly number[], { names }: Graph): string[] {
  return [...cycle.slice(0, mostNames - 1), cycle[0]!].map((node) => names.textOf(node))
}
