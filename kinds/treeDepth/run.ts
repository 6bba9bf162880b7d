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
import { FolderTree, FolderWays } from './folder.ts'
import { type Forest, ForestReader, noParent, writeForest } from './forest.ts'
import { ForestBuilder, type Oddities } from './gathering.ts'
import { kind, mostExamples, resultSchema, sourceOf, type TreeDepthParams } from './kind.ts'
import { writePaths } from './paths.ts'
import {
  join,
  type Measured,
  measuredSchema,
  type Reached,
  reachedSchema,
  rootAt,
  type Walkable,
  walk,
} from './walk.ts'

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
      try {
        for await (const batch of readTable(split, context, index))
          for (let row = 0; row < batch.rows; row += 1) {
            const edge = reader.read({ batch, row })
            if (typeof edge === 'string') rejectRow(context, { batch, row }, edge)
            else writer.add(0, edge)
          }
        return partitionAnswer(writer.finish())
      } finally {
        writer.release()
      }
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
    /** A folder needs no preparation: the file system says what is in it. */
    folder: () => ({ value: { nodes: 0, roots: 1, oddities: noOddities } }),
    document(_args, _uses, context) {
      const { id, weight, children } = context.params
      return answerOf(forestOfDocument(documentOf(context), { id, weight, children }), noOddities, context)
    },
    explore: (args, [tree, above], context) => explore(groupSchema.parse(args).group, { tree, above }, context),
    join: (_args, parts, context) => {
      const measured = join(
        parts.map((part) => measuredOf(part, context)),
        mostExamples,
      )
      return { value: { groups: 0 }, files: { measured: written('measured', measured, context) } }
    },
    paths(_args, [tree, explored], context) {
      const { roots, oddities } = treeSchema.parse(tree?.value)
      const measured = measuredOf(explored, context)
      const { nodes, leaves, total, unreadable } = measured
      const { deepest, heaviest, file } = pathsIn(tree, measured, context)
      const counts = { nodes, roots, leaves, depth: deepest?.depth ?? 0, weight: roundTotal(readTotal(total)) }
      return { value: { ...counts, deepest, heaviest, unreadable, ...oddities }, files: { paths: file } }
    },
  },
})

const groupSchema = z.strictObject({ group: z.int().min(0) })
const oddSchema = resultSchema.pick({ undeclared: true, cycles: true, twoParents: true, repeated: true })
const treeSchema = z.strictObject({ nodes: z.int(), roots: z.int(), oddities: oddSchema })
const reachedListSchema = z.array(reachedSchema)

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
    throw new TaskFailure('refused-input', `cannot read ${nameOfInput(context)}: ${why}`)
  }
}

function answerOf(forest: Forest, oddities: Oddities, context: Context): StageAnswer {
  const roots = forest.parents.reduce((count, parent) => count + (parent === noParent ? 1 : 0), 0)
  return { value: { nodes: forest.nodes, roots, oddities }, files: writeForest(forest, context) }
}

interface Parts {
  tree: Part | undefined
  above: Part | undefined
}

/** Walks down from what the task above has left, or from the roots. */
function explore(group: number, { tree, above }: Parts, context: Context): StageAnswer {
  const left = above?.files[groupName(group)]
  const from = left === undefined ? null : reachedListSchema.parse(readJson(left, context))
  if (sourceOf(context.params, context.inputs) === 'folder') {
    const folder = new FolderTree(context.inputs[0]?.path ?? '')
    return explored(folder, from?.map(inFolder) ?? [rootAt(folder, '')], context)
  }
  const reader = new ForestReader(tree, treeSchema.parse(tree?.value).nodes, context)
  try {
    return explored(reader, from?.map(inForest) ?? rootsOf(reader), context)
  } finally {
    reader.close()
  }
}

function inFolder({ node, ...reached }: Reached): Reached<string> {
  return { node: String(node), ...reached }
}

function inForest({ node, ...reached }: Reached): Reached<number> {
  return { node: Number(node), ...reached }
}

function rootsOf(reader: ForestReader): Reached<number>[] {
  const roots: Reached<number>[] = []
  reader.eachChild(reader.nodes, (node) => roots.push(rootAt(reader, node)))
  return roots
}

function explored<Node extends number | string>(
  tree: Walkable<Node>,
  from: readonly Reached<Node>[],
  context: Context,
): StageAnswer {
  let ticks = 0
  const tick = (): void => {
    ticks += 1
    if (ticks % ticksPerReport === 0) context.progress(0, ticksPerReport)
  }
  const { measured, left } = walk(tree, from, { most: context.params.nodesPerTask, tick })
  context.progress(0, ticks % ticksPerReport)
  const groups = Math.min(mostGroups, left.length)
  const files = { measured: written('measured', measured, context), ...writeGroups(left, groups, context) }
  return { value: { groups }, files }
}

/** Even runs of what is left. */
function writeGroups(left: readonly Reached[], groups: number, context: Context): Record<string, FileRef> {
  const files: Record<string, FileRef> = {}
  for (let group = 0; group < groups; group += 1) {
    const [from, to] = [group, group + 1].map((each) => Math.floor((each * left.length) / groups))
    files[groupName(group)] = written(groupName(group), left.slice(from, to), context)
  }
  return files
}

function groupName(group: number): string {
  return `group${group}`
}

function written(name: string, value: unknown, context: Context): FileRef {
  const writer = context.scratch(name)
  writer.write(JSON.stringify(value))
  return writer.finish()
}

function readJson(ref: FileRef, context: Context): unknown {
  return JSON.parse(readFileSync(context.path(ref), 'utf8'))
}

function measuredOf(part: Part | undefined, context: Context): Measured {
  const ref = part?.files['measured']
  invariant(ref !== undefined, 'tree-depth: what was explored is measured')
  return measuredSchema.parse(readJson(ref, context))
}

function pathsIn(tree: Part | undefined, measured: Measured, context: Context): ReturnType<typeof writePaths> {
  if (sourceOf(context.params, context.inputs) === 'folder')
    return writePaths(new FolderWays(nameOfInput(context), context.inputs[0]?.path ?? ''), measured, context)
  const reader = new ForestReader(tree, treeSchema.parse(tree?.value).nodes, context)
  try {
    return writePaths(reader, measured, context)
  } finally {
    reader.close()
  }
}

function nameOfInput({ inputs }: Context): string {
  return inputs[0]?.name ?? 'the input'
}
