import { openText, sourceBytes } from '../stream/text.ts'
import type { TextStream } from '../stream/textStream.ts'
import type { RowBatch } from '../table/batch.ts'
import { Meter, type TablePiece } from '../table/context.ts'
import type { Extent } from '../table/extent.ts'
import { type FieldRules, type FieldTable, csvFields, makeFieldTable, rulesOf } from './fields.ts'
import { brokenReasons, mostRecordBytes } from './limits.ts'
import { type RecordBlock, RowMaker, rawText } from './rows.ts'

/**
 * Reads the records of an extent, which begins where a record begins and ends where one ends, through one block. A record that is larger
 * than the largest block, or is still inside quotes where the text ends, is set aside at its first byte, and reading goes on at the next
 * line: so an unbalanced quote costs its line and is told, and never the rest of the file in silence.
 */
const blockBytes = 256 * 1024

/** A stream that changes the encoding wants some room for a character. */
const leastRoom = 16

const newline = 10
const carriageReturn = 13

export async function* readCsv(piece: TablePiece, extent: Extent): AsyncGenerator<RowBatch> {
  const rows = new RowMaker(piece)
  const meter = new Meter(piece)
  for (const span of extent.spans) {
    if (span.type === 'broken') yield* rows.broken(span.from, span.reason, span.raw)
    else yield* readSpan({ piece, rows, meter }, span)
  }
  meter.count(1, 0)
  piece.context.endPiece(rows.records)
}

interface Reading {
  piece: TablePiece
  rows: RowMaker
  meter: Meter
}

async function* readSpan(reading: Reading, span: { from: number; to: number | null }): AsyncGenerator<RowBatch> {
  const { context, table, piece } = reading.piece
  const stream = openText({ context, input: piece.input, table, from: span.from, to: span.to })
  try {
    yield* new SpanReader(reading, stream, span.from).batches()
  } finally {
    stream.close()
  }
}

/** `bytes` holds text in [next, filled), of which the byte at `measured` stands at `place` of the source; behind `room` is the arena. */
class SpanReader {
  readonly #reading: Reading
  readonly #stream: TextStream
  readonly #rules: FieldRules
  #fields: FieldTable
  #offsets: Float64Array
  #bytes = new Uint8Array(2 * blockBytes)
  #room = blockBytes
  #next = 0
  #filled = 0
  #ended = false
  /** What is left out of a line that was too large: all up to its end, or the LF behind its CR. */
  #skipping: 'line' | 'feed' | null = null
  #measured = 0
  #place: number

  constructor(reading: Reading, stream: TextStream, place: number) {
    this.#reading = reading
    this.#stream = stream
    const { dialect, columns } = reading.piece.table
    this.#rules = rulesOf(dialect ?? { delimiter: ',', quote: '"', escape: null, header: false }, columns.length)
    const records = Math.ceil(blockBytes / (2 * Math.max(1, columns.length))) + 16
    this.#fields = makeFieldTable(Math.max(4096, records * Math.max(1, columns.length)), records)
    this.#offsets = new Float64Array(records)
    this.#place = place
  }

  async *batches(): AsyncGenerator<RowBatch> {
    for (;;) {
      await this.#fill()
      if (this.#skipping !== null && this.#skip()) continue
      const before = this.#next
      csvFields(this.#fields, this.#block(), this.#rules)
      yield* this.#give()
      this.#next = this.#fields.end
      if (this.#ended && this.#next === this.#filled) return
      if (this.#next > before) continue
      if (this.#fields.isFull) this.#widen()
      else if (this.#ended) yield* this.#breakOff(brokenReasons.unended)
      else yield* this.#growOrBreakOff()
    }
  }

  #block() {
    return { bytes: this.#bytes, from: this.#next, to: this.#filled, isLast: this.#ended }
  }

  *#give(): Generator<RowBatch> {
    const { records, recordStarts } = this.#fields
    for (let record = 0; record < records; record += 1) this.#offsets[record] = this.#placeOf(recordStarts[record] ?? 0)
    const block: RecordBlock = { bytes: this.#bytes, arena: this.#room, fields: this.#fields, offsets: this.#offsets }
    yield* this.#reading.rows.batches(block)
    this.#reading.meter.count(this.#stream.fraction(), records)
  }

  #placeOf(at: number): number {
    const { table } = this.#reading.piece
    this.#place +=
      table.encoding === 'utf-8' ? at - this.#measured : sourceBytes(table, this.#bytes.subarray(this.#measured, at))
    this.#measured = at
    return this.#place
  }

  async #fill(): Promise<void> {
    if (this.#ended || (this.#next === 0 && this.#room - this.#filled < leastRoom)) return
    this.#placeOf(this.#next)
    this.#bytes.copyWithin(0, this.#next, this.#filled)
    this.#filled -= this.#next
    this.#next = this.#measured = 0
    while (this.#filled < this.#room && !this.#ended) {
      const got = await this.#stream.read(this.#bytes.subarray(this.#filled, this.#room))
      if (got === 0 && this.#room - this.#filled < leastRoom) break
      this.#filled += got
      this.#ended = got === 0
    }
  }

  /** A record with more fields than there was room for. */
  #widen(): void {
    const records = this.#fields.recordStarts.length - 1
    this.#fields = makeFieldTable(this.#fields.starts.length * 4, records)
  }

  *#growOrBreakOff(): Generator<RowBatch> {
    if (this.#room >= mostRecordBytes) {
      yield* this.#breakOff(brokenReasons.tooLarge)
      return
    }
    this.#room = Math.min(mostRecordBytes, this.#room * 2)
    const grown = new Uint8Array(2 * this.#room)
    grown.set(this.#bytes.subarray(0, this.#filled))
    this.#bytes = grown
  }

  /** Sets the record at `next` aside and goes on at the next line. */
  *#breakOff(reason: string): Generator<RowBatch> {
    const from = this.#next
    const end = this.#lineEnd()
    yield* this.#reading.rows.broken(this.#placeOf(from), reason, rawText(this.#bytes, from, end))
    this.#reading.meter.count(this.#stream.fraction(), 1)
    this.#skipping = 'line'
    this.#skip()
  }

  /** True while what is to be skipped goes on behind the block. */
  #skip(): boolean {
    if (this.#skipping === 'line') {
      const end = this.#lineEnd()
      this.#next = Math.min(end + 1, this.#filled)
      if (end < this.#filled) this.#skipping = this.#bytes[end] === carriageReturn ? 'feed' : null
    }
    if (this.#skipping === 'feed' && this.#next < this.#filled) {
      if (this.#bytes[this.#next] === newline) this.#next += 1
      this.#skipping = null
    }
    return this.#skipping !== null && !this.#ended
  }

  #lineEnd(): number {
    let end = this.#next
    while (end < this.#filled && !isLineEnd(this.#bytes[end] as number)) end += 1
    return end
  }
}

function isLineEnd(byte: number): boolean {
  return byte === newline || byte === carriageReturn
}
