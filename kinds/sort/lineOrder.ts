import type { Part, RunContext, Split } from '../../contract/run.ts'
import { type LineView, endWithReturn, readLines } from '../../datasets/lines/read.ts'
import { DecimalKeys } from './decimalKey.ts'
import { isDescending, type SortParams } from './kind.ts'
import { lineFeed, RecordEncoder } from './records.ts'
import type { KeyView } from './splitters.ts'

/** How lines become records, by the params. */

const mostRawBytes = 4096

/** A record, the bytes [start, end), its key, and where its line stands among all bytes of all inputs. */
export interface KeyedRecord {
  key: KeyView
  record: { bytes: Uint8Array; start: number; end: number }
  place: number
}

/** Makes the key of a line; null for what has none, and says why. */
export class LineKeys {
  readonly #decimals: DecimalKeys | null

  constructor(params: SortParams) {
    this.#decimals = params.mode === 'numbers' ? new DecimalKeys(isDescending(params)) : null
  }

  /** The key of the line in [start, end), valid until the next; or why it has none. */
  read(bytes: Uint8Array, start: number, end: number): { bytes: Uint8Array; length: number } | string | null {
    if (this.#decimals === null) return null
    return this.#decimals.read(bytes, start, end) ?? this.#decimals
  }
}

export interface Reading {
  split: Pick<Split, 'pieces'>
  /** Where the rows of tables begin. */
  index: readonly Part[]
  /** Whether what has no key is set aside; else it is only left out. */
  rejects: boolean
}

/** Visits the records of a split, in order. The one object is valid until the visitor returns. */
export function readLineRecords(
  context: RunContext<SortParams>,
  { split, rejects }: Pick<Reading, 'split' | 'rejects'>,
  visit: (record: KeyedRecord) => void,
): void {
  const keys = new LineKeys(context.params)
  const encoder = new RecordEncoder()
  const before = bytesBefore(context)
  const { record: bytes } = encoder
  const view: KeyedRecord = { key: { bytes, keyStart: 0, keyEnd: 0 }, record: { bytes, start: 0, end: 0 }, place: 0 }
  for (const piece of split.pieces) {
    const inputBytes = context.inputs[piece.input]?.bytes ?? 0
    readLines(context, piece, (line) => {
      // A carriage return at its end belongs to the line, as it does for `sort`.
      const end = endWithReturn(line, inputBytes)
      const key = keys.read(line.bytes, line.start, end)
      if (typeof key === 'string') {
        if (rejects) reject(context, line, key)
        return
      }
      view.place = (before[piece.input] ?? 0) + line.offset
      if (key === null && isEnded(line, end, inputBytes)) viewInPlace(view, line, end)
      else viewEncoded(view, encoder, { line, end, key })
      visit(view)
    })
  }
}

/** Whether its line feed stands behind it: not where it is the last of its input, or a person has put another in its place. */
function isEnded(line: LineView, end: number, inputBytes: number): boolean {
  return line.bytes[end] === lineFeed && end < line.bytes.length && line.offset + end - line.start < inputBytes
}

/** A plain record that stands in what was read. */
function viewInPlace({ key, record }: KeyedRecord, { bytes, start }: LineView, end: number): void {
  key.bytes = bytes
  key.keyStart = start
  key.keyEnd = end
  record.bytes = bytes
  record.start = start
  record.end = end + 1
}

function viewEncoded(
  view: KeyedRecord,
  encoder: RecordEncoder,
  { line, end, key }: { line: LineView; end: number; key: { bytes: Uint8Array; length: number } | null },
): void {
  encoder.encode({ bytes: line.bytes, start: line.start, end }, key)
  view.record.bytes = encoder.record
  view.record.start = 0
  view.record.end = encoder.length
  view.key.bytes = key === null ? encoder.record : key.bytes
  view.key.keyStart = 0
  view.key.keyEnd = key === null ? encoder.length - 1 : key.length
}

function reject(context: RunContext, line: LineView, reason: string): void {
  const raw = line.bytes.toString('utf8', line.start, Math.min(line.end, line.start + mostRawBytes))
  context.reject({ input: line.input, record: line.record, offset: line.offset, reason, raw })
}

/** The bytes of all inputs before each. */
export function bytesBefore({ inputs }: Pick<RunContext, 'inputs'>): number[] {
  let sum = 0
  return inputs.map(({ bytes }) => (sum += bytes) - bytes)
}
