import { cellStates } from '../cellEffect.ts'
import { type DialectBytes, carriageReturn, lineFeed } from '../requests.ts'

/** The automaton that reads CSV: the state after a byte, for each state and byte, as one table. */
export const state = Object.fromEntries(cellStates.map((name, index) => [name, index])) as Record<
  (typeof cellStates)[number],
  number
>

/** `steps[256 * state + byte]`. */
export function stepsOf(dialect: DialectBytes): Uint8Array {
  return Uint8Array.from({ length: 256 * cellStates.length }, (_, index) => step(index >>> 8, index & 255, dialect))
}

/** Whether a record starts at a byte before which the state is `from`. */
export function startsRecord(from: number, byte: number): boolean {
  return from === state.atRecord || (from === state.afterReturn && byte !== lineFeed)
}

function step(from: number, byte: number, dialect: DialectBytes): number {
  switch (from) {
    case state.quoted:
      if (byte === dialect.quote) return state.quoteSeen
      return byte === dialect.escape ? state.quotedEscape : state.quoted
    case state.quotedEscape:
      return state.quoted
    case state.plainEscape:
      return byte === carriageReturn ? state.returnEscaped : state.plain
    case state.returnEscaped:
      return byte === lineFeed ? state.plain : stepOutside(byte, dialect, false)
    case state.afterReturn:
      return byte === lineFeed ? state.atRecord : stepOutside(byte, dialect, true)
    case state.plain:
      return stepOutside(byte, dialect, false)
    default:
      return stepOutside(byte, dialect, true)
  }
}

function stepOutside(byte: number, { delimiter, quote, escape }: DialectBytes, mayOpen: boolean): number {
  if (mayOpen && byte === quote) return state.quoted
  if (byte === escape) return state.plainEscape
  if (byte === delimiter) return state.atField
  if (byte === lineFeed) return state.atRecord
  return byte === carriageReturn ? state.afterReturn : state.plain
}
