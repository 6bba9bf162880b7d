import { format } from '../../renderer/ui/format.ts'
import type { ColumnResult } from './kind.ts'
import { words } from './words.ts'

/** Figures of a column as they are read. */
export function boundText(bound: number | string | null, write: (value: number) => string): string {
  if (bound === null) return words.nothing
  return typeof bound === 'number' ? write(bound) : bound
}

/** "7 (0.22 %)" */
export function countText(count: number, rows: number): string {
  return count === 0 ? format.count(0) : words.withShare(format.count(count), format.share(count / rows))
}

export function distinctText({ distinct, distinctError }: ColumnResult, withError = false): string {
  const count = format.count(distinct)
  if (distinctError === 0) return count
  return withError ? words.withError(count, format.share(distinctError)) : words.about(count)
}

export function lengthText({ shortest, longest }: ColumnResult): string {
  return words.span(format.count(shortest ?? 0), format.count(longest ?? 0))
}
