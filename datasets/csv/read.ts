import type { Table } from '../../contract/table.ts'
import type { RowBatch } from '../table/batch.ts'
import type { TablePiece } from '../table/context.ts'
import type { Extent } from '../table/extent.ts'
import { brokenReasons } from '../table/limits.ts'
import { type Found, type RecordFinder, readRecords } from '../table/records.ts'
import type { RecordBlock } from '../table/sieve.ts'
import { type CsvBlock, CsvDecoder } from './decode.ts'
import { type FieldRules, type FieldTable, csvFields, makeFieldTable, rulesOf } from './fields.ts'

/** Rows of delimited text. */
export function readCsv(piece: TablePiece, extent: Extent): AsyncGenerator<RowBatch> {
  return readRecords(piece, extent, { finder: new CsvFinder(piece.table), decoder: new CsvDecoder(piece.table) })
}

const records = 16 * 1024

class CsvFinder implements RecordFinder<CsvBlock> {
  readonly unended = brokenReasons.unended
  readonly #rules: FieldRules
  #fields: FieldTable

  constructor({ dialect, columns }: Table) {
    this.#rules = rulesOf(dialect ?? { delimiter: ',', quote: null, escape: null, header: false }, columns.length)
    this.#fields = makeFieldTable(Math.max(128 * 1024, columns.length), records)
  }

  find(block: Parameters<RecordFinder<CsvBlock>['find']>[0]): Found {
    csvFields(this.#fields, block, this.#rules)
    return this.#fields
  }

  widen(): void {
    this.#fields = makeFieldTable(this.#fields.starts.length * 4, records)
  }

  blockOf(common: RecordBlock): CsvBlock {
    return { ...common, fields: this.#fields }
  }
}
