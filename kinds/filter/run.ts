import { z } from 'zod'
import { type Part, type RunContext, type Split, defineRun } from '../../contract/run.ts'
import type { Table } from '../../contract/table.ts'
import { inputOf } from '../../datasets/bytes/read.ts'
import { rejectRow, type RowBatch } from '../../datasets/table/batch.ts'
import { Condition } from '../../datasets/table/condition.ts'
import { tableOf } from '../../datasets/table/context.ts'
import { tableRuns } from '../../datasets/table/indexStages.ts'
import { readTable } from '../../datasets/table/read.ts'
import { FieldFault, rowScope, type RowAt } from '../../datasets/table/scope.ts'
import { BlockWriter } from '../../datasets/write/blocks.ts'
import { copyField, makeRowWriter, type RowWriter, type WriteOptions } from '../../datasets/write/rows.ts'
import { SampleWriter } from '../../datasets/write/sampleWriter.ts'
import { type OutputColumn, outputColumns } from './columns.ts'
import { type FilterParams, kind } from './kind.ts'
import { mayCopy, PlainRows } from './plainRows.ts'

/** Rows in, rows out: nothing is kept from one row to the next. */
type Context = RunContext<FilterParams>

const countedSchema = z.strictObject({ rows: z.int(), kept: z.int(), columns: z.array(z.string()) })

export const run = defineRun(kind, {
  maps: {
    ...tableRuns.maps,
    async filter(split, context, uses) {
      const block = new BlockWriter(context.scratch('rows'), context.params.compress)
      const count = await filterRows(split, context, {
        uses,
        output: { block, writerFor: (options) => makeRowWriter(block, options) },
      })
      return { value: count, files: { rows: block.finish(count.kept) } }
    },
  },
  merges: {
    ...tableRuns.merges,
    count(parts) {
      const counts = parts.map((part) => countedSchema.parse(part.value))
      return {
        value: {
          rows: counts.reduce((sum, { rows }) => sum + rows, 0),
          kept: counts.reduce((sum, { kept }) => sum + kept, 0),
          columns: counts[0]?.columns ?? [],
        },
      }
    },
  },
  tasks: tableRuns.tasks,
  async sample(split, context, rows) {
    await filterRows(split, context, {
      uses: [],
      output: { block: null, writerFor: (options) => new SampleWriter(rows, options) },
    })
  },
})

interface Count {
  /** Read, without those set aside. */
  rows: number
  kept: number
}

/** Where rows go: a file, into which they may be copied as they stand, or somewhere that takes them field by field. */
interface Output {
  block: BlockWriter | null
  writerFor: (options: WriteOptions) => RowWriter
}

async function filterRows(
  split: Split,
  context: Context,
  { uses, output }: { uses: readonly Part[]; output: Output },
): Promise<z.output<typeof countedSchema>> {
  const filters = new Map<number, Filter>()
  const filterOf = (input: number): Filter => {
    const filter = filters.get(input) ?? new Filter(tableOf(inputOf(context, input)), context, output)
    filters.set(input, filter)
    return filter
  }
  const first = filterOf(split.pieces[0]?.input ?? 0)
  if (split.from === 0) first.writeHeader()
  const count = { rows: 0, kept: 0 }
  try {
    for await (const batch of readTable(split, context, uses)) filterOf(batch.input).take(batch, count)
  } finally {
    for (const filter of filters.values()) filter.release()
  }
  return { ...count, columns: first.names }
}

class Filter {
  readonly names: string[]
  readonly #where: Condition | null
  readonly #columns: OutputColumn<RowAt>[]
  readonly #writer: RowWriter
  /** Null where no row stands as it would be written. */
  readonly #plain: PlainRows | null
  readonly #context: Context
  /** What was computed for the row at hand, so that a fault leaves nothing half written. */
  readonly #computed: (string | null)[]

  constructor(table: Table, context: Context, { block, writerFor }: Output) {
    const { where, columns, format, spreadsheetSafe, compress } = context.params
    this.#context = context
    this.#where = where === undefined || where.trim() === '' ? null : new Condition(where, table)
    this.#columns = outputColumns(table, columns, rowScope(table))
    this.#computed = this.#columns.map(() => null)
    this.names = this.#columns.map(({ name }) => name)
    this.#plain = block !== null && mayCopy(table, context.params) ? new PlainRows(block, compress) : null
    const bare = this.#columns.map(({ type }) => type === 'number' || type === 'boolean')
    this.#writer = writerFor({ format, spreadsheetSafe, names: this.names, bare })
  }

  writeHeader(): void {
    this.#writer.header(this.names)
  }

  take(batch: RowBatch, count: Count): void {
    this.#where?.begin(batch)
    this.#plain?.begin(batch)
    for (let row = 0; row < batch.rows; row++) {
      const verdict = this.#takeRow({ batch, row })
      if (verdict === 'rejected') continue
      count.rows += 1
      if (verdict === 'kept') count.kept += 1
    }
    this.#plain?.flush()
  }

  release(): void {
    this.#where?.release()
  }

  #takeRow(at: RowAt): 'kept' | 'dropped' | 'rejected' {
    try {
      if (this.#where?.holds(at) === false) return 'dropped'
      this.#compute(at)
    } catch (error) {
      if (!(error instanceof FieldFault)) throw error
      rejectRow(this.#context, at, error.message)
      return 'rejected'
    }
    this.#write(at)
    return 'kept'
  }

  #compute(at: RowAt): void {
    for (const [place, column] of this.#columns.entries())
      if (column.from === null) this.#computed[place] = column.evaluate(at)
  }

  #write({ batch, row }: RowAt): void {
    if (this.#plain?.take(row) === true) return
    this.#plain?.flush()
    const writer = this.#writer
    const first = row * batch.columns
    writer.begin()
    for (const [place, column] of this.#columns.entries()) {
      if (column.from === null) {
        const text = this.#computed[place] ?? null
        if (text === null) writer.nothing()
        else writer.text(text)
      } else copyField(writer, batch, first + column.from)
    }
    writer.end()
  }
}
