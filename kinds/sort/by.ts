import type { Input } from '../../contract/dataset.ts'
import { listedNames } from '../../datasets/table/listedNames.ts'

/**
 * The columns that a table is sorted by, as a person writes them: the name, and behind it, each after a colon, how its values compare, in
 * which direction, and where nulls go. `state`, `population:desc`, `name:locale:nulls-first`. Pure.
 */
export interface SortColumn {
  column: string
  /** Null: as its type in the sample suggests. */
  as: Comparison | null
  descending: boolean | null
  nullsFirst: boolean
}

const comparisons = ['numeric', 'bytes', 'locale', 'date'] as const
export type Comparison = (typeof comparisons)[number]

const directions: ReadonlyMap<string, boolean> = new Map([
  ['asc', false],
  ['ascending', false],
  ['desc', true],
  ['descending', true],
])
const nullPlaces: ReadonlyMap<string, boolean> = new Map([
  ['nulls-first', true],
  ['nulls-last', false],
])

/** Words are read from the end, so that a name may have colons in it. */
export function readSortColumn(text: string): SortColumn {
  const found: SortColumn = { column: text, as: null, descending: null, nullsFirst: false }
  for (;;) {
    const at = found.column.lastIndexOf(':')
    const word = found.column.slice(at + 1)
    if (at <= 0 || !take(found, word)) return found
    found.column = found.column.slice(0, at)
  }
}

function take(column: SortColumn, word: string): boolean {
  const as = comparisons.find((each) => each === word)
  const descending = directions.get(word)
  const nullsFirst = nullPlaces.get(word)
  if (as !== undefined) column.as = as
  else if (descending !== undefined) column.descending = descending
  else if (nullsFirst !== undefined) column.nullsFirst = nullsFirst
  else return false
  return true
}

/** What is wrong with sorting these inputs by these columns, or null. */
export function complaintAboutColumns(by: readonly string[], inputs: readonly Input[]): string | null {
  const [first] = inputs
  const columns = first?.table?.columns.map(({ name }) => name) ?? []
  const stranger = inputs.find(({ table }) => table === undefined)
  if (stranger !== undefined) return `${stranger.name} is no table, and mode table sorts rows of tables`
  const unknown = by.map(readSortColumn).find(({ column }) => !columns.includes(column))
  return unknown === undefined ? null : `by names ${unknown.column}, and the columns are ${listedNames(columns)}`
}
