import type { RowBatch } from '../table/batch.ts'
import type { TablePiece } from '../table/context.ts'
import type { Extent } from '../table/extent.ts'
import { brokenReasons } from '../table/limits.ts'
import { type Found, type RecordFinder, readRecords } from '../table/records.ts'
import type { RecordBlock } from '../table/sieve.ts'
import { ElementFinder } from './elements.ts'
import { JsonDecoder } from './decode.ts'

/** Rows of JSON lines, one object to a line, and of an array of objects. */
export function readJsonLines(piece: TablePiece, extent: Extent): AsyncGenerator<RowBatch> {
  return readRecords(piece, extent, { finder: new LineFinder(), decoder: new JsonDecoder(piece.table) })
}

export function readJsonArray(piece: TablePiece, extent: Extent): AsyncGenerator<RowBatch> {
  return readRecords(piece, extent, { finder: new ElementFinder(), decoder: new JsonDecoder(piece.table) })
}

const mostRecords = 16 * 1024
const lineFeed = 10
const carriageReturn = 13

/** Every line with something on it. */
class LineFinder implements RecordFinder<RecordBlock> {
  readonly unended = brokenReasons.unended
  readonly #found = { records: 0, recordStarts: new Uint32Array(mostRecords + 1), end: 0 }

  find(bytes: Uint8Array, isLast: boolean): Found {
    const found = this.#found
    found.records = 0
    for (found.end = 0; found.end < bytes.length && found.records < mostRecords;) {
      const end = lineEnd(bytes, found.end)
      const next = bytes[end] === carriageReturn && bytes[end + 1] === lineFeed ? end + 2 : end + 1
      if (!isLast && next >= bytes.length && (end >= bytes.length || bytes[end] === carriageReturn)) break
      if (end > found.end) {
        found.recordStarts[found.records] = found.end
        found.records += 1
      }
      found.end = Math.min(next, bytes.length)
      found.recordStarts[found.records] = found.end
    }
    return found
  }

  blockOf(common: RecordBlock): RecordBlock {
    return common
  }

  release(): void {}
}

function lineEnd(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.length && bytes[at] !== lineFeed && bytes[at] !== carriageReturn) at += 1
  return at
}
