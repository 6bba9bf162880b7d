import type { Dialect } from '../../contract/table.ts'

/**
 * The dialect as an automaton over bytes: what a record's start depends on and nothing more. Fields.ts reads by the same rules:
 * - A quote opens only at a field's start; elsewhere in an unquoted field it is a character like any other.
 * - Inside quotes a doubled quote stands for one, and `escape` takes the next byte as it is.
 * - What follows a closing quote up to the next delimiter or line end is junk, read like an unquoted field; the record is set aside.
 * - LF, CR and CRLF end a record wherever they stand outside quotes.
 */
export const states = { record: 0, field: 1, plain: 2, quoted: 3, closing: 4, return: 5, escaped: 6 } as const
export const stateCount = 7

const newline = 10
const carriageReturn = 13
const none = -1

/** What one run over a cell's bytes finds. Positions are relative to the first byte; -1 when no record starts there. */
export interface Scan {
  state: number
  records: number
  first: number
  last: number
}

/** Dialects with one escape less or more have tables of their own: state * 256 + byte gives the next state. */
export class Automaton {
  readonly #next = new Uint8Array(stateCount * 256)
  /** A line with nothing on it is a record only where it can be one: in tables of one column. */
  readonly #countsBlank: boolean
  readonly #quote: number
  readonly #escape: number

  constructor({ delimiter, quote, escape }: Omit<Dialect, 'header'>, columns: number) {
    this.#countsBlank = columns <= 1
    this.#quote = quote === null ? none : quote.charCodeAt(0)
    this.#escape = escape === null || escape === quote ? none : escape.charCodeAt(0)
    for (let state = 0; state < stateCount; state += 1)
      for (let byte = 0; byte < 256; byte += 1)
        this.#next[state * 256 + byte] = this.#after(state, byte, delimiter.charCodeAt(0))
  }

  #after(state: number, byte: number, delimiter: number): number {
    if (state === states.quoted || state === states.escaped) return this.#insideQuotes(state, byte)
    if (state === states.closing && byte === this.#quote) return states.quoted
    if (byte === newline) return states.record
    if (byte === carriageReturn) return states.return
    if (byte === delimiter) return states.field
    const opens = state === states.record || state === states.field || state === states.return
    return opens && byte === this.#quote ? states.quoted : states.plain
  }

  #insideQuotes(state: number, byte: number): number {
    if (state === states.escaped) return states.quoted
    if (byte === this.#quote) return states.closing
    return byte === this.#escape ? states.escaped : states.quoted
  }

  scan(bytes: Uint8Array, state: number): Scan {
    const found: Scan = { state, records: 0, first: none, last: none }
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at] as number
      if (found.state === states.record || (found.state === states.return && byte !== newline)) {
        if (found.first === none) found.first = at
        found.last = at
        if (this.#countsBlank || (byte !== newline && byte !== carriageReturn)) found.records += 1
      }
      found.state = this.#next[found.state * 256 + byte] as number
    }
    return found
  }
}
