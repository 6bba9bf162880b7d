import type { Input, Piece } from '../../contract/dataset.ts'
import { invariant } from '../../contract/invariant.ts'
import type { RunContext } from '../../contract/run.ts'
import type { Table } from '../../contract/table.ts'
import type { PieceContext } from '../bytes/read.ts'
import { inputOf } from '../bytes/read.ts'

/** What readers of tables need of a task's context. */
export type TableContext = PieceContext & Pick<RunContext, 'reject' | 'careful' | 'path'>

/** As the kind sees it: with the columns of all inputs. */
export function tableOf(input: Input): Table {
  invariant(input.table !== undefined, `${input.name} is no table`)
  return input.table
}

/** As it stands in its source, for readers. */
export function ownTableOf(input: Input): Table {
  const table = tableOf(input)
  return table.own === undefined ? table : { ...table, columns: table.own.columns }
}

/** A piece of an input that is a table. */
export interface TablePiece {
  context: TableContext
  piece: Piece
  input: Input
  table: Table
}

export function tablePiece(context: TableContext, piece: Piece): TablePiece {
  const input = inputOf(context, piece.input)
  return { context, piece, input, table: ownTableOf(input) }
}

/**
 * Counts a piece as read in proportion to what has been read of its text, so that it adds up to the piece's length whatever its format
 * makes of a byte.
 */
export class Meter {
  readonly #context: TableContext
  readonly #bytes: number
  #counted = 0

  constructor({ context, piece }: Pick<TablePiece, 'context' | 'piece'>) {
    this.#context = context
    this.#bytes = piece.to - piece.from
  }

  /** `fraction`: how much of the piece has been read; `rows`: more that have been handled. */
  count(fraction: number, rows: number): void {
    const reached = Math.floor(this.#bytes * Math.min(1, fraction))
    const bytes = Math.max(0, reached - this.#counted)
    this.#counted += bytes
    this.#context.progress(bytes, rows)
  }
}

/** A context to look at rows by, of which nothing is told: neither what is set aside nor how far it has come. */
export function quiet(context: TableContext): TableContext {
  return {
    inputs: context.inputs,
    careful: false,
    open: (input) => context.open(input),
    path: (ref) => context.path(ref),
    mended: (input) => context.mended(input),
    progress: () => context.progress(0, 0),
    record: () => true,
    endPiece: () => undefined,
    reject: () => undefined,
  }
}

/** A context to read rows by that are read twice: what is set aside is told of the other time, but a record that breaks this reading is found like any other. */
export function rereading(context: TableContext): TableContext {
  return {
    ...quiet(context),
    careful: context.careful,
    progress: context.progress.bind(context),
    record: context.record.bind(context),
    endPiece: context.endPiece.bind(context),
  }
}
