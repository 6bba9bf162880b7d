import type { FileRef } from '../../contract/outcome.ts'
import type { RunContext } from '../../contract/run.ts'
import { valueText } from '../../datasets/expression/functions.ts'
import type { Value } from '../../datasets/expression/types.ts'
import { BlockWriter } from '../../datasets/write/blocks.ts'
import { makeRowWriter, type RowWriter } from '../../datasets/write/rows.ts'
import { type AggregateParams, type AggregateResult, mostShownRows } from './kind.ts'
import type { OutputColumn } from './shape.ts'

/** Rows as a result shows them, the first ones. */
export class ShownRows {
  readonly rows: AggregateResult['rows'] = []
  groups = 0
  readonly #columns: readonly OutputColumn[]

  constructor(columns: readonly OutputColumn[]) {
    this.#columns = columns
  }

  add(row: readonly Value[]): void {
    if (this.groups++ < mostShownRows) this.rows.push(row.map((value, place) => this.#shown(value, place)))
  }

  #shown(value: Value, place: number): Value {
    const { type } = this.#columns[place]!
    return value === null || (type !== 'date' && type !== 'timestamp') ? value : valueText(value, type)
  }
}

/** The artifact. */
export class OutputFile {
  readonly #columns: readonly OutputColumn[]
  readonly #block: BlockWriter
  readonly #writer: RowWriter
  #rows = 0

  /** Of a part that is not the first, `isPart`, there is no header. */
  constructor(
    context: Pick<RunContext<AggregateParams>, 'scratch' | 'params'>,
    columns: readonly OutputColumn[],
    isPart = false,
  ) {
    this.#columns = columns
    this.#block = new BlockWriter(context.scratch('rows'), 'none')
    const names = columns.map(({ name }) => name)
    const bare = columns.map(({ type }) => type === 'number' || type === 'boolean')
    const { format, spreadsheetSafe } = context.params
    this.#writer = makeRowWriter(this.#block, { format, names, bare, spreadsheetSafe })
    if (!isPart) this.#writer.header(names)
  }

  add(row: readonly Value[]): void {
    this.#rows += 1
    this.#writer.begin()
    for (const [place, value] of row.entries()) {
      if (value === null) this.#writer.nothing()
      else this.#writer.text(valueText(value, this.#columns[place]!.type))
    }
    this.#writer.end()
  }

  finish(): FileRef {
    return this.#block.finish(this.#rows)
  }
}
