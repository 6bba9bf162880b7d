import type { ColumnResult } from './kind.ts'

/** Which columns are listed and in which order. Pure. */
export const sortKeys = ['name', 'type', 'nulls', 'distinct'] as const
export type SortKey = (typeof sortKeys)[number]

export interface Order {
  by: SortKey
  direction: 'ascending' | 'descending'
}

/** Names start with the first letter, counts with the largest. */
const firstDirection: Record<SortKey, Order['direction']> = {
  name: 'ascending',
  type: 'ascending',
  nulls: 'descending',
  distinct: 'descending',
}

/** What pressing a heading leads to: one direction, the other, then the order of the table again. */
export function nextOrder(order: Order | null, by: SortKey): Order | null {
  if (order?.by !== by) return { by, direction: firstDirection[by] }
  return order.direction === firstDirection[by] ? { by, direction: opposite[order.direction] } : null
}

const opposite = { ascending: 'descending', descending: 'ascending' } as const

export interface Listed {
  /** Where it stands in the table. */
  place: number
  column: ColumnResult
}

/** Those whose name or type has every word of the search; alike ones in the order of the table. */
export function listColumns(columns: readonly ColumnResult[], search: string, order: Order | null): Listed[] {
  const wanted = search.toLowerCase().split(/\s+/)
  const listed = columns
    .map((column, place): Listed => ({ place, column }))
    .filter(({ column }) => wanted.every((word) => textOf(column).includes(word)))
  if (order === null) return listed
  const sign = order.direction === 'ascending' ? 1 : -1
  return listed.toSorted((one, other) => sign * comparisons[order.by](one.column, other.column))
}

function textOf({ name, type, mostly }: ColumnResult): string {
  return `${name} ${type} ${mostly ?? ''}`.toLowerCase()
}

const names = new Intl.Collator('en', { numeric: true })

const comparisons: Record<SortKey, (one: ColumnResult, other: ColumnResult) => number> = {
  name: (one, other) => names.compare(one.name, other.name),
  type: (one, other) => names.compare(one.type, other.type),
  nulls: (one, other) => one.nulls - other.nulls,
  distinct: (one, other) => one.distinct - other.distinct,
}
