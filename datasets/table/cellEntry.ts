import type { Table } from '../../contract/table.ts'
import { Automaton, stateCount } from '../csv/automaton.ts'

/**
 * What the index keeps of a cell, in doubles: the bytes of its text, then for every entry state the exit state, the records that start in
 * it, and the first and the last of their starts (from the cell's first byte; -1 for none).
 */
export const scanDoubles = 4
export const entryDoubles = 1 + stateCount * scanDoubles

export function automatonOf({ dialect, columns }: Table): Automaton {
  // Lines of JSON: every line end ends a record.
  return new Automaton(dialect ?? { delimiter: '\n', quote: null, escape: null }, dialect === null ? 2 : columns.length)
}
