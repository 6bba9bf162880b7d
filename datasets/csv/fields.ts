import { RecordScanner } from '../kernels/records.ts'
import type { CsvRules } from '../kernels/requests.ts'
import type { Found } from '../table/records.ts'

/**
 * Fields of the complete records of a text, as arrays of their own: the kernel's views are gone when its memory grows, and whoever handles
 * rows may well use kernels.
 */
export interface FieldTable extends Found {
  recordStarts: Uint32Array
  /** Record r has the fields [recordFields[r], recordFields[r + 1]). */
  recordFields: Uint32Array
  starts: Uint32Array
  ends: Uint32Array
  /** See kernels/requests.ts. */
  flags: Uint8Array
  /** The first record has more fields than any table. */
  isTooWide: boolean
  /** All flags of all fields, together. */
  seen: number
}

export class FieldFinder {
  readonly #scanner: RecordScanner
  readonly #table: FieldTable = { ...emptyTable(0, 0), records: 0, end: 0, seen: 0, isTooWide: false }

  constructor(rules: CsvRules, blockBytes = 256 * 1024) {
    this.#scanner = new RecordScanner(rules, { blockBytes })
  }

  /** Valid until the next call. A record whose quotes the text's end leaves open is not complete. */
  find(bytes: Uint8Array, isLast: boolean): FieldTable {
    while (this.#scanner.bytes.length < bytes.length) this.#scanner.grow()
    this.#scanner.bytes.set(bytes)
    const block = this.#scanner.scan(bytes.length, isLast)
    const isOpen = isLast && !block.isFull && block.endsInQuotes && block.records > 0
    const records = isOpen ? block.records - 1 : block.records
    const table = this.#table
    const fields = block.recordFields[records] ?? 0
    if (table.starts.length < fields || table.recordStarts.length < records + 1)
      Object.assign(table, emptyTable(Math.max(fields, table.starts.length), records + 1))
    table.starts.set(block.starts.subarray(0, fields))
    table.ends.set(block.ends.subarray(0, fields))
    table.flags.set(block.flags.subarray(0, fields))
    table.recordStarts.set(block.recordStarts.subarray(0, records + 1))
    table.recordFields.set(block.recordFields.subarray(0, records + 1))
    table.records = records
    table.seen = block.seen
    table.end = table.recordStarts[records] ?? 0
    table.isTooWide = block.isFull && table.end === 0
    return table
  }

  release(): void {
    this.#scanner.release()
  }
}

/** The records of a text that is not looked at twice. */
export function fieldsOf(bytes: Uint8Array, rules: CsvRules, isLast: boolean): FieldTable {
  const finder = new FieldFinder(rules, Math.max(256, bytes.length))
  try {
    return finder.find(bytes, isLast)
  } finally {
    finder.release()
  }
}

function emptyTable(fields: number, records: number) {
  return {
    starts: new Uint32Array(fields),
    ends: new Uint32Array(fields),
    flags: new Uint8Array(fields),
    recordStarts: new Uint32Array(records),
    recordFields: new Uint32Array(records),
  }
}
