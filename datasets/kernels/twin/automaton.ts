import { cellStates } from '../cellEffect.ts'
import { type CsvRules, carriageReturn, lineFeed } from '../requests.ts'

/** The automaton that reads CSV: the state after a byte, for each state and byte, as one table. */
export const state = Object.fromEntries(cellStates.map((name, index) => [name, index])) as Record<
  (typeof cellStates)[number],
  number
>

/** `steps[256 * state + byte]`. */
export function stepsOf(rules: CsvRules): Uint8Array {
  return Uint8Array.from({ length: 256 * cellStates.length }, (_, index) => step(index >>> 8, index & 255, rules))
}

/** Whether a record starts at a byte before which the state is `from`. */
export function startsRecord(from: number, byte: number): boolean {
  return from === state.atRecord || (from === state.afterReturn && byte !== lineFeed)
}

function step(from: number, byte: number, { delimiter, quote, escape }: CsvRules): number {
  if (from === state.quotedEscape) return state.quoted
  if (from === state.quoted) {
    if (byte === quote) return state.quoteSeen
    return byte === escape ? state.quotedEscape : state.quoted
  }
  if (from !== state.plain && byte === quote) return state.quoted
  if (byte === delimiter) return state.atField
  if (byte === lineFeed) return state.atRecord
  return byte === carriageReturn ? state.afterReturn : state.plain
}
