import { z } from 'zod'
import { invariant } from '../../contract/invariant.ts'
import type { FileRef } from '../../contract/outcome.ts'
import { type Part, type RunContext, type StageAnswer, defineRun } from '../../contract/run.ts'
import type { Value } from '../../datasets/expression/types.ts'
import { typeScope } from '../../datasets/table/columnTypes.ts'
import { tableOf } from '../../datasets/table/context.ts'
import { tableRuns } from '../../datasets/table/indexStages.ts'
import { readTable } from '../../datasets/table/read.ts'
import { areMany, type GroupFile, groupFilesOf, readRange, writeCuts, writeList } from './apart.ts'
import { Figures } from './figures.ts'
import { GroupMarks } from './groupMarks.ts'
import { layoutOf } from './groups.ts'
import { GroupWriter } from './groupWriter.ts'
import { type AggregateParams, kind, mostShownRows, resultSchema } from './kind.ts'
import { type GroupVisitor, mergeGroups } from './mergeGroups.ts'
import { orderColumns } from './order.ts'
import { OutputFile, ShownRows } from './output.ts'
import { compareRows, RowSorter } from './rowOrder.ts'
import { GroupScan } from './scan.ts'
import { type Shape, shapeOf } from './shape.ts'
import { Counts } from './states.ts'

/** Groups of a split, merged groups of all, and the rows that become of them. */
type Context = RunContext<AggregateParams>

const countsSchema = z.object({ read: z.int(), kept: z.int() })

export const run = defineRun(kind, {
  maps: {
    ...tableRuns.maps,
    async scan(split, context, uses) {
      const scan = new GroupScan(context, shapeFor(context))
      for await (const batch of readTable(split, context, uses)) scan.take(batch)
      const files = scan.finish()
      return { value: { read: scan.read, kept: scan.kept }, files }
    },
    finishRange: ({ items }, context, uses) => finishRange(items.from, context, uses),
  },
  merges: { ...tableRuns.merges, combine, total },
  tasks: {
    ...tableRuns.tasks,
    finish(_args, [combined], context) {
      invariant(combined !== undefined, 'aggregate: what is finished has been combined')
      return finish(combined, context)
    },
    cut(_args, [combined], context) {
      invariant(combined !== undefined, 'aggregate: what is cut has been combined')
      return cut(combined, context)
    },
  },
})

/** All inputs are of one shape. */
function shapeFor({ params, inputs }: Context): Shape<never> {
  const table = tableOf(inputs[0]!)
  return shapeOf(params, table, typeScope(table))
}

/** So many files are read side by side; of more, neighbours are merged. */
const mostFiles = 192

function combine(parts: Part[], context: Context): StageAnswer {
  const shape = shapeFor(context)
  const files = parts.flatMap((part) => groupFilesOf(part, context))
  return areMany(files, shape, context.params) ? keepApart(parts, files, context) : combineWhole(parts, files, context)
}

function combineWhole(parts: readonly Part[], files: readonly GroupFile[], context: Context): StageAnswer {
  const shape = shapeFor(context)
  const shown = new ShownRows(shape.columns)
  const figures = new Figures(shape, (row) => shown.add(row))
  const marks = new GroupMarks()
  const writer = new GroupWriter(context.scratch('groups'), marks)
  mergeGroups(context, refsOf(files), { shape, visitor: both(writer, figures) })
  const value = { ...addCounts(parts), groups: writer.groups, columns: namesOf(shape), rows: shown.rows }
  const groups = writer.finish()
  return { value, files: marks.isEmpty ? { groups } : { groups, marks: marks.finish(context.scratch('marks')) } }
}

/** Of groups that stay where they are only the first are looked at, for what a person sees meanwhile; there are at least as many as in any file. */
function keepApart(parts: readonly Part[], files: readonly GroupFile[], context: Context): StageAnswer {
  const shape = shapeFor(context)
  const shown = new ShownRows(shape.columns)
  const visitor = new Figures(shape, (row) => shown.add(row))
  const kept = mergeNeighbours(files, context)
  mergeGroups(context, refsOf(kept), { shape, visitor, stretch: { most: mostShownRows } })
  const most = Math.max(...files.map(({ groups }) => groups.rows ?? 0))
  const value = { ...addCounts(parts), groups: most, columns: namesOf(shape), rows: shown.rows }
  return { value, files: { list: writeList(kept, context) } }
}

function mergeNeighbours(files: readonly GroupFile[], context: Context): readonly GroupFile[] {
  if (files.length <= mostFiles) return files
  const shape = shapeFor(context)
  const merged: GroupFile[] = []
  for (let from = 0; from < files.length; from += mostFiles) {
    const marks = new GroupMarks()
    const visitor = new GroupWriter(context.scratch('groups'), marks)
    mergeGroups(context, refsOf(files.slice(from, from + mostFiles)), { shape, visitor })
    merged.push({ groups: visitor.finish(), marks: marks.finish(context.scratch('marks')) })
  }
  return merged
}

function refsOf(files: readonly GroupFile[]): FileRef[] {
  return files.map(({ groups }) => groups)
}

function cut(combined: Part, context: Context): StageAnswer {
  const { ranges, cuts } = writeCuts(groupFilesOf(combined, context), shapeFor(context), context)
  return { value: { ranges }, files: { cuts } }
}

/** One range of keys. What was counted before stands in the first one's answer. */
function finishRange(range: number, context: Context, [combined, cutInto]: Part[]): StageAnswer {
  const cuts = cutInto?.files['cuts']
  invariant(combined !== undefined && cuts !== undefined, 'aggregate: ranges are cut out of what was combined')
  const shape = shapeFor(context)
  const shown = new ShownRows(shape.columns)
  const output = new OutputFile(context, shape.columns, range > 0)
  const visitor = new Figures(shape, (row) => {
    shown.add(row)
    output.add(row)
  })
  const stretch = readRange(cuts, range, context)
  mergeGroups(context, refsOf(groupFilesOf(combined, context)), { shape, visitor, stretch })
  context.progress(0, shown.groups)
  const counts = addCounts(range === 0 ? [combined] : [])
  const value = { ...counts, groups: shown.groups, columns: namesOf(shape), rows: shown.rows }
  return { value, files: { rows: output.finish() } }
}

function total(parts: readonly Part[]): StageAnswer {
  const results = parts.map(({ value }) => resultSchema.parse(value))
  const groups = results.reduce((sum, each) => sum + each.groups, 0)
  const rows = results.flatMap((each) => each.rows).slice(0, mostShownRows)
  return { value: { ...addCounts(parts), groups, columns: results[0]?.columns ?? [], rows } }
}

/** What is written is shown, too, as far as a result shows it. */
function both(writer: GroupWriter, figures: Figures): GroupVisitor {
  const isShown = () => writer.groups < mostShownRows
  return {
    begin(group) {
      writer.begin(group)
      if (isShown()) figures.begin(group)
    },
    value(set, value, count) {
      writer.value(set, value, count)
      if (isShown()) figures.value(set, value, count)
    },
    endSet(set) {
      writer.endSet()
      if (isShown()) figures.endSet(set)
    },
    end() {
      if (isShown()) figures.end()
      writer.end()
    },
  }
}

function finish(combined: Part, context: Context): StageAnswer {
  const shape = shapeFor(context)
  const order = orderColumns(context.params.order, shape)
  const shown = new ShownRows(shape.columns)
  const output = new OutputFile(context, shape.columns)
  const put = (row: Value[]): void => {
    shown.add(row)
    output.add(row)
  }
  const sorter =
    order.length === 0 ? null : new RowSorter(context, compareRows(order, shape.columns), context.params.memoryBytes)
  const take = sorter === null ? put : sorter.add.bind(sorter)
  const { groups } = countGroups.parse(combined.value)
  if (groups === 0 && shape.keys.length === 0) take(emptyRow(shape))
  mergeGroups(context, refsOf(groupFilesOf(combined, context)), { shape, visitor: new Figures(shape, take) })
  sorter?.visit(put)
  const value = { ...addCounts([combined]), groups: shown.groups, columns: namesOf(shape), rows: shown.rows }
  return { value, files: { rows: output.finish() } }
}

const countGroups = z.object({ groups: z.int() })

/** Of no rows at all, where all rows are one group. */
function emptyRow(shape: Shape<never>): Value[] {
  let empty: Value[] = []
  const { plain, sets } = layoutOf(shape)
  const figures = new Figures(shape, (row) => (empty = row))
  figures.begin({ key: { bytes: new Uint8Array(0), start: 0, end: 0 }, rows: new Counts(), plain })
  for (const set of sets.keys()) figures.endSet(set)
  figures.end()
  return empty
}

function namesOf({ columns }: Shape<never>): string[] {
  return columns.map(({ name }) => name)
}

function addCounts(parts: readonly Part[]): { read: number; kept: number } {
  const counts = parts.map(({ value }) => countsSchema.parse(value))
  return {
    read: counts.reduce((sum, { read }) => sum + read, 0),
    kept: counts.reduce((sum, { kept }) => sum + kept, 0),
  }
}
