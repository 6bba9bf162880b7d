import { withPlace } from '../../contract/markedPlace.ts'

/**
 * What expressions work on. Types are known before the first row is read; at run time a date is the epoch milliseconds of its midnight
 * in UTC and a timestamp those of its instant, so that both compare as numbers. `null` means that nobody knows, as in SQL.
 */
export const valueTypes = ['number', 'text', 'boolean', 'date', 'timestamp'] as const
export type ValueType = (typeof valueTypes)[number]
export type Value = number | string | boolean | null

/** `null` as a literal fits every type. */
export type StaticType = ValueType | 'null'

export type Evaluate<Row> = (row: Row) => Value

/** An expression, or a part of one, that has been understood. */
export interface Typed<Row> {
  type: StaticType
  evaluate: Evaluate<Row>
  /** What it is when no row matters. */
  constant?: Value
}

/** What an expression may name: where a name leads to, or nothing. */
export interface Scope<Row> {
  column(name: string): Typed<Row> | undefined
  /** All names, for the message about one that is not there. */
  names: readonly string[]
}

/** Says what is wrong with an expression, and shows the place with an arrow. */
export class ExpressionError extends Error {
  override name = 'ExpressionError'

  constructor(why: string, text: string, at: number) {
    super(withPlace(why, text, at))
  }
}
