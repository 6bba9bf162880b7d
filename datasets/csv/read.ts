import type { Table } from '../../contract/table.ts'
import type { RowBatch } from '../table/batch.ts'
import type { TablePiece } from '../table/context.ts'
import type { Extent } from '../table/extent.ts'
import { brokenReasons } from '../table/limits.ts'
import { type RecordFinder, readRecords } from '../table/records.ts'
import type { RecordBlock } from '../table/sieve.ts'
import { type CsvBlock, CsvDecoder } from './decode.ts'
import { FieldFinder, type FieldTable } from './fields.ts'
import { rulesOf } from './rules.ts'

/** Rows of delimited text. */
export function readCsv(piece: TablePiece, extent: Extent): AsyncGenerator<RowBatch> {
  return readRecords(piece, extent, { finder: new CsvFinder(piece.table), decoder: new CsvDecoder(piece.table) })
}

class CsvFinder implements RecordFinder<CsvBlock, FieldTable> {
  readonly unended = brokenReasons.unended
  readonly #finder: FieldFinder

  constructor({ dialect, columns }: Table) {
    this.#finder = new FieldFinder(rulesOf(dialect ?? { delimiter: ',', quote: null, escape: null }, columns.length))
  }

  find(bytes: Uint8Array, isLast: boolean): FieldTable {
    return this.#finder.find(bytes, isLast)
  }

  blockOf(common: RecordBlock, fields: FieldTable): CsvBlock {
    return { ...common, fields }
  }

  release(): void {
    this.#finder.release()
  }
}
