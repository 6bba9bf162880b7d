import type { Table } from '../../contract/table.ts'
import { compileConjunction, type Term } from '../expression/conjunction.ts'
import { conjunction } from '../expression/operators.ts'
import type { Evaluate } from '../expression/types.ts'
import { rowStates } from '../kernels/testRequests.ts'
import type { RowBatch } from './batch.ts'
import { valueTypeOf } from './columnTypes.ts'
import { FieldTests, type PlacedTest } from './fieldTests.ts'
import { type RowAt, rowScope } from './scope.ts'

/**
 * Which rows a condition holds for. Its terms that compare a column with a constant are evaluated for a whole batch at once, what else it has
 * only for rows that these leave. The answer, and which rows cannot be used and why, is that of evaluating the whole row by row:
 *
 * - terms after one that may refuse a row stay behind it;
 * - where a field is not what its column is, or is written in a way that the kernels leave alone, the whole is evaluated for that row;
 * - where a term is null the row is out, but later terms may still refuse it, and are asked.
 */
export class Condition {
  readonly #whole: Evaluate<RowAt>
  readonly #rest: Evaluate<RowAt> | null
  readonly #tests: FieldTests | null
  #states: Uint8Array | null = null

  /** Throws an ExpressionError. */
  constructor(text: string, table: Table) {
    const { whole, terms } = compileConjunction(text, rowScope(table))
    const parted = part(terms, table)
    this.#whole = whole
    this.#tests = parted.tests.length === 0 ? null : new FieldTests(table, parted.tests)
    this.#rest = parted.rest.reduce<Evaluate<RowAt> | null>(
      (rest, { evaluate }) => (rest === null ? evaluate : conjunction([rest, evaluate])),
      null,
    )
  }

  /** Has to be told of a batch before its rows are asked about. */
  begin(batch: RowBatch): void {
    this.#states = this.#tests?.states(batch).slice(0, batch.rows) ?? null
  }

  /** Throws a FieldFault for a row that cannot be used. */
  holds(at: RowAt): boolean {
    const state = this.#states === null ? rowStates.open : this.#states[at.row]
    if (state === rowStates.no) return false
    if (state === rowStates.open) return this.#whole(at) === true
    const rest = this.#rest === null ? true : this.#rest(at)
    return state === rowStates.yes && rest === true
  }

  release(): void {
    this.#tests?.release()
  }
}

interface Parted {
  tests: PlacedTest[]
  /** In their order. */
  rest: Term<RowAt>[]
}

function part(terms: readonly Term<RowAt>[], table: Table): Parted {
  const parted: Parted = { tests: [], rest: [] }
  let mayRefuse = false
  for (const term of terms) {
    const placed = mayRefuse ? null : placedTest(term, table)
    if (placed === null) {
      parted.rest.push(term)
      mayRefuse ||= term.names.some((name) => isRefusing(name, table))
    } else parted.tests.push(placed)
  }
  return parted
}

/** Any text is a text: only fields of other columns may be none of what their column is. */
function isRefusing(name: string, { columns }: Table): boolean {
  return columns.some((column) => column.name === name && valueTypeOf(column) !== 'text')
}

function placedTest({ test }: Term<RowAt>, { columns }: Table): PlacedTest | null {
  if (test === null) return null
  const column = columns.findIndex(({ name }) => name === test.column)
  const type = column < 0 ? null : valueTypeOf(columns[column]!)
  if (type !== 'number' && type !== 'text') return null
  if (type === 'text' && typeof test.constant === 'string' && !isPlain(test.constant)) return null
  return { test, column, type }
}

/** Bytes that are no UTF-8 are read as U+FFFD, and half a surrogate pair is written as one. */
function isPlain(text: string): boolean {
  return text.isWellFormed() && !text.includes('\uFFFD')
}
