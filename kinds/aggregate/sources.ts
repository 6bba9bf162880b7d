import type { Table } from '../../contract/table.ts'
import { compileExpression } from '../../datasets/expression/compile.ts'
import { ExpressionError, type Evaluate, type Scope, type ValueType } from '../../datasets/expression/types.ts'
import { valueTypeOf } from '../../datasets/table/columnTypes.ts'

/** Where the values of groups and measures come from: a column as it stands, or an expression over columns. Pure. */
export interface Source<Row> {
  /** As the person wrote it; equal texts are one source. */
  text: string
  type: ValueType
  /** What a column of it is called; null for an expression that says nothing of a name. */
  name: string | null
  /** The column that it is. */
  column: number | null
  /** The columns that it needs. */
  uses: readonly number[]
  evaluate: Evaluate<Row>
}

type Named = Pick<Table, 'columns'>

export interface SourceScope<Row> {
  table: Named
  scope: Scope<Row>
}

/** `column`, or an expression. */
export function sourceOf<Row>(written: string, { table, scope }: SourceScope<Row>): Source<Row> {
  const text = written.trim()
  const name = unquoted(text)
  const column = table.columns.findIndex((each) => each.name === name)
  if (column >= 0) {
    const type = valueTypeOf(table.columns[column]!)
    const evaluate = scope.column(name)!.evaluate
    return { text: name, type, name, column, uses: [column], evaluate }
  }
  const uses = new Set<number>()
  const noting: Scope<Row> = {
    names: scope.names,
    column(each) {
      const place = table.columns.findIndex((known) => known.name === each)
      if (place >= 0) uses.add(place)
      return scope.column(each)
    },
  }
  const { type, evaluate } = compileExpression(text, noting)
  if (type === 'null') throw new ExpressionError('the formula gives nothing', text, 0)
  return { text: `= ${text}`, type, name: nameOfCall(text, table), column: null, uses: [...uses], evaluate }
}

/** `name = source`, or a source that has a name. */
export function namedSource<Row>(text: string, scope: SourceScope<Row>): { name: string; source: Source<Row> } {
  const whole = unquoted(text.trim())
  const isColumn = scope.table.columns.some(({ name }) => name === whole)
  const [, quoted, plain, formula] = isColumn ? [] : (naming.exec(text) ?? [])
  const name = quoted?.replaceAll('``', '`') ?? plain
  const source = sourceOf(formula ?? text, scope)
  const called = name ?? source.name
  if (called === null) throw new ExpressionError('this has no name; write name = expression', text, 0)
  return { name: called, source }
}

/** A name between backticks, or of letters, then one `=` that is no comparison. */
const naming = /^\s*(?:`((?:[^`]|``)+)`|([^=<>!`'"()]+?))\s*=(?!=)\s*(.*)$/s

function unquoted(text: string): string {
  return /^`((?:[^`]|``)+)`$/.exec(text)?.[1]?.replaceAll('``', '`') ?? text
}

/** `month(day)` is called month_day. */
function nameOfCall(text: string, { columns }: Named): string | null {
  const [, called, argument] = /^(\w+)\(([^()]+)\)$/.exec(text) ?? []
  if (called === undefined || argument === undefined) return null
  const name = unquoted(argument.trim())
  return columns.some((column) => column.name === name) ? `${called}_${name}` : null
}
