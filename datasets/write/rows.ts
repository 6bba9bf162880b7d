import { type RowBatch, rowFlags } from '../table/batch.ts'
import type { RowBuffer } from './rowBuffer.ts'

/** How rows are written as text, field by field: by bytes where a field is copied, by text where it was computed. */
export interface RowWriter {
  /** What stands before the first row. */
  header(names: readonly string[]): void
  /** Begins a row. */
  begin(): void
  /** The next field, from bytes [start, end) of UTF-8. */
  bytes(bytes: Uint8Array, start: number, end: number): void
  /** The next field. */
  text(text: string): void
  /** The next field holds nothing. */
  nothing(): void
  /** Ends the row. */
  end(): void
}

export interface WriteOptions {
  format: 'csv' | 'tsv' | 'jsonl'
  names: readonly string[]
  /** Of each column, whether its values may stand bare in JSON: numbers, true and false. */
  bare: readonly boolean[]
  /** A field that a spreadsheet would take for a formula gets an apostrophe in front. */
  spreadsheetSafe: boolean
}

export function makeRowWriter(block: RowBuffer, options: WriteOptions): RowWriter {
  if (options.format === 'jsonl') return new JsonLinesWriter(block, options)
  return new DelimitedWriter(block, {
    delimiter: options.format === 'csv' ? comma : tab,
    safe: options.spreadsheetSafe,
  })
}

/** The next field is the one of that number in a batch, as it stands. */
export function copyField(writer: RowWriter, batch: RowBatch, field: number): void {
  if ((batch.flags[field]! & rowFlags.null) !== 0) writer.nothing()
  else writer.bytes(batch.bytes, batch.starts[field]!, batch.ends[field]!)
}

/** A row of a batch, as it stands. */
export function copyRow(writer: RowWriter, batch: RowBatch, row: number): void {
  writer.begin()
  for (let column = 0; column < batch.columns; column++) copyField(writer, batch, row * batch.columns + column)
  writer.end()
}

const comma = 44
const tab = 9
const quote = 34
const lineFeed = 10
const carriageReturn = 13
const apostrophe = 39

const encoder = new TextEncoder()

/** RFC 4180 with LF. What holds nothing stays empty; empty text stands in quotes, so that reading tells both apart. */
/** Short texts are encoded faster here than by a call; null for what is long or not ASCII. */
function asciiInto(text: string, target: Uint8Array): number | null {
  if (text.length > 48) return null
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code >= 128) return null
    target[at] = code
  }
  return text.length
}

class DelimitedWriter implements RowWriter {
  readonly #block: RowBuffer
  readonly #delimiter: number
  readonly #safe: boolean
  #isFirst = true
  /** Of the text at hand. */
  #encoded = new Uint8Array(256)

  constructor(block: RowBuffer, { delimiter, safe }: { delimiter: number; safe: boolean }) {
    this.#block = block
    this.#delimiter = delimiter
    this.#safe = safe
  }

  header(names: readonly string[]): void {
    this.begin()
    for (const name of names) this.text(name)
    this.end()
  }

  begin(): void {
    this.#isFirst = true
  }

  text(text: string): void {
    if (this.#encoded.length < 3 * text.length) this.#encoded = new Uint8Array(6 * text.length)
    const length = asciiInto(text, this.#encoded) ?? encoder.encodeInto(text, this.#encoded).written
    this.bytes(this.#encoded, 0, length)
  }

  nothing(): void {
    this.#separate(0)
  }

  bytes(bytes: Uint8Array, start: number, end: number): void {
    this.#separate(2 * (end - start) + 4)
    if (!this.#safe && start < end && this.#copiesBare(bytes, start, end)) return
    const block = this.#block
    const inQuotes = start === end || this.#needsQuotes(bytes, start, end)
    if (inQuotes) block.bytes[block.length++] = quote
    if (this.#safe && looksLikeFormula(bytes, start, end)) block.bytes[block.length++] = apostrophe
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!
      if (byte === quote) block.bytes[block.length++] = quote
      block.bytes[block.length++] = byte
    }
    if (inQuotes) block.bytes[block.length++] = quote
  }

  end(): void {
    const block = this.#block
    block.reserve(1)
    block.bytes[block.length++] = lineFeed
    block.endRecord()
  }

  /** Most fields need no quotes: they are copied while that is found out. */
  #copiesBare(bytes: Uint8Array, start: number, end: number): boolean {
    const target = this.#block.bytes
    let length = this.#block.length
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!
      if (byte === this.#delimiter || byte === quote || byte === lineFeed || byte === carriageReturn) return false
      target[length++] = byte
    }
    this.#block.length = length
    return true
  }

  /** Room for the field with its delimiter, which is written. */
  #separate(room: number): void {
    const block = this.#block
    block.reserve(room + 1)
    if (!this.#isFirst) block.bytes[block.length++] = this.#delimiter
    this.#isFirst = false
  }

  #needsQuotes(bytes: Uint8Array, start: number, end: number): boolean {
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!
      if (byte === this.#delimiter || byte === quote || byte === lineFeed || byte === carriageReturn) return true
    }
    return false
  }
}

const number = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

/** A field that begins as a formula does, if need be behind apostrophes, and is no number. */
export function looksLikeFormula(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start
  while (at < end && bytes[at] === apostrophe) at++
  if (at >= end || !'=+-@\t\r'.includes(String.fromCharCode(bytes[at]!))) return false
  return !number.test(Buffer.from(bytes.subarray(start, end)).toString('latin1'))
}

/** JSON's own grammar of numbers: what else means a number elsewhere stands in quotes. */
const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

/** An object to a line. Numbers stand as they were written, with all their digits. */
class JsonLinesWriter implements RowWriter {
  readonly #block: RowBuffer
  readonly #keys: string[]
  readonly #bare: readonly boolean[]
  #column = 0
  #line = ''

  constructor(block: RowBuffer, { names, bare }: Pick<WriteOptions, 'names' | 'bare'>) {
    this.#block = block
    this.#keys = names.map((name, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`)
    this.#bare = bare
  }

  header(): void {
    // Each line has its names.
  }

  begin(): void {
    this.#column = 0
    this.#line = ''
  }

  bytes(bytes: Uint8Array, start: number, end: number): void {
    this.text(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8', start, end))
  }

  text(text: string): void {
    const bare = this.#bare[this.#column] === true && isBare(text)
    this.#put(bare ? text : JSON.stringify(text))
  }

  nothing(): void {
    this.#put('null')
  }

  end(): void {
    this.#block.text(`${this.#line}}\n`)
    this.#block.endRecord()
  }

  #put(value: string): void {
    this.#line += `${this.#keys[this.#column++] ?? ''}${value}`
  }
}

function isBare(text: string): boolean {
  return text === 'true' || text === 'false' || jsonNumber.test(text)
}
