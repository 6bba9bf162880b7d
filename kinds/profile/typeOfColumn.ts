import type { profileTypes } from './kind.ts'
import type { ValueClass } from './classify.ts'

export type ColumnKind = (typeof profileTypes)[number]

/** The share of values above which a column counts as what most of them are. */
const mostlyFrom = 0.5

/** The narrowest type that fits all values; `mixed` where most but not all fit one; else text, which fits all. Pure. */
export function typeOfColumn(counts: Readonly<Record<ValueClass, number>>): {
  type: ColumnKind
  mostly: ColumnKind | null
  fits: number
} {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  if (total === 0) return { type: 'unknown', mostly: null, fits: 1 }
  const [best] = families(counts).toSorted((one, other) => other.count - one.count)
  if (best!.count === total) return { type: best!.type, mostly: null, fits: 1 }
  const share = best!.count / total
  return share > mostlyFrom
    ? { type: 'mixed', mostly: best!.type, fits: share }
    : { type: 'text', mostly: null, fits: 1 }
}

function families(counts: Readonly<Record<ValueClass, number>>): { type: ColumnKind; count: number }[] {
  const { integer, decimal, boolean, date, timestamp } = counts
  return [
    { type: decimal > 0 ? 'decimal' : 'integer', count: integer + decimal },
    { type: 'boolean', count: boolean },
    { type: timestamp > 0 ? 'timestamp' : 'date', count: date + timestamp },
    { type: 'text', count: counts.text },
  ]
}
