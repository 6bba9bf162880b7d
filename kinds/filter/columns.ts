import type { Column, Table } from '../../contract/table.ts'
import { compileExpression } from '../../datasets/expression/compile.ts'
import { valueText } from '../../datasets/expression/functions.ts'
import { ExpressionError, type Evaluate, type Scope, type StaticType } from '../../datasets/expression/types.ts'
import { valueTypeOf } from '../../datasets/table/columnTypes.ts'
import { listedNames } from '../../datasets/table/listedNames.ts'

/** What a person says of one column of the output: `name`, `new name = old name`, or `name = expression`. Pure. */

/** A column of the input, as it stands. */
interface Copied {
  name: string
  type: StaticType
  from: number
}
export type OutputColumn<Row> =
  | Copied
  | { name: string; type: StaticType; from: null; evaluate: (row: Row) => string | null }

type Named = Pick<Table, 'columns'>

export function outputColumns<Row>(table: Named, wanted: readonly string[], scope: Scope<Row>): OutputColumn<Row>[] {
  if (wanted.length === 0) return table.columns.map((column, from) => copied(column.name, column, from))
  const columns = wanted.map((text) => outputColumn(table, text, scope))
  const twice = columns.find(({ name }, at) => columns.findIndex((each) => each.name === name) < at)
  if (twice !== undefined) throw new ExpressionError(`two columns would be called ${twice.name}`, wanted.join(', '), 0)
  return columns
}

/** A name between backticks, or of letters, then one `=` that is no comparison. */
const named = /^\s*(?:`((?:[^`]|``)+)`|([^=<>!`'"]+?))\s*=(?!=)\s*(.*)$/s

function outputColumn<Row>(table: Named, text: string, scope: Scope<Row>): OutputColumn<Row> {
  const whole = columnNamed(table, text)
  if (whole !== null) return copied(whole.column.name, whole.column, whole.from)
  const [, quoted, plain, source] = named.exec(text) ?? []
  const name = quoted?.replaceAll('``', '`') ?? plain
  if (name === undefined || source === undefined)
    throw new ExpressionError(
      `there is no column of that name (there are ${listedNames(table.columns.map((column) => column.name))}); write name = expression to compute one`,
      text,
      0,
    )
  const renamed = columnNamed(table, source)
  if (renamed !== null) return copied(name, renamed.column, renamed.from)
  const { type, evaluate } = compileExpression(source, scope)
  return { name, type, from: null, evaluate: asText(evaluate, type) }
}

function asText<Row>(evaluate: Evaluate<Row>, type: StaticType): (row: Row) => string | null {
  return (row) => {
    const value = evaluate(row)
    // What is no number (0/0) or beyond all numbers is nothing that a file could hold.
    return value === null || (typeof value === 'number' && !Number.isFinite(value)) ? null : valueText(value, type)
  }
}

function columnNamed(table: Named, text: string): { column: Column; from: number } | null {
  const name = /^`((?:[^`]|``)+)`$/.exec(text.trim())?.[1]?.replaceAll('``', '`') ?? text.trim()
  const from = table.columns.findIndex((column) => column.name === name)
  return from < 0 ? null : { column: table.columns[from]!, from }
}

function copied(name: string, column: Column, from: number): Copied {
  return { name, type: valueTypeOf(column), from }
}
