import { invariant } from '../../contract/invariant.ts'
import { type RunContext, defineRun } from '../../contract/run.ts'
import type { Table } from '../../contract/table.ts'
import { ByteHash } from '../../datasets/statistics/hash.ts'
import { rowFlags, type RowBatch } from '../../datasets/table/batch.ts'
import { tableRuns } from '../../datasets/table/indexStages.ts'
import { readTable } from '../../datasets/table/read.ts'
import { mergeColumns, Sketch } from './column.ts'
import { describeTable } from './describe.ts'
import { type ProfileParams, kind } from './kind.ts'
import { type ColumnPartial, type TablePartial, countValues, tablePartialSchema } from './partial.ts'
import { ValueTable } from './valueTable.ts'

/** Values are counted by their bytes; what follows from a value (its type, its number) is worked out once for all that are alike. */
type Context = RunContext<ProfileParams>

export const run = defineRun(kind, {
  maps: {
    ...tableRuns.maps,
    async scan(split, context, uses) {
      const table = tableAt(context, split.pieces[0]?.input ?? 0)
      const columns = table.columns.map(() => new ColumnScan(table))
      let rows = 0
      for await (const batch of readTable(split, context, uses)) {
        rows += batch.rows
        for (const [at, column] of columns.entries()) column.take(batch, at)
      }
      return { value: { ...emptyPartial(table), rows, columns: columns.map((column) => column.partial()) } }
    },
  },
  merges: {
    ...tableRuns.merges,
    combine(parts, context) {
      const [first, ...others] = parts.map((part) => tablePartialSchema.parse(part.value))
      return { value: others.reduce(mergeTables, first ?? emptyPartial(tableAt(context, 0))) }
    },
  },
  folds: { scan: 'combine' },
  tasks: {
    ...tableRuns.tasks,
    describe: (_args, [combined], { params }) => ({
      value: describeTable(tablePartialSchema.parse(combined?.value), params),
    }),
  },
})

function tableAt({ inputs }: Context, input: number): Table {
  const table = inputs[input]?.table
  invariant(table !== undefined, 'profile: intake takes tables only')
  return table
}

function emptyPartial({ columns, decimal, thousands, dayFirst }: Table): TablePartial {
  return {
    rows: 0,
    names: columns.map(({ name }) => name),
    notation: { decimal, thousands, dayFirst },
    columns: columns.map(() => ({ nulls: 0, empty: 0, values: { exact: { values: [], counts: [] } } })),
  }
}

function mergeTables(one: TablePartial, other: TablePartial): TablePartial {
  return {
    ...one,
    rows: one.rows + other.rows,
    columns: one.columns.map((column, at) => mergeColumns(column, other.columns[at]!, one.notation)),
  }
}

/** Tables that the next cell's columns take again: new ones for each of many cells would be garbage faster than it is collected. */
const spareTables: ValueTable[] = []

/** One column of a cell. */
class ColumnScan {
  readonly #table: Table
  readonly #values = spareTables.pop() ?? new ValueTable()
  readonly #hash = new ByteHash()
  /** From the moment in which there were too many different values to keep. */
  #sketch: Sketch | null = null
  #nulls = 0
  #empty = 0

  constructor(table: Table) {
    this.#table = table
  }

  take({ rows, columns, flags, starts, ends, bytes }: RowBatch, column: number): void {
    for (let row = 0, field = column; row < rows; row++, field += columns) {
      if ((flags[field]! & rowFlags.null) !== 0) this.#nulls += 1
      else if (starts[field] === ends[field]) this.#empty += 1
      else this.#add(bytes, starts[field]!, ends[field]!)
    }
  }

  #add(bytes: Uint8Array, start: number, end: number): void {
    this.#hash.of(bytes, start, end)
    if (this.#values.add(bytes, [start, end], this.#hash)) return
    this.#spill()
    this.#values.add(bytes, [start, end], this.#hash)
  }

  #spill(): void {
    this.#sketch ??= new Sketch(this.#table)
    for (const [value, count] of this.#values.entries()) this.#sketch.add(value.toString(), count)
    this.#values.clear()
  }

  /** Ends the scan. */
  partial(): ColumnPartial {
    const partial = this.#tell()
    this.#values.clear()
    spareTables.push(this.#values)
    return partial
  }

  #tell(): ColumnPartial {
    const counted = { nulls: this.#nulls, empty: this.#empty }
    if (this.#sketch === null) {
      const entries = [...this.#values.entries()]
      const exact = { values: entries.map(([value]) => value.toString()), counts: entries.map(([, count]) => count) }
      // Bytes that are no UTF-8 may become the same text.
      const mayRepeat = exact.values.some((value) => value.includes('\uFFFD'))
      return { ...counted, values: { exact: mayRepeat ? countValues([exact]) : exact } }
    }
    this.#spill()
    return { ...counted, values: { sketch: this.#sketch.state() } }
  }
}
