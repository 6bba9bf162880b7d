import { count, printable } from './figures.ts'
import { table, widthOf } from './table.ts'
import type { Terminal } from './terminal.ts'

/** Rows of people's data as a table: as many columns as the terminal is wide, long fields cut. */
const widestCell = 30
const leastWidth = 60
/** Where stderr is no terminal. */
const usualWidth = 100

export interface Rows {
  names: readonly string[]
  rows: readonly (readonly (string | null)[])[]
  /** Columns that are not even there. */
  moreColumns?: number
}

export function rowsText({ names, rows, moreColumns = 0 }: Rows, terminal: Terminal): string {
  const cells = names.map((name, index) => [
    shortened(name),
    ...rows.map((row) => (row[index] === null || row[index] === undefined ? '' : shortened(row[index]))),
  ])
  const wide = widthsThatFit(cells, Math.max(leastWidth, terminal.stderr.columns ?? usualWidth))
  const visible = cells.slice(0, wide)
  const lines = rows.map((_, row) => visible.map((column) => column[row + 1] ?? ''))
  const heads = visible.map((column) => column[0] ?? '')
  const text = table(heads, lines, (line) => terminal.style('bold', line))
  const left = cells.length - wide + moreColumns
  return left === 0 ? text : text + terminal.style('gray', `\n… and ${count(left)} more columns`)
}

export function shortened(text: string): string {
  const characters = Array.from(text.slice(0, widestCell * 2 + 2))
  return characters.length <= widestCell ? text : `${characters.slice(0, widestCell - 1).join('')}…`
}

function widthsThatFit(cells: readonly string[][], room: number): number {
  let used = 0
  for (const [index, column] of cells.entries()) {
    used += Math.max(...column.map((cell) => widthOf(printable(cell)))) + 2
    if (used > room + 2) return Math.max(1, index)
  }
  return cells.length
}
