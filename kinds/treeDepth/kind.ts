import { z } from 'zod'
import type { Input } from '../../contract/dataset.ts'
import { defineKind } from '../../contract/kind.ts'
import { tableParams, tableWishes } from '../../datasets/table/params.ts'

/**
 * How deep a hierarchy is, how large, and which of its paths are the deepest and the heaviest. The hierarchy is a table in which each row
 * names a node and its parent, a nested JSON document, or a folder with all that is in it.
 */
const sources = ['table', 'json', 'folder'] as const
type TreeSource = (typeof sources)[number]

const columnName = z.string().min(1).max(1000)

const params = z.strictObject({
  from: z.enum(sources).optional().meta({
    title: 'From',
    description:
      'table: rows that name a node and its parent; json: values inside values of one document; folder: the files and folders in it. What the input is, if not given',
  }),
  id: columnName.default('id').meta({
    title: 'Node',
    description: 'Column with the name of the node; in a document of nodes, the member with its name',
  }),
  parent: columnName.default('parent').meta({
    title: 'Parent',
    description: 'Column with the name of the node above, null for a root',
  }),
  weight: columnName.optional().meta({
    title: 'Weight',
    description:
      'Column, or member, with a number; without one each node weighs 1, a text of JSON its bytes, and a file its size',
  }),
  children: columnName.optional().meta({
    title: 'Children',
    description: 'Member with the nodes below, for a document of nodes; without it every member and element is a node',
  }),
  nodesPerTask: z.int().min(1).max(100_000_000).default(20_000).meta({
    title: 'Nodes per task',
    description: 'A task walks so many nodes by itself and leaves the rest to tasks below it',
  }),
  ...tableParams,
})
export type TreeDepthParams = z.output<typeof params>

/** Of a path so many names stand in the result: its upper ones. All of them are in the artifact. */
export const mostNames = 1000
/** So many cycles, and nodes with two parents, are told in full. */
export const mostExamples = 20

export const pathSchema = z.strictObject({
  depth: z.int().meta({ description: 'How many nodes it has' }),
  weight: z.number().meta({ description: 'What its nodes weigh together' }),
  path: z.array(z.string()).meta({ description: `The names of its nodes from the root on, ${mostNames} at most` }),
})

export const resultSchema = z.strictObject({
  nodes: z.int().meta({ description: 'How many nodes hang on roots' }),
  roots: z.int(),
  leaves: z.int().meta({ description: 'Nodes without any below' }),
  depth: z.int().meta({ description: 'How many nodes the deepest path has' }),
  weight: z.number().nullable().meta({ description: 'What all these nodes weigh, correctly rounded' }),
  deepest: pathSchema.nullable(),
  heaviest: pathSchema.nullable().meta({ description: 'The path from a root to a leaf that weighs most' }),
  unreadable: z.strictObject({
    count: z.int().meta({ description: 'Folders that could not be looked into' }),
    examples: z.array(z.string()),
  }),
  undeclared: z.int().meta({ description: 'Parents that have no row of their own: they are roots' }),
  cycles: z.strictObject({
    count: z.int(),
    examples: z.array(z.array(z.string())).meta({ description: 'Each from child to parent, back to where it begins' }),
    nodes: z.int().meta({ description: 'Nodes on cycles or below them, which hang on no root' }),
  }),
  twoParents: z.strictObject({
    count: z.int().meta({ description: 'Nodes with rows that name different parents: the first one holds' }),
    examples: z.array(z.strictObject({ node: z.string(), parents: z.array(z.string().nullable()) })),
  }),
  repeated: z.int().meta({ description: 'Rows that say what an earlier one has said' }),
})

export const artifact = { name: 'paths.csv', mediaType: 'text/csv' }

export const kind = defineKind({
  id: 'tree-depth',
  version: 1,
  title: 'Measure a tree',
  summary:
    'Finds depth, size, and the deepest and the heaviest path of a hierarchy: a table of parents, nested JSON, or a folder.',
  accepts: ['table', 'text', 'folder'],
  inputs: 'required',
  params,
  table: tableWishes,
  result: resultSchema,
  artifacts: () => [artifact.name],
  check,
  cost: (_params, { bytes }) => ({ ms: bytes / 5000 }),
})

/** A document is held in memory as a whole. */
const mostDocumentBytes = 512 * 1024 * 1024

/** What the input itself suggests, unless a person has said it. */
export function sourceOf({ from }: Pick<TreeDepthParams, 'from'>, inputs: readonly Input[]): TreeSource {
  const [first] = inputs
  return from ?? (first?.format === 'folder' ? 'folder' : first?.table === undefined ? 'json' : 'table')
}

function check(params: TreeDepthParams, inputs: readonly Input[]): string | null {
  const source = sourceOf(params, inputs)
  if (source === 'table') return complaintAboutTables(params, inputs)
  return source === 'json' ? complaintAboutDocuments(inputs) : complaintAboutFolders(params, inputs)
}

function complaintAboutTables(
  { id, parent, weight, children }: TreeDepthParams,
  inputs: readonly Input[],
): string | null {
  const stranger = inputs.find(({ table }) => table === undefined)
  if (stranger !== undefined) return `${stranger.name} is no table`
  if (children !== undefined) return 'children is for from=json; a table names parents'
  const columns = inputs[0]?.table?.columns.map(({ name }) => name) ?? []
  for (const [param, name] of Object.entries({ id, parent, weight }))
    if (name !== undefined && !columns.includes(name))
      return `${param} names ${name}, and the columns are ${columns.join(', ')}`
  return id === parent ? `id and parent both name ${id}` : null
}

function complaintAboutFolders({ weight, children }: TreeDepthParams, inputs: readonly Input[]): string | null {
  const [first, second] = inputs
  if (second !== undefined) return `from=folder takes one folder, and there are ${inputs.length} inputs`
  if (first?.format !== 'folder') return `${first?.name ?? 'the input'} is no folder`
  return weight === undefined && children === undefined ? null : 'weight and children are for tables and documents'
}

function complaintAboutDocuments(inputs: readonly Input[]): string | null {
  const [first, second] = inputs
  if (second !== undefined) return `from=json takes one document, and there are ${inputs.length} inputs`
  if (first === undefined || first.format !== 'text') return `${first?.name ?? 'the input'} is no text`
  return first.bytes <= mostDocumentBytes ? null : `${first.name} is larger than ${mostDocumentBytes >> 20} MiB`
}
