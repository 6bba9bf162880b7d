import { parseInstant } from '../expression/instants.ts'
import type { Notation } from '../sniff/values.ts'

/** Dates and truth values in the notation of their table, from text. Null for what is none. Pure. */

/** The epoch milliseconds of a date or timestamp; a date's are those of its midnight. */
export function instantIn(text: string, type: 'date' | 'timestamp', { dayFirst }: Notation): number | null {
  const found = parseInstant(text.trim(), dayFirst ? 'day-first' : 'month-first')
  return found === null || (type === 'date' && found.type !== 'date') ? null : found.ms
}

export function booleanIn(text: string): boolean | null {
  const word = text.trim().toLowerCase()
  if (word === 'true' || word === 'yes') return true
  return word === 'false' || word === 'no' ? false : null
}
