import type { Table } from '../../contract/table.ts'
import type { Evaluate, Scope, Value, ValueType } from '../expression/types.ts'
import { fieldText, rowFlags, type RowBatch } from './batch.ts'
import { valueTypeOf } from './columnTypes.ts'
import { booleanIn, instantIn } from './textValues.ts'
import { numberReader } from './values.ts'

/** Expressions over the rows of a table: a column's name leads to its field, read as what the column is. */
export interface RowAt {
  batch: RowBatch
  row: number
}

/** A field that is not what its column is: the row cannot be used, and why. */
export class FieldFault extends Error {
  override name = 'FieldFault'
}

/** What one column is called and how its values are read. */
type NamedTable = Pick<Table, 'columns' | 'decimal' | 'thousands' | 'dayFirst'>

export function rowScope(table: NamedTable): Scope<RowAt> {
  const names = table.columns.map(({ name }) => name)
  const places = new Map(names.map((name, place) => [name, place]))
  return {
    names,
    column(name) {
      const place = places.get(name)
      if (place === undefined) return undefined
      const type = valueTypeOf(table.columns[place]!)
      return { type, evaluate: fieldReader(table, place, type) }
    },
  }
}

const kinds: Record<ValueType, string> = {
  number: 'a number',
  text: 'text',
  boolean: 'true or false',
  date: 'a date',
  timestamp: 'a timestamp',
}

const mostShown = 80

function fieldReader(table: NamedTable, place: number, type: ValueType): Evaluate<RowAt> {
  if (type === 'text') return ({ batch, row }) => fieldText(batch, row, place)
  const { name } = table.columns[place]!
  const read = readerOf(table, type)
  return ({ batch, row }) => {
    const field = row * batch.columns + place
    // What is empty is nothing, in quotes too: only text can be empty.
    if ((batch.flags[field]! & rowFlags.null) !== 0 || batch.starts[field] === batch.ends[field]) return null
    const value = read(batch, field)
    if (value !== null) return value
    const text = fieldText(batch, row, place) ?? ''
    throw new FieldFault(`'${text.slice(0, mostShown)}' in column ${name} is not ${kinds[type]}`)
  }
}

function readerOf(table: NamedTable, type: ValueType): (batch: RowBatch, field: number) => Value {
  if (type === 'number') {
    const read = numberReader(table)
    return ({ bytes, starts, ends }, field) => read(bytes, starts[field]!, ends[field]!)
  }
  const textOf = ({ bytes, starts, ends }: RowBatch, field: number): string =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8', starts[field], ends[field])
  if (type === 'boolean') return (batch, field) => booleanIn(textOf(batch, field))
  const instant = type === 'date' ? 'date' : 'timestamp'
  return (batch, field) => instantIn(textOf(batch, field), instant, table)
}
