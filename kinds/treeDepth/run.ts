import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { invariant } from '../../contract/invariant.ts'
import type { Json } from '../../contract/json.ts'
import type { FileRef } from '../../contract/outcome.ts'
import { type Part, type RunContext, type StageAnswer, defineRun, TaskFailure } from '../../contract/run.ts'
import { gatherPartitions, partitionAnswer, segmentsOfBucket } from '../../datasets/shuffle/directory.ts'
import { PartitionWriter } from '../../datasets/shuffle/partitionFile.ts'
import { readSegment } from '../../datasets/shuffle/readSegment.ts'
import { readTotal, roundTotal } from '../../datasets/statistics/exactSum.ts'
import { rejectRow } from '../../datasets/table/batch.ts'
import { tableRuns } from '../../datasets/table/indexStages.ts'
import { readTable } from '../../datasets/table/read.ts'
import { forestOfDocument } from './document.ts'
import { eachEdge, EdgeReader } from './edges.ts'
import { type Forest, ForestReader, noParent, writeForest } from './forest.ts'
import { ForestBuilder, type Oddities } from './gathering.ts'
import { kind, resultSchema, type TreeDepthParams } from './kind.ts'
import { writePaths } from './paths.ts'
import { join, measuredSchema, type Reached, walk } from './walk.ts'

type Context = RunContext<TreeDepthParams>

/** What is left over goes to so many sub-plans at most. */
const mostGroups = 64
/** Nodes between two reports of progress. */
const ticksPerReport = 1024

export const run = defineRun(kind, {
  maps: {
    ...tableRuns.maps,
    async edges(split, context, index) {
      const writer = new PartitionWriter(context.scratch('partition'), 1)
      const reader = new EdgeReader(context)
      for await (const batch of readTable(split, context, index))
        for (let row = 0; row < batch.rows; row += 1) {
          const edge = reader.read({ batch, row })
          if (typeof edge === 'string') rejectRow(context, { batch, row }, edge)
          else writer.add(0, edge)
        }
      return partitionAnswer(writer.finish())
    },
  },
  merges: { ...tableRuns.merges, gather: (parts, context) => gatherPartitions(parts, context) },
  tasks: {
    ...tableRuns.tasks,
    forest(_args, [directory], context) {
      invariant(directory !== undefined, 'tree-depth: edges are gathered')
      const { forest, oddities } = gather(directory, context)
      return answerOf(forest, oddities, context)
    },
    document(_args, _uses, context) {
      const { id, weight, children } = context.params
      return answerOf(forestOfDocument(documentOf(context), { id, weight, children }), noOddities, context)
    },
    explore: (args, [forest, above], context) => explore(groupSchema.parse(args).group, { forest, above }, context),
    join: (_args, parts) => ({
      value: { measured: join(parts.map(({ value }) => exploredSchema.parse(value).measured)), groups: 0 },
    }),
    paths(_args, [forest, measured], context) {
      const { nodes, roots, oddities } = forestSchema.parse(forest?.value)
      const found = exploredSchema.parse(measured?.value).measured
      const reader = new ForestReader(forest, nodes, context)
      try {
        const { deepest, heaviest, file } = writePaths(reader, found, context)
        const { nodes: counted, leaves, total } = found
        const depth = found.deepest?.depth ?? 0
        const weight = roundTotal(readTotal(total))
        const counts = { nodes: counted, roots, leaves, depth, weight }
        return { value: { ...counts, deepest, heaviest, ...oddities }, files: { paths: file } }
      } finally {
        reader.close()
      }
    },
  },
})

const groupSchema = z.strictObject({ group: z.int().min(0) })
const oddSchema = resultSchema.pick({ undeclared: true, cycles: true, twoParents: true, repeated: true })
const forestSchema = z.looseObject({ nodes: z.int(), roots: z.int(), oddities: oddSchema })
const exploredSchema = z.strictObject({ measured: measuredSchema, groups: z.int() })
const reachedSchema = z.array(z.tuple([z.int(), z.int(), z.number()]))

const noOddities: Oddities = {
  undeclared: 0,
  cycles: { count: 0, examples: [], nodes: 0 },
  twoParents: { count: 0, examples: [] },
  repeated: 0,
}

function gather(directory: Part, context: Context): { forest: Forest; oddities: Oddities } {
  const builder = new ForestBuilder()
  for (const segment of segmentsOfBucket(directory, 0, context)) {
    const block = Buffer.alloc(segment.bytes)
    readSegment(context, segment, block)
    eachEdge(block, (name, parent, weight) => builder.add(name, parent, weight))
    context.progress(0, segment.rows)
  }
  return builder.finish()
}

function documentOf(context: Context): Json {
  const text = readFileSync(context.open(0), 'utf8').replace(/^\uFEFF/, '')
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new TaskFailure('refused-input', `cannot read ${context.inputs[0]?.name ?? 'the input'}: ${why}`)
  }
}

function answerOf(forest: Forest, oddities: Oddities, context: Context): StageAnswer {
  const roots = forest.parents.reduce((count, parent) => count + (parent === noParent ? 1 : 0), 0)
  return { value: { nodes: forest.nodes, roots, oddities }, files: writeForest(forest, context) }
}

interface Parts {
  forest: Part | undefined
  above: Part | undefined
}

function explore(group: number, { forest, above }: Parts, context: Context): StageAnswer {
  const reader = new ForestReader(forest, forestSchema.parse(forest?.value).nodes, context)
  try {
    const from = startsOf(reader, above?.files[groupName(group)], context)
    let ticks = 0
    const tick = (): void => {
      ticks += 1
      if (ticks % ticksPerReport === 0) context.progress(0, ticksPerReport)
    }
    const { measured, left } = walk(reader, from, { most: context.params.nodesPerTask, tick })
    context.progress(0, ticks % ticksPerReport)
    const files = writeGroups(left, context)
    return { value: { measured, groups: Object.keys(files).length }, files }
  } finally {
    reader.close()
  }
}

/** What the task above has left, or the roots. */
function startsOf(reader: ForestReader, ref: FileRef | undefined, context: Context): Reached[] {
  if (ref !== undefined)
    return reachedSchema
      .parse(JSON.parse(readFileSync(context.path(ref), 'utf8')))
      .map(([node, depth, weight]) => ({ node, depth, weight }))
  const roots: Reached[] = []
  reader.eachChild(reader.nodes, (node) => roots.push({ node, depth: 1, weight: reader.weight(node) }))
  return roots
}

/** Even runs of the nodes that are left, none of more than a task walks if that can be. */
function writeGroups(left: readonly Reached[], context: Context): Record<string, FileRef> {
  const groups = Math.min(mostGroups, left.length)
  const files: Record<string, FileRef> = {}
  for (let group = 0; group < groups; group += 1) {
    const [from, to] = [group, group + 1].map((each) => Math.floor((each * left.length) / groups))
    const writer = context.scratch(groupName(group))
    writer.write(JSON.stringify(left.slice(from, to).map(({ node, depth, weight }) => [node, depth, weight])))
    files[groupName(group)] = writer.finish()
  }
  return files
}

function groupName(group: number): string {
  return `group${group}`
}
