import type { RowBatch } from '../table/batch.ts'
import type { TablePiece } from '../table/context.ts'
import type { Extent } from '../table/extent.ts'
import { brokenReasons } from '../table/limits.ts'
import { type Found, type RecordFinder, readRecords } from '../table/records.ts'
import type { RecordBlock } from '../table/sieve.ts'
import { csvFields, makeFieldTable } from '../csv/fields.ts'
import { ElementFinder } from './elements.ts'
import { JsonDecoder } from './decode.ts'

/** Rows of JSON lines, one object to a line, and of an array of objects. */
export function readJsonLines(piece: TablePiece, extent: Extent): AsyncGenerator<RowBatch> {
  return readRecords(piece, extent, { finder: new LineFinder(), decoder: new JsonDecoder(piece.table) })
}

export function readJsonArray(piece: TablePiece, extent: Extent): AsyncGenerator<RowBatch> {
  return readRecords(piece, extent, { finder: new ElementFinder(), decoder: new JsonDecoder(piece.table) })
}

const records = 16 * 1024
const noByte = -1

/** Every line with something on it. */
class LineFinder implements RecordFinder<RecordBlock> {
  readonly unended = brokenReasons.unended
  readonly #lines = makeFieldTable(records, records)

  find(block: Parameters<RecordFinder<RecordBlock>['find']>[0]): Found {
    csvFields(this.#lines, block, { delimiter: noByte, quote: noByte, escape: noByte, keepsBlank: false })
    return this.#lines
  }

  /** A line is one field. */
  widen(): void {
    throw new RangeError('a line needs no more room than it has')
  }

  blockOf(common: RecordBlock): RecordBlock {
    return common
  }
}
