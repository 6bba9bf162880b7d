import type { Inspection } from '../../../contract/dataset.ts'
import { isProse, type Column, type Table, type TableWishes, tableWishesSchema } from '../../../contract/table.ts'
import { tableStrings } from '../../ui/tableStrings.ts'
import { readField, type Field, type Texts } from './paramsForm.ts'

/** The part of the form that says how tables are read, and what is told of a table. Pure. */
const tableParams = new Set(Object.keys(tableWishesSchema.shape))

export function isTableField({ name }: Pick<Field, 'name'>): boolean {
  return tableParams.has(name)
}

/** What the form says of tables; what is half typed says nothing yet. */
export function wishesIn(fields: readonly Field[], texts: Texts): TableWishes {
  const said = fields.filter(isTableField).flatMap((field): [string, unknown][] => {
    const text = texts[field.name] ?? field.initial
    const read = text === field.initial ? null : readField(field, text)
    if (read === null || !read.ok || read.value === undefined) return []
    const one = tableWishesSchema.safeParse({ [field.name]: read.value })
    return one.success ? [[field.name, read.value]] : []
  })
  // Which file a row is from changes nothing about how a file is read.
  const { fileColumn: _, ...wishes } = tableWishesSchema.parse(Object.fromEntries(said))
  return wishes
}

/** A table that is worth showing as one; null for lines of text, unless somebody says how they are to be read. */
export function tableOf(inspection: Inspection | null, wishes: TableWishes): Table | null {
  const table = inspection?.input.table
  if (table === undefined || table.columns.length === 0) return null
  return isProse(table) && Object.keys(wishes).length === 0 ? null : table
}

/** The columns of all tables, each once, in the order in which they are met. */
export function columnsOf(inspections: readonly (Inspection | null)[], wishes: TableWishes): Column[] {
  const byName = new Map<string, Column>()
  for (const inspection of inspections)
    for (const column of tableOf(inspection, wishes)?.columns ?? [])
      if (!byName.has(column.name)) byName.set(column.name, column)
  return [...byName.values()]
}

const text = tableStrings

/** How it is read, in words. */
export function dialectFacts(table: Table): string[] {
  const { format, part, decimal, thousands, dayFirst } = table
  return [
    ...(part === null ? [] : [text.part[format === 'xlsx' ? 'sheet' : 'table'](part)]),
    ...textFacts(table),
    ...(decimal === ',' ? [text.decimalComma] : []),
    ...(thousands === '' ? [] : [text.thousands(thousands)]),
    ...(dayFirst ? [text.dayFirst] : []),
  ]
}

function textFacts({ format, dialect, encoding }: Table): string[] {
  if (format !== 'csv' && format !== 'jsonl' && format !== 'json') return []
  if (dialect === null) return [text.encodings[encoding]]
  const { delimiter, quote, escape, header } = dialect
  return [
    text.delimiter(delimiter),
    quote === null ? text.noQuotes : text.quote(quote),
    ...(escape === null ? [] : [text.escape(escape)]),
    header ? text.header : text.noHeader,
    text.encodings[encoding],
  ]
}
