import type { Dialect } from '../../contract/table.ts'

/**
 * Fields of the complete records of a block, by the rules of automaton.ts. This is the readable form of the kernel: nothing is copied,
 * fields are places in the block.
 */
export const fieldFlags = { null: 1, quoted: 2, escaped: 4, junk: 8 } as const

const newline = 10
const carriageReturn = 13

/** Where the fields of a block's records stand. Record r has the fields [recordFields[r], recordFields[r + 1]) and the bytes from recordStarts[r] to recordStarts[r + 1], its line end included. */
export interface FieldTable {
  records: number
  recordStarts: Uint32Array
  recordFields: Uint32Array
  starts: Uint32Array
  ends: Uint32Array
  flags: Uint8Array
  /** All flags of all fields, together. */
  seen: number
  /** Up to where the block has been read: the start of the first record that is not complete, or for which there was no room. */
  end: number
  /** True when the record at `end` found no room for its fields in an empty table: it needs a larger one. */
  isFull: boolean
}

export function makeFieldTable(fields: number, records: number): FieldTable {
  return {
    records: 0,
    recordStarts: new Uint32Array(records + 1),
    recordFields: new Uint32Array(records + 1),
    starts: new Uint32Array(fields),
    ends: new Uint32Array(fields),
    flags: new Uint8Array(fields),
    seen: 0,
    end: 0,
    isFull: false,
  }
}

export interface FieldRules {
  delimiter: number
  /** -1 for none. */
  quote: number
  escape: number
  /** Lines with nothing on them are records: in tables of one column. */
  keepsBlank: boolean
}

export function rulesOf(dialect: Dialect, columns: number): FieldRules {
  const byte = (character: string | null) => (character === null ? -1 : character.charCodeAt(0))
  return {
    delimiter: byte(dialect.delimiter),
    quote: byte(dialect.quote),
    escape: dialect.escape === dialect.quote ? -1 : byte(dialect.escape),
    keepsBlank: columns <= 1,
  }
}

export interface Block {
  bytes: Uint8Array
  from: number
  to: number
  /** The block's end is the text's end. */
  isLast: boolean
}

/** Where a reading of one block stands: one object for all its fields. */
interface Cursor {
  rules: FieldRules
  block: Block
  /** Of the delimiter or line end behind the field; -1 when the block ends before it is known. */
  at: number
  end: number
  flags: number
  /** Fields found so far. */
  fields: number
}

/** Fills the table with the records of the block that are complete. */
export function csvFields(table: FieldTable, block: Block, rules: FieldRules): void {
  const cursor: Cursor = { rules, block, at: block.from, end: 0, flags: 0, fields: 0 }
  table.records = 0
  table.isFull = false
  table.seen = 0
  table.end = block.from
  while (table.end < block.to && table.records + 1 < table.recordStarts.length) {
    const firstField = cursor.fields
    if (!readRecord(table, cursor)) return
    const isBlank = cursor.fields === firstField + 1 && table.flags[firstField] === fieldFlags.null
    if (isBlank && !rules.keepsBlank) cursor.fields = firstField
    else {
      table.recordStarts[table.records] = table.end
      table.recordFields[table.records] = firstField
      table.records += 1
    }
    table.recordStarts[table.records] = cursor.at
    table.recordFields[table.records] = cursor.fields
    table.end = cursor.at
  }
}

/** Reads the fields of one record and passes its line end; false when the record is not complete or has no room. */
function readRecord(table: FieldTable, cursor: Cursor): boolean {
  const { bytes, to } = cursor.block
  for (let at = cursor.at; ; at += 1) {
    if (cursor.fields === table.starts.length) {
      table.isFull = table.records === 0
      return false
    }
    const isQuoted = at < to && bytes[at] === cursor.rules.quote
    if (isQuoted) quotedField(cursor, at)
    else plainField(cursor, at)
    if (cursor.at < 0) return false
    table.starts[cursor.fields] = isQuoted ? at + 1 : at
    table.ends[cursor.fields] = cursor.end
    table.flags[cursor.fields] = cursor.flags
    table.seen |= cursor.flags
    cursor.fields += 1
    at = cursor.at
    if (at >= to || bytes[at] !== cursor.rules.delimiter) break
  }
  return passLineEnd(cursor)
}

function passLineEnd(cursor: Cursor): boolean {
  const { bytes, to, isLast } = cursor.block
  const { at } = cursor
  if (at >= to) return true
  if (bytes[at] !== carriageReturn) cursor.at = at + 1
  else if (at + 1 < to) cursor.at = bytes[at + 1] === newline ? at + 2 : at + 1
  else cursor.at = isLast ? to : -1
  return cursor.at >= 0
}

function plainField(cursor: Cursor, from: number): void {
  const { bytes, to, isLast } = cursor.block
  const { delimiter } = cursor.rules
  let at = from
  for (; at < to; at += 1) {
    const byte = bytes[at]
    if (byte === delimiter || byte === newline || byte === carriageReturn) break
  }
  cursor.at = at < to || isLast ? at : -1
  cursor.end = at
  cursor.flags = at === from ? fieldFlags.null : 0
}

function quotedField(cursor: Cursor, from: number): void {
  const { bytes, to, isLast } = cursor.block
  const { delimiter } = cursor.rules
  const end = closingQuote(cursor, from + 1)
  if (end < 0) {
    cursor.at = -1
    return
  }
  const next = bytes[end + 1]
  const isEnded = end + 1 >= to || next === delimiter || next === newline || next === carriageReturn
  let { flags } = cursor
  if (isEnded) cursor.at = end + 1 < to || isLast ? end + 1 : -1
  else {
    plainField(cursor, end + 1)
    flags |= fieldFlags.junk
  }
  cursor.end = end
  cursor.flags = flags
}

/** The place of the quote that closes, or -1; flags the field. */
function closingQuote(cursor: Cursor, from: number): number {
  const { bytes, to } = cursor.block
  const { quote, escape } = cursor.rules
  cursor.flags = fieldFlags.quoted
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at]
    if (byte === quote && (at + 1 >= to || bytes[at + 1] !== quote)) return at
    if (byte !== quote && byte !== escape) continue
    cursor.flags |= fieldFlags.escaped
    at += 1
  }
  return -1
}
