import type { Column } from '../../contract/table.ts'

/**
 * What the values of a whole column are, for files whose columns have types. It is found from every value, so that nothing that is written
 * is less than what was read: what does not fit its column's type makes the column text. Pure.
 */
export const columnKinds = ['integer', 'decimal', 'boolean', 'date', 'timestamp', 'instant', 'text'] as const
/** `instant`: a timestamp with its offset from UTC. */
export type ColumnKind = (typeof columnKinds)[number]

export interface TypedColumn {
  name: string
  kind: ColumnKind
}

/** A bit for each sort of value that a column has; nulls and empty fields say nothing. */
export const seenBits = {
  /** Exact as a double, too. */
  integer: 1,
  /** Exact in 64 bits, but not as a double. */
  wide: 2,
  decimal: 4,
  boolean: 8,
  date: 16,
  timestamp: 32,
  instant: 64,
  other: 128,
} as const

const numbers = seenBits.integer | seenBits.wide | seenBits.decimal
const times = seenBits.date | seenBits.timestamp | seenBits.instant

export function columnKind(seen: number): ColumnKind {
  if (seen === 0) return 'text'
  if ((seen & ~numbers) === 0) return numberKind(seen)
  if (seen === seenBits.boolean) return 'boolean'
  if ((seen & ~times) !== 0) return 'text'
  if ((seen & seenBits.instant) !== 0) return 'instant'
  return (seen & seenBits.timestamp) !== 0 ? 'timestamp' : 'date'
}

function numberKind(seen: number): ColumnKind {
  if ((seen & seenBits.decimal) === 0) return 'integer'
  return (seen & seenBits.wide) === 0 ? 'decimal' : 'text'
}

/** What is known of a column before its values: what its source says, or what was seen in a sample of them. */
export function seenBefore({ type }: Pick<Column, 'type'>): number {
  if (type === 'unknown') return 0
  return type === 'text' ? seenBits.other : seenBits[type]
}
