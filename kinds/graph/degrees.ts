import type { z } from 'zod'
import { invariant } from '../../contract/invariant.ts'
import type { Part, RunContext, Split, StageAnswer } from '../../contract/run.ts'
import { ByteTable } from '../../datasets/bytes/byteTable.ts'
import { bucketsFor } from '../../datasets/shuffle/buckets.ts'
import { partitionAnswer } from '../../datasets/shuffle/directory.ts'
import { ByteHash } from '../../datasets/statistics/hash.ts'
import { type NodeRecord, NodeRecordWriter, recordsOfBucket } from './degreeRecords.ts'
import { type EdgeRow, eachEdgeRow } from './edgeRows.ts'
import { type GraphParams, mostExamples, resultSchema } from './kind.ts'
import { ListPlaces } from './listPlaces.ts'
import { NodeCounts } from './nodeCounts.ts'
import { NodeTable } from './nodeTable.ts'

/**
 * How many edges lead to and from each node, of graphs larger than memory. Each edge goes by hash to both its nodes; there different ones
 * are counted; the counts go back to where in the rows their nodes are first named, so that they can be listed in that order.
 */
type Context = RunContext<GraphParams>

const arenaBytes = 16 * 1024 * 1024 - 256

export async function spreadEdges(split: Split, context: Context, index: Part[]): Promise<StageAnswer> {
  const buckets = bucketsFor(context.inputs, context.params)
  const writer = new NodeRecordWriter(context, { buckets, arenaBytes })
  const hash = new ByteHash()
  const add = (record: NodeRecord): void => {
    hash.of(record.bytes, record.start, record.end)
    writer.add(hash.low % buckets, record)
  }
  try {
    await eachEdgeRow({ split, context, index }, (edge) => {
      for (const record of recordsOf(edge)) add(record)
    })
    return partitionAnswer(writer.finish())
  } finally {
    writer.release()
  }
}

/** One for each node that the row names. */
function recordsOf({ batch, row, from, to }: EdgeRow): NodeRecord[] {
  const at = { input: batch.input, offset: batch.offsets[row]!, rows: 0, incoming: 0, outgoing: 0, bytes: batch.bytes }
  const place = (field: number) => ({ start: batch.starts[field]!, end: batch.ends[field]! })
  if (to === null) return [{ ...at, ...place(from), side: 0, other: null }]
  return [
    { ...at, ...place(from), rows: 1, side: 0, other: place(to) },
    { ...at, ...place(to), side: 1, other: place(from) },
  ]
}

export function countDegrees({ items }: Split, context: Context, [directory]: Part[]): StageAnswer {
  invariant(directory !== undefined && items.to === items.from + 1, 'graph: a task counts one bucket')
  const counts = new NodeCounts()
  for (const record of recordsOfBucket(directory, items.from, context)) counts.add(record)
  const places = new ListPlaces(context.inputs, context.params)
  const writer = new NodeRecordWriter(context, { buckets: places.buckets, arenaBytes })
  try {
    for (const record of counts.each()) writer.add(places.bucketOf(record), record)
    return partitionAnswer(writer.finish())
  } finally {
    writer.release()
  }
}

export function listDegrees({ items }: Split, context: Context, [directory]: Part[]): StageAnswer {
  invariant(directory !== undefined && items.to === items.from + 1, 'graph: a task lists one bucket')
  const nodes = [...recordsOfBucket(directory, items.from, context)].sort(byPlace)
  const names = new ByteTable()
  const table = new NodeTable({ file: 'degrees', columns: ['node', 'in', 'out'], names }, context)
  if (items.from === 0) table.header()
  for (const { bytes, start, end, incoming, outgoing } of nodes)
    table.row([names.numberOf(bytes, start, end), incoming, outgoing])
  return { value: totalOf(nodes), files: { degrees: table.finish() } }
}

/** In the order in which they are first named. */
function byPlace(one: NodeRecord, other: NodeRecord): number {
  return one.input - other.input || one.offset - other.offset || one.side - other.side
}

const totalSchema = resultSchema.pick({ rows: true, nodes: true, edges: true, degrees: true }).required()
type Total = z.infer<typeof totalSchema>

function totalOf(nodes: readonly NodeRecord[]): Total {
  const sum = (of: (node: NodeRecord) => number) => nodes.reduce((all, node) => all + of(node), 0)
  return {
    rows: sum(({ rows }) => rows),
    nodes: nodes.length,
    edges: sum(({ outgoing }) => outgoing),
    degrees: {
      sources: nodes.filter(({ incoming }) => incoming === 0).length,
      sinks: nodes.filter(({ outgoing }) => outgoing === 0).length,
      mostIn: most(nodes, ({ incoming }) => incoming),
      mostOut: most(nodes, ({ outgoing }) => outgoing),
    },
  }
}

type Most = Total['degrees']['mostIn']

/** Of nodes with as many edges the one that is named first. */
function most(nodes: readonly NodeRecord[], edgesOf: (node: NodeRecord) => number): Most {
  return nodes
    .filter((node) => edgesOf(node) > 0)
    .sort((one, other) => edgesOf(other) - edgesOf(one))
    .slice(0, mostExamples)
    .map((node) => ({
      node: Buffer.from(node.bytes.subarray(node.start, node.end)).toString('utf8'),
      edges: edgesOf(node),
    }))
}

export function totalDegrees(parts: Part[]): StageAnswer {
  const totals = parts.map(({ value }) => totalSchema.parse(value))
  const sum = (of: (total: Total) => number) => totals.reduce((all, total) => all + of(total), 0)
  const joined = (of: (total: Total) => Most) =>
    totals
      .flatMap(of)
      .sort((one, other) => other.edges - one.edges)
      .slice(0, mostExamples)
  return {
    value: {
      rows: sum(({ rows }) => rows),
      nodes: sum(({ nodes }) => nodes),
      edges: sum(({ edges }) => edges),
      degrees: {
        sources: sum(({ degrees }) => degrees.sources),
        sinks: sum(({ degrees }) => degrees.sinks),
        mostIn: joined(({ degrees }) => degrees.mostIn),
        mostOut: joined(({ degrees }) => degrees.mostOut),
      },
    },
  }
}
