import type { FileRef } from '../../contract/outcome.ts'
import type { RunContext } from '../../contract/run.ts'
import { BlockWriter } from '../../datasets/write/blocks.ts'
import { makeRowWriter, type RowWriter } from '../../datasets/write/rows.ts'
import type { Names } from './graphFile.ts'
import type { GraphParams } from './kind.ts'

type NameBytes = Pick<Names, 'bytes' | 'startOf' | 'endOf'>

/** A table of numbers being written as CSV; those in the column `node` are nodes, and stand there by their names. */
export class NodeTable {
  readonly #columns: readonly string[]
  readonly #names: NameBytes
  readonly #block: BlockWriter
  readonly #writer: RowWriter
  #rows = 0

  constructor(
    { file, columns, names }: { file: string; columns: readonly string[]; names: NameBytes },
    context: Pick<RunContext<GraphParams>, 'scratch' | 'params'>,
  ) {
    const { spreadsheetSafe } = context.params
    this.#columns = columns
    this.#names = names
    this.#block = new BlockWriter(context.scratch(file), 'none')
    this.#writer = makeRowWriter(this.#block, { format: 'csv', spreadsheetSafe, names: columns, bare: [] })
  }

  header(): void {
    this.#writer.header(this.#columns)
  }

  row(values: readonly number[]): void {
    this.#writer.begin()
    for (const [column, value] of values.entries())
      if (this.#columns[column] === 'node')
        this.#writer.bytes(this.#names.bytes, this.#names.startOf(value), this.#names.endOf(value))
      else this.#writer.text(String(value))
    this.#writer.end()
    this.#rows += 1
  }

  finish(): FileRef {
    return this.#block.finish(this.#rows)
  }
}
