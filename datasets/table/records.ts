import { brokenReasons, mostRecordBytes } from './limits.ts'
import { type TextPlace, openText, sourceBytes } from '../stream/text.ts'
import type { TextStream } from '../stream/textStream.ts'
import type { RowBatch } from './batch.ts'
import { Meter, type TablePiece } from './context.ts'
import type { Extent } from './extent.ts'
import { type RecordBlock, Sieve, type RecordDecoder, rawText } from './sieve.ts'

/**
 * Reads the records of an extent, which begins where a record begins and ends where one ends, through one block. A record that is larger
 * than the largest block, or has not ended where the text ends, is set aside at its first byte, and reading goes on at the next line: so an
 * unbalanced quote costs its line and is told, and never the rest of the file in silence.
 */
const blockBytes = 256 * 1024
/** A stream that changes the encoding wants some room for a character. */
const leastRoom = 16

const newline = 10
const carriageReturn = 13

/** Finds complete records in a text that begins where a record does: what a record is, by the format. */
export interface RecordFinder<Block extends RecordBlock, Records extends Found = Found> {
  /** Valid until it is asked again. With `isLast` nothing follows the text. */
  find(bytes: Uint8Array, isLast: boolean): Records
  /** What was found, for the decoder. */
  blockOf(common: RecordBlock, found: Records): Block
  /** Why a record that the text's end cuts is none. */
  unended: string
  release(): void
}

export interface Found {
  records: number
  /** Of each record, and behind the last one. */
  recordStarts: Uint32Array
  /** The first record has more fields than any table: it cannot be found, however much of it is there. */
  isTooWide?: boolean
  /** Up to where the text has been looked at: the start of the first record that is not complete, or for which there was no room. */
  end: number
}

export async function* readRecords<Block extends RecordBlock, Records extends Found>(
  piece: TablePiece,
  extent: Extent,
  { finder, decoder }: { finder: RecordFinder<Block, Records>; decoder: RecordDecoder<Block> },
): AsyncGenerator<RowBatch> {
  const sieve = new Sieve(piece, decoder)
  const meter = new Meter(piece)
  try {
    for (const span of extent.spans) {
      if (span.type === 'broken') yield* sieve.broken(span.from, span.reason, span.raw)
      else yield* readSpan({ piece, sieve, meter, finder }, span)
    }
  } finally {
    finder.release()
  }
  meter.count(1, 0)
  piece.context.endPiece(sieve.records)
}

interface Reading<Block extends RecordBlock, Records extends Found> {
  piece: TablePiece
  sieve: Sieve<Block>
  meter: Meter
  finder: RecordFinder<Block, Records>
}

async function* readSpan<Block extends RecordBlock, Records extends Found>(
  reading: Reading<Block, Records>,
  span: Pick<TextPlace, 'from' | 'to' | 'origin'>,
): AsyncGenerator<RowBatch> {
  const { context, table, piece } = reading.piece
  const stream = openText({ context, input: piece.input, table, ...span })
  try {
    yield* new SpanReader(reading, stream, span.from).batches()
  } finally {
    stream.close()
  }
}

/** `bytes` holds text in [next, filled), of which the byte at `measured` stands at `place` of the source; behind `room` is the arena. */
class SpanReader<Block extends RecordBlock, Records extends Found> {
  readonly #reading: Reading<Block, Records>
  readonly #stream: TextStream
  #offsets = new Float64Array(1024)
  #bytes = new Uint8Array(2 * blockBytes)
  #room = blockBytes
  #next = 0
  #filled = 0
  #ended = false
  /** What is left out of a line that was too large: all up to its end, or the LF behind its CR. */
  #skipping: 'line' | 'feed' | null = null
  #measured = 0
  #place: number

  constructor(reading: Reading<Block, Records>, stream: TextStream, place: number) {
    this.#reading = reading
    this.#stream = stream
    this.#place = place
  }

  async *batches(): AsyncGenerator<RowBatch> {
    for (;;) {
      await this.#fill()
      if (this.#skipping !== null) {
        this.#skip()
        if (this.#ended && this.#next === this.#filled) return
        // Records are found from the front.
        continue
      }
      const found = this.#reading.finder.find(this.#bytes.subarray(0, this.#filled), this.#ended)
      yield* this.#give(found)
      this.#next = found.end
      if (this.#ended && this.#next === this.#filled) return
      if (this.#next > 0) continue
      if (found.isTooWide === true) yield* this.#breakOff(brokenReasons.tooWide)
      else if (this.#ended) yield* this.#breakOff(this.#reading.finder.unended)
      else yield* this.#growOrBreakOff()
    }
  }

  *#give(found: Records): Generator<RowBatch> {
    const { records, recordStarts } = found
    if (this.#offsets.length < records) this.#offsets = new Float64Array(recordStarts.length)
    for (let record = 0; record < records; record += 1) this.#offsets[record] = this.#placeOf(recordStarts[record] ?? 0)
    const common = { bytes: this.#bytes, arena: this.#room, records, recordStarts, offsets: this.#offsets }
    yield* this.#reading.sieve.batches(this.#reading.finder.blockOf(common, found))
    this.#reading.meter.count(this.#stream.fraction(), records)
  }

  #placeOf(at: number): number {
    const { table } = this.#reading.piece
    this.#place +=
      table.encoding === 'utf-8' ? at - this.#measured : sourceBytes(table, this.#bytes.subarray(this.#measured, at))
    this.#measured = at
    return this.#place
  }

  /** Moves what is left to the front and reads on behind it. */
  async #fill(): Promise<void> {
    if (this.#next > 0) {
      this.#placeOf(this.#next)
      this.#bytes.copyWithin(0, this.#next, this.#filled)
      this.#filled -= this.#next
      this.#next = this.#measured = 0
    }
    while (this.#filled < this.#room && !this.#ended) {
      const got = await this.#stream.read(this.#bytes.subarray(this.#filled, this.#room))
      if (got === 0 && this.#room - this.#filled < leastRoom) break
      this.#filled += got
      this.#ended = got === 0
    }
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
    yield* this.#reading.sieve.broken(this.#placeOf(from), reason, rawText(this.#bytes, from, end))
    this.#reading.meter.count(this.#stream.fraction(), 1)
    this.#skipping = 'line'
    this.#skip()
  }

  /** As far as the block goes. */
  #skip(): void {
    if (this.#skipping === 'line') {
      const end = this.#lineEnd()
      this.#next = Math.min(end + 1, this.#filled)
      if (end < this.#filled) this.#skipping = this.#bytes[end] === carriageReturn ? 'feed' : null
    }
    if (this.#skipping === 'feed' && this.#next < this.#filled) {
      if (this.#bytes[this.#next] === newline) this.#next += 1
      this.#skipping = null
    }
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
