import { type Part, type RunContext, type Split, type StageAnswer, defineRun } from '../../contract/run.ts'
import { gatherPartitions } from '../../datasets/shuffle/directory.ts'
import { tableRuns } from '../../datasets/table/indexStages.ts'
import { countDegrees, listDegrees, spreadEdges, totalDegrees } from './degrees.ts'
import { DistinctEdges } from './distinctEdges.ts'
import { eachEdgeRow } from './edgeRows.ts'
import { findComponents } from './findComponents.ts'
import { findCycles } from './findCycles.ts'
import { findOrder } from './findOrder.ts'
import { findReachable } from './findReachable.ts'
import { type EdgeKeeper, type Graph, GraphBuilder, readGraph } from './graphFile.ts'
import { type GraphParams, kind } from './kind.ts'
import { SpanningForest } from './spanningForest.ts'
import { ticksOf } from './ticks.ts'

type Context = RunContext<GraphParams>

export const run = defineRun(kind, {
  maps: { ...tableRuns.maps, edges, spread: spreadEdges, count: countDegrees, list: listDegrees },
  merges: {
    ...tableRuns.merges,
    gather,
    gatherEdges: (parts, context) => gatherPartitions(parts, context),
    gatherCounts: (parts, context) => gatherPartitions(parts, context),
    total: totalDegrees,
  },
  tasks: {
    ...tableRuns.tasks,
    components: looker(findComponents),
    cycles: looker(findCycles),
    order: looker(findOrder),
    reachable: looker(findReachable),
  },
})

async function edges(split: Split, context: Context, index: Part[]): Promise<StageAnswer> {
  const builder = new GraphBuilder(keeperFor(context.params))
  await eachEdgeRow({ split, context, index }, ({ batch: { bytes, starts, ends }, from, to }) => {
    const source = builder.node(bytes, starts[from]!, ends[from]!)
    if (to !== null) builder.edge(source, builder.node(bytes, starts[to]!, ends[to]!))
  })
  return builder.finish(context)
}

function gather(parts: Part[], context: Context): StageAnswer {
  const builder = new GraphBuilder(keeperFor(context.params))
  const tick = ticksOf(context)
  for (const part of parts) builder.fold(readGraph(part, context), tick)
  return builder.finish(context)
}

/** Components need no more of any number of edges than one for each node. */
function keeperFor({ find }: GraphParams): EdgeKeeper {
  return find === 'components' ? new SpanningForest() : new DistinctEdges()
}

type Look = (graph: Graph, context: Context) => StageAnswer

function looker(look: Look): (_args: unknown, uses: Part[], context: Context) => StageAnswer {
  return (_args, [gathered], context) => look(readGraph(gathered, context), context)
}
