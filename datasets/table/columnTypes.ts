import type { Column, ColumnType, Table } from '../../contract/table.ts'
import type { Scope, ValueType } from '../expression/types.ts'

/** Expressions over a table as far as they can be judged without a row: names and types of its columns. Pure. */
const valueTypes: Record<ColumnType, ValueType> = {
  integer: 'number',
  decimal: 'number',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  text: 'text',
  unknown: 'text',
}

/** What a column's values are in an expression. */
export function valueTypeOf({ type }: Pick<Column, 'type'>): ValueType {
  return valueTypes[type]
}

export function typeScope({ columns }: Pick<Table, 'columns'>): Scope<never> {
  const byName = new Map(columns.map((column) => [column.name, valueTypeOf(column)]))
  return {
    names: [...byName.keys()],
    column(name) {
      const type = byName.get(name)
      return type === undefined ? undefined : { type, evaluate: () => null }
    },
  }
}
