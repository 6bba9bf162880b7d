import { z } from 'zod'
import type { Input } from '../../contract/dataset.ts'
import { defineKind } from '../../contract/kind.ts'
import { listedNames } from '../../datasets/table/listedNames.ts'
import { tableParams, tableWishes } from '../../datasets/table/params.ts'

/**
 * What a table of edges says as a whole. An edge runs from what comes first to what depends on it; nodes are known by their names, byte by
 * byte, and numbered in the order in which rows name them, which decides wherever nothing else does.
 */
const questions = ['components', 'cycles', 'order', 'reachable', 'degrees'] as const
export type Question = (typeof questions)[number]

const columnName = z.string().min(1).max(1000)
const nodeName = z.string().min(1).max(10_000)
const smallestBucket = 1024
const largestBucket = 64 * 1024 * 1024

const params = z.strictObject({
  find: z.enum(questions).meta({
    title: 'Find',
    description:
      'components: what hangs together; cycles: what depends on itself; order: what can come when, and what cannot; reachable: what comes after some nodes, or before them; degrees: how many edges each node has',
  }),
  from: columnName.optional().meta({
    title: 'From',
    description: 'Column with what comes first; not set: the one called from, or the first of two',
  }),
  to: columnName.optional().meta({
    title: 'To',
    description:
      'Column with what depends on it, empty for a node alone; not set: the one called to, or the second of two',
  }),
  start: z.array(nodeName).max(10_000).default([]).meta({
    title: 'Start',
    description: 'For reachable: the nodes to start from',
  }),
  direction: z.enum(['forward', 'backward', 'both']).optional().meta({
    title: 'Direction',
    description:
      'For reachable. forward: along the edges, to what depends on the start; backward: to what it depends on; both: either way. Not set: forward',
  }),
  spreadsheetSafe: z.boolean().default(false).meta({
    title: 'Safe for spreadsheets',
    description: 'Put an apostrophe before text in CSV that a spreadsheet would take for a formula',
  }),
  bucketBytes: z
    .int()
    .min(smallestBucket)
    .max(largestBucket)
    .default(4 * 1024 * 1024)
    .meta({
      title: 'Bucket',
      description: 'For degrees: about how many bytes of the input are counted at once, on each worker',
    }),
  ...tableParams,
})
export type GraphParams = z.output<typeof params>

/** So many components, cycles, levels or nodes stand in the result as examples, and of each so many names. */
export const mostExamples = 20
export const mostNames = 1000

const count = z.int().min(0)
const component = z.strictObject({
  component: z.int().meta({ description: 'Its number in the artifact' }),
  nodes: count,
  first: z.string().meta({ description: 'Its node that is named first' }),
})
const cycle = z.strictObject({
  nodes: count.meta({ description: 'How many nodes it has; 1 for a node that depends on itself' }),
  path: z.array(z.string()).meta({
    description: `Along its edges and back to where it begins, ${mostNames} names at most`,
  }),
})
const level = z.strictObject({
  level: count.meta({ description: 'How many edges the longest way to its nodes has' }),
  nodes: count,
  examples: z.array(z.string()),
})
const blocked = z.strictObject({
  node: z.string(),
  cycle: z.int().meta({ description: 'The nearest cycle that it depends on, by its number in the artifact' }),
  distance: count.meta({ description: 'How many edges lead from there to it; 0 for what depends on itself' }),
})
const degree = z.strictObject({ node: z.string(), edges: count })

export const cyclesSchema = z.strictObject({
  count: count.meta({
    description:
      'One for each node that depends on itself, and one for each set of nodes that all depend on each other',
  }),
  nodes: count.meta({ description: 'How many nodes depend on themselves' }),
  examples: z.array(cycle),
})

export const resultSchema = z.strictObject({
  rows: count.meta({ description: 'How many rows name an edge' }),
  nodes: count,
  edges: count.optional().meta({ description: 'How many of them are different' }),
  components: z
    .strictObject({ count, alone: count.meta({ description: 'Those of one node' }), largest: z.array(component) })
    .optional(),
  cycles: cyclesSchema.optional(),
  order: z
    .strictObject({
      ordered: count.meta({ description: 'How many nodes can come at all' }),
      levels: count.meta({
        description: 'How many levels these have: as many as the longest way along edges has nodes',
      }),
      first: z.array(level).meta({ description: 'The first levels' }),
      blocked: count.meta({ description: 'How many nodes can never come: on a cycle, or behind one' }),
      examples: z.array(blocked).meta({ description: 'Of those that are blocked' }),
    })
    .optional(),
  reachable: z
    .strictObject({
      started: count.meta({ description: 'From how many nodes' }),
      reached: count.meta({ description: 'How many others' }),
      farthest: count.meta({ description: 'How many edges it takes to the last of them' }),
      unknown: z.array(z.string()).meta({ description: 'What was to be started from and no row names' }),
      examples: z.array(z.strictObject({ node: z.string(), distance: count })),
    })
    .optional(),
  degrees: z
    .strictObject({
      sources: count.meta({ description: 'Nodes that no edge leads to' }),
      sinks: count.meta({ description: 'Nodes that no edge leads from' }),
      mostIn: z.array(degree),
      mostOut: z.array(degree),
    })
    .optional(),
})

/** Each artifact by the name of the scratch file that becomes it. */
const artifactsByQuestion: Record<Question, readonly string[]> = {
  components: ['components'],
  cycles: ['cycles'],
  order: ['order', 'blocked', 'cycles'],
  reachable: ['reachable'],
  degrees: ['degrees'],
}

export function artifactsOf({ find }: Pick<GraphParams, 'find'>): { file: string; name: string; mediaType: string }[] {
  return artifactsByQuestion[find].map((file) => ({ file, name: `${file}.csv`, mediaType: 'text/csv' }))
}

export const kind = defineKind({
  id: 'graph',
  version: 1,
  title: 'Look into a graph',
  summary: 'Finds components, cycles, an order with its levels, what can be reached, or degrees, in a table of edges.',
  accepts: ['table'],
  inputs: 'required',
  params,
  table: tableWishes,
  result: resultSchema,
  artifacts: (given) => artifactsOf(given).map(({ name }) => name),
  settle: (given, inputs) => ({ ...given, ...columnsFor(given, namesOf(inputs)) }),
  check,
  room: (_params, { bytes }) => 4 * bytes,
  cost: (_params, { bytes }) => ({ ms: bytes / 15_000 }),
})

function namesOf(inputs: readonly Input[]): string[] {
  return inputs[0]?.table?.columns.map(({ name }) => name) ?? []
}

/** A list of edges often has two columns and no more, whatever they are called. */
function columnsFor({ from, to }: GraphParams, names: readonly string[]): Pick<GraphParams, 'from' | 'to'> {
  const called = (name: string, place: number) =>
    names.includes(name) ? name : names.length === 2 ? names[place] : undefined
  return { from: from ?? called('from', 0), to: to ?? called('to', 1) }
}

function check({ find, from, to, start, direction }: GraphParams, inputs: readonly Input[]): string | null {
  const stranger = inputs.find(({ table }) => table === undefined)
  if (stranger !== undefined) return `${stranger.name} is no table`
  return complaintAboutColumns({ from, to }, namesOf(inputs)) ?? complaintAboutStart({ find, start, direction })
}

function complaintAboutColumns(given: Pick<GraphParams, 'from' | 'to'>, names: readonly string[]): string | null {
  if (names.length === 1)
    return `the only column is ${names[0]}, and edges have two; delimiter says what stands between them`
  for (const [param, name] of Object.entries(given)) {
    if (name === undefined) return `no column is called ${param}: name one by ${param}, of ${listedNames(names)}`
    if (!names.includes(name)) return `${param} names ${name}, and the columns are ${listedNames(names)}`
  }
  return given.from === given.to ? `from and to both name ${given.from}` : null
}

function complaintAboutStart({
  find,
  start,
  direction,
}: Pick<GraphParams, 'find' | 'start' | 'direction'>): string | null {
  if (find === 'reachable') return start.length === 0 ? 'find=reachable needs nodes to start from: start' : null
  if (start.length > 0) return `start is for find=reachable, and find is ${find}`
  return direction === undefined ? null : `direction is for find=reachable, and find is ${find}`
}
