import type { Table } from '../../contract/table.ts'
import { type RowBatch, rowFlags } from '../../datasets/table/batch.ts'
import { looksLikeFormula } from '../../datasets/write/rows.ts'

/** Rows as lines of CSV (RFC 4180): fields as they stood, in quotes where they were or must be, under the first input's delimiter. */
const quote = 34
const lineFeed = 10
const carriageReturn = 13
const apostrophe = 39

export class RowText {
  /** The line that `write` has made stands in [0, length), without its line end. */
  bytes = new Uint8Array(4096)
  length = 0
  readonly #delimiter: number
  readonly #isSafe: boolean

  /** `isSafe`: what a spreadsheet would take for a formula gets an apostrophe in front. */
  constructor(table: Table, isSafe: boolean) {
    this.#delimiter = delimiterOf(table).charCodeAt(0)
    this.#isSafe = isSafe
  }

  write(batch: RowBatch, row: number): void {
    this.length = 0
    for (let column = 0; column < batch.columns; column++) {
      const field = row * batch.columns + column
      const [start, end] = [batch.starts[field]!, batch.ends[field]!]
      this.#reserve(2 * (end - start) + 4)
      if (column > 0) this.bytes[this.length++] = this.#delimiter
      const wasQuoted = (batch.flags[field]! & rowFlags.quoted) !== 0
      if (wasQuoted || this.#needsQuotes(batch.bytes, start, end)) this.#quoted(batch.bytes, start, end)
      else {
        this.#guard(batch.bytes, start, end)
        this.bytes.set(batch.bytes.subarray(start, end), this.length)
        this.length += end - start
      }
    }
  }

  #needsQuotes(bytes: Uint8Array, start: number, end: number): boolean {
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!
      if (byte === this.#delimiter || byte === quote || byte === lineFeed || byte === carriageReturn) return true
    }
    return false
  }

  #quoted(bytes: Uint8Array, start: number, end: number): void {
    this.bytes[this.length++] = quote
    this.#guard(bytes, start, end)
    for (let at = start; at < end; at++) {
      if (bytes[at] === quote) this.bytes[this.length++] = quote
      this.bytes[this.length++] = bytes[at]!
    }
    this.bytes[this.length++] = quote
  }

  #guard(bytes: Uint8Array, start: number, end: number): void {
    if (this.#isSafe && looksLikeFormula(bytes, start, end)) this.bytes[this.length++] = apostrophe
  }

  #reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return
    const larger = new Uint8Array(2 * (this.length + more))
    larger.set(this.bytes.subarray(0, this.length))
    this.bytes = larger
  }
}

/** The line that names the columns; none where the input has none. */
export function headerLine(table: Table, isSafe: boolean): string {
  if (table.dialect?.header === false) return ''
  const delimiter = delimiterOf(table)
  const fields = table.columns.map(({ name }) => {
    const bytes = Buffer.from(name)
    const text = isSafe && looksLikeFormula(bytes, 0, bytes.length) ? `'${name}` : name
    return text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  })
  return `${fields.join(delimiter)}\n`
}

function delimiterOf({ dialect }: Table): string {
  return dialect?.delimiter ?? ','
}
