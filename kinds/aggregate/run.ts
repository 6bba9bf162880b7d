import { z } from 'zod'
import { invariant } from '../../contract/invariant.ts'
import type { FileRef } from '../../contract/outcome.ts'
import { type Part, type RunContext, type StageAnswer, defineRun } from '../../contract/run.ts'
import type { Value } from '../../datasets/expression/types.ts'
import { typeScope } from '../../datasets/table/columnTypes.ts'
import { tableOf } from '../../datasets/table/context.ts'
import { tableRuns } from '../../datasets/table/indexStages.ts'
import { readTable } from '../../datasets/table/read.ts'
import { Figures } from './figures.ts'
import { layoutOf } from './groups.ts'
import { GroupWriter } from './groupWriter.ts'
import { type AggregateParams, kind, mostShownRows } from './kind.ts'
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
      const groups = scan.finish()
      return { value: { read: scan.read, kept: scan.kept }, files: { groups } }
    },
  },
  merges: { ...tableRuns.merges, combine },
  tasks: {
    ...tableRuns.tasks,
    finish(_args, [combined], context) {
      invariant(combined !== undefined, 'aggregate: what is finished has been combined')
      return finish(combined, context)
    },
  },
})

/** All inputs are of one shape. */
function shapeFor({ params, inputs }: Context): Shape<never> {
  const table = tableOf(inputs[0]!)
  return shapeOf(params, table, typeScope(table))
}

function combine(parts: Part[], context: Context): StageAnswer {
  const shape = shapeFor(context)
  const shown = new ShownRows(shape.columns)
  const figures = new Figures(shape, (row) => shown.add(row))
  const writer = new GroupWriter(context.scratch('groups'))
  mergeGroups(context, parts.map(groupsOf), { shape, visitor: both(writer, figures) })
  const value = { ...addCounts(parts), groups: writer.groups, columns: namesOf(shape), rows: shown.rows }
  return { value, files: { groups: writer.finish() } }
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
  mergeGroups(context, [groupsOf(combined)], { shape, visitor: new Figures(shape, take) })
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

function groupsOf(part: Part): FileRef {
  const groups = part.files['groups']
  invariant(groups !== undefined, 'aggregate: every partial has its groups')
  return groups
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
