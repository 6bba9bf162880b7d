import type { Inspection } from '../contract/dataset.ts'
import { isProse, type Table } from '../contract/table.ts'
import { uniteTables } from '../datasets/table/unite.ts'
import { count, printable, size } from './figures.ts'
import { rowsText, shortened } from './rowsText.ts'
import { type CellText, pairs, table } from './table.ts'
import type { Terminal } from './terminal.ts'

/** What `inspect` shows of a dataset: the facts, what a table's columns are, the first rows. */
const shownRows = 10

const formatNames: Record<Table['format'], string> = {
  csv: 'delimited text',
  jsonl: 'JSON lines',
  json: 'JSON array',
  parquet: 'Parquet',
  xlsx: 'workbook',
  sqlite: 'SQLite database',
}
const delimiterNames: Record<string, string> = { '\t': 'tab', ' ': 'space' }

/** Many files are not told one by one; what they are together is. */
const mostTold = 10

export function inspectionsText(inspections: readonly Inspection[], terminal: Terminal): string {
  const parts = inspections.slice(0, mostTold).map((one) => inspectionText(one, terminal))
  const more = inspections.length - parts.length
  if (more > 0) parts.push(terminal.style('gray', `… and ${count(more)} more files`))
  const together = togetherText(inspections, terminal)
  return [...parts, ...(together === null ? [] : [together])].join('\n\n')
}

/** Several tables as the one that a job makes of them. */
function togetherText(inspections: readonly Inspection[], terminal: Terminal): string | null {
  const tables = inspections.filter(({ input }) => input.table !== undefined && !isProse(input.table))
  if (tables.length < 2 || tables.length < inspections.length) return null
  const [first] = uniteTables(tables.map(({ input }) => input))
  const rows = tables.map(({ sample }) => sample?.estimatedRows ?? null)
  const facts = pairs([
    ['together', `${count(tables.length)} files`],
    ['size', size(tables.reduce((sum, { input }) => sum + input.bytes, 0))],
    ['rows, about', rows.reduce<number | null>((sum, some) => (sum === null || some === null ? null : sum + some), 0)],
  ])
  const having = new Map<string, number>()
  for (const { input } of tables)
    for (const { name } of input.table?.columns ?? []) having.set(name, (having.get(name) ?? 0) + 1)
  const lines = (first?.table?.columns ?? []).map(({ name, type }) => [name, type, having.get(name) ?? tables.length])
  return `${facts}\n\n${table(['column', 'type', 'in files'], lines, (line) => terminal.style('bold', line))}`
}

function inspectionText(inspection: Inspection, terminal: Terminal): string {
  const { input, sample } = inspection
  const tabular = input.table !== undefined && sample !== null && !isProse(input.table)
  const parts = [pairs([...fileFacts(inspection), ...(tabular ? tableFacts(inspection) : textFacts(inspection))])]
  if (tabular && input.table !== undefined) {
    parts.push(columnsText(input.table, sample.rows, terminal))
    const names = input.table.columns.map(({ name }) => name)
    if (sample.rows.length > 0) parts.push(rowsText({ names, rows: sample.rows.slice(0, shownRows) }, terminal))
  } else parts.push(...linesText(inspection, terminal))
  return parts.join('\n\n')
}

type Fact = readonly [string, CellText]

function fileFacts({ input }: Inspection): Fact[] {
  return [
    ['file', input.path],
    ['size', `${count(input.bytes)} bytes (${size(input.bytes)})`],
  ]
}

function textFacts({ input, encoding, lineEnding, estimatedLines }: Inspection): Fact[] {
  return [
    ['format', input.format],
    ['encoding', encoding],
    ['lines end in', lineEnding],
    ['lines, about', estimatedLines],
  ]
}

function tableFacts({ input, sample }: Inspection): Fact[] {
  const found = input.table
  if (found === undefined) return []
  const compressed = found.compression === null ? '' : `, ${found.compression}`
  const facts: Fact[] = [['format', `${formatNames[found.format]}${compressed}`]]
  if (found.part !== null) facts.push([found.format === 'xlsx' ? 'sheet' : 'table', found.part])
  if (found.dialect !== null) facts.push(['encoding', found.encoding], ['dialect', dialectText(found)])
  facts.push(['numbers, dates', notationText(found)], ['rows, about', sample?.estimatedRows ?? null])
  for (const note of sample?.notes ?? []) facts.push(['note', note])
  return facts
}

function dialectText({ dialect }: Table): string {
  if (dialect === null) return 'none'
  const named = (character: string) => delimiterNames[character] ?? character
  const quote = dialect.quote === null ? 'no quotes' : `quote ${dialect.quote}`
  const escape = dialect.escape === null ? [] : [`escape ${dialect.escape}`]
  const header = dialect.header ? 'with a header' : 'without header'
  return [`delimiter ${named(dialect.delimiter)}`, quote, ...escape, header].join(', ')
}

function notationText({ decimal, thousands, dayFirst }: Table): string {
  const mark = thousands === '' ? [] : [`thousands ${delimiterNames[thousands] ?? thousands}`]
  return [`decimal ${decimal}`, ...mark, dayFirst ? 'day first' : 'month first'].join(', ')
}

function columnsText({ columns }: Table, rows: Sample['rows'], terminal: Terminal): string {
  const lines = columns.map(({ name, type }, index) => {
    const values = rows.flatMap((row) => row[index] ?? [])
    const examples = [...new Set(values)].slice(0, 3).map((value) => shortened(value))
    return [name, type, examples.join(', ')]
  })
  return table(['column', 'type', 'for example'], lines, (line) => terminal.style('bold', line))
}

type Sample = NonNullable<Inspection['sample']>

function linesText({ preview }: Inspection, terminal: Terminal): string[] {
  return preview.length === 0 ? [] : [preview.map((line) => terminal.style('gray', `  ${printable(line)}`)).join('\n')]
}
