import type { Input } from '../../contract/dataset.ts'
import type { Column, OwnColumns, Table } from '../../contract/table.ts'
import { columnType, widerType } from '../sniff/values.ts'
import { labelsOf } from './fileLabels.ts'
import { partitionIn } from './partitionNames.ts'

/**
 * Several inputs as one table: every input gets the columns of all of them, by name and in the order in which they are first met, and keeps
 * where each comes from (`table.own`). What was guessed with no ground in one input, how decimals and dates are written, follows the first
 * one that has ground; numbers that are none of text, as JSON has them, are written in one way only. Pure: known before the job exists, so that kinds and expressions see one table.
 */
export class UnionRefused extends Error {
  override name = 'UnionRefused'
}

/** `fileColumn`: the name of one more column, which says which input a row is from. */
export function uniteTables(inputs: readonly Input[], fileColumn?: string): Input[] {
  const tables = inputs.flatMap(({ table }) => table ?? [])
  const columns = unitedColumns(tables)
  const notation = notationOf(tables)
  const said = saidByFolders(inputs, columns)
  columns.push(...said.columns)
  const file = fileColumn === undefined ? null : fileColumnOf(fileColumn, columns)
  if (file !== null) columns.push(file)
  const shared: Shared = { columns, places: new Map(columns.map(({ name }, place) => [name, place])), file }
  const labels = file === null ? new Map<Input, string>() : labelsOf(inputs)
  return inputs.map((input) => {
    if (input.table === undefined) return input
    const table = united(input.table, shared, said.of(input))
    const label = labels.get(input)
    const own = table.own === undefined || label === undefined ? {} : { own: { ...table.own, file: label } }
    return { ...input, table: { ...table, ...own, ...notation(input.table) } }
  })
}

interface Shared {
  columns: readonly Column[]
  places: ReadonlyMap<string, number>
  file: Column | null
}

function unitedColumns(tables: readonly Table[]): Column[] {
  const byName = new Map<string, Column>()
  for (const { columns } of tables)
    for (const { name, type } of columns) {
      const known = byName.get(name)
      byName.set(name, { name, type: known === undefined ? type : widerType(known.type, type) })
    }
  return [...byName.values()]
}

/** Values by column. */
type Said = ReadonlyMap<string, string | null>

/**
 * What the folders say in which the inputs lie, as `city=Bonn` does: columns that all inputs have so and none has otherwise. Their types are
 * those that the values look like.
 */
function saidByFolders(
  inputs: readonly Input[],
  own: readonly Column[],
): { columns: Column[]; of: (input: Input) => Said } {
  const tables = inputs.filter(({ table }) => table !== undefined)
  const said = new Map(tables.map((input) => [input, saidBy(input.name)]))
  const [first = new Map<string, string | null>()] = said.values()
  const taken = new Set(own.map(({ name }) => name))
  const names = [...first.keys()].filter(
    (name) => !taken.has(name) && [...said.values()].every((each) => each.has(name)),
  )
  const columns = names.map((name) => {
    const values = [...said.values()].flatMap((each) => each.get(name) ?? [])
    return { name, type: columnType(new Set(values), { decimal: '.', thousands: '', dayFirst: false }) }
  })
  return { columns, of: (input) => said.get(input) ?? new Map() }
}

function saidBy(name: string): Said {
  const parts = name.split('/').slice(0, -1).map(partitionIn)
  return new Map(parts.flatMap((part) => (part === null ? [] : [[part.column, part.value] as const])))
}

function fileColumnOf(name: string, columns: readonly Column[]): Column {
  if (columns.some((column) => column.name === name))
    throw new UnionRefused(`fileColumn is ${name}, and there is a column of that name`)
  return { name, type: 'text' }
}

/** A table that has all columns in their places stays as it is, but for their types. */
function united(table: Table, { columns, places, file }: Shared, said: Said): Table {
  const isSame =
    table.columns.length === columns.length && table.columns.every(({ name }, at) => places.get(name) === at)
  if (isSame) return { ...table, columns: [...columns] }
  const from: OwnColumns['from'] = columns.map(() => null)
  for (const [own, { name }] of table.columns.entries()) from[places.get(name) ?? 0] = own
  for (const [at, { name }] of columns.entries()) {
    const value = said.get(name)
    if (value !== undefined && from[at] === null) from[at] = { value }
  }
  if (file !== null) from[columns.length - 1] = 'file'
  return { ...table, columns: [...columns], own: { columns: table.columns, from } }
}

type Notation = Pick<Table, 'decimal' | 'thousands' | 'dayFirst'>

function notationOf(tables: readonly Table[]): (table: Table) => Notation {
  const numbers = tables.find(hasDecimals)
  const dates = tables.find(hasDates)
  return (table) => {
    const { decimal, thousands } = hasDecimals(table) || !isDelimited(table) ? table : (numbers ?? table)
    return { decimal, thousands, dayFirst: (hasDates(table) ? table : (dates ?? table)).dayFirst }
  }
}

function hasDecimals(table: Table): boolean {
  const { columns, decimal, thousands } = table
  return isDelimited(table) && (decimal !== '.' || thousands !== '' || columns.some(({ type }) => type === 'decimal'))
}

function isDelimited({ format }: Table): boolean {
  return format === 'csv'
}

function hasDates({ columns }: Table): boolean {
  return columns.some(({ type }) => type === 'date' || type === 'timestamp')
}
