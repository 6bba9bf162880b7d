import type { Input, Piece } from '../../contract/dataset.ts'
import { type PieceContext, inputOf, readExactly, returnBlock, takeBlock } from '../bytes/read.ts'

/**
 * Running text of a piece, as bytes that a tokenizer may cut at ASCII white space (space, \t \n \v \f \r) without ever losing or
 * doubling a word.
 *
 * A piece owns its white space and the maximal runs of other bytes that start in it. The consumer gets these bytes unchanged and in
 * order, block by block: what all pieces of an input give, one after the other, is exactly the input (byte order mark included).
 * - The first block starts at a run's start or at white space.
 * - A block ends where a run ends, so that each run stands whole in one block, unless `isCut` says that the next block goes on with
 *   the last run. That happens only to runs of 256 KiB and more; the cut is never inside a valid UTF-8 sequence.
 * - `isLast` is true for the last block of the piece and for no other; its `isCut` is false. A piece inside a longer run that started
 *   before it owns nothing: then the only block is empty.
 */
export interface TextBlock {
  bytes: Buffer
  /** Where the text stands in `bytes`, [start, end). */
  start: number
  end: number
  /** Of byte `start` in the input. */
  offset: number
  isCut: boolean
  isLast: boolean
}

/**
 * Gives the piece's text to the consumer, who must be done with the block when it returns, and returns how many rows (whatever the kind
 * calls one) it met. Counts bytes and rows as progress and ends the piece with the sum of its rows, which is also the return value.
 */
export function readText(context: PieceContext, piece: Piece, consume: (block: TextBlock) => number): number {
  const reader = new TextReader(context, piece)
  try {
    const rows = reader.consumeAll(consume)
    context.endPiece(rows)
    return rows
  } finally {
    reader.release()
  }
}

/** Space and \t \n \v \f \r. */
export function isWhiteSpace(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13)
}

const readBeyondBytes = 16 * 1024

/** `block` holds the bytes [base, base + filled) of the input; what has not been given yet starts at `next`. */
class TextReader {
  readonly #context: PieceContext
  readonly #piece: Piece
  readonly #input: Input
  readonly #fd: number
  readonly #block = takeBlock()
  #base: number
  #filled = 0
  #next = 0
  #counted: number
  /** True once the run that started before the piece, if any, has been passed. */
  #inside: boolean
  /** True while the last byte given belongs to a run that goes on. */
  #open = false

  constructor(context: PieceContext, piece: Piece) {
    this.#context = context
    this.#piece = piece
    this.#input = inputOf(context, piece.input)
    this.#fd = context.open(piece.input)
    this.#base = Math.max(0, piece.from - 1)
    this.#counted = piece.from
    this.#inside = piece.from === 0
  }

  consumeAll(consume: (block: TextBlock) => number): number {
    const block: TextBlock = { bytes: this.#block, start: 0, end: 0, offset: 0, isCut: false, isLast: false }
    let rows = 0
    while (!block.isLast) {
      this.#refill()
      if (!this.#inside) this.#pass()
      const last = this.#pieceEnd()
      let given = 0
      if (last !== null || (this.#inside && this.#filled === this.#block.length)) {
        this.#describe(block, last)
        given = consume(block)
      }
      rows += given
      this.#count(given)
    }
    return rows
  }

  release(): void {
    returnBlock(this.#block)
  }

  /** Passes the rest of a run that started before the piece. The first byte read is the one before the piece. */
  #pass(): void {
    const stop = Math.min(this.#filled, this.#piece.to - this.#base)
    let at = this.#next
    while (at < stop && !isWhiteSpace(this.#block[at] as number)) at += 1
    this.#inside = at < stop
    // White space before the piece is its neighbour's.
    if (this.#inside && this.#base + at < this.#piece.from) at += 1
    this.#next = at
  }

  /** Where the piece's text ends in the block, or null while that has not been read. */
  #pieceEnd(): number | null {
    const stop = this.#piece.to - this.#base
    if (stop > this.#filled) return null
    if (!this.#inside) return this.#next
    let end = Math.max(stop, this.#next)
    const goesOn = end > this.#next ? !isWhiteSpace(this.#block[end - 1] as number) : this.#open
    if (!goesOn) return end
    while (end < this.#filled && !isWhiteSpace(this.#block[end] as number)) end += 1
    return end < this.#filled || this.#base + end >= this.#input.bytes ? end : null
  }

  /** Makes `block` what comes next: up to the piece's end when that is known, else as many whole runs as a full buffer holds. */
  #describe(block: TextBlock, last: number | null): void {
    const whole = last ?? this.#lastWhiteSpace() + 1
    const end = whole > this.#next || last !== null ? whole : this.#characterEnd()
    block.start = this.#next
    block.end = end
    block.offset = this.#base + this.#next
    block.isLast = last !== null
    block.isCut = last === null && whole <= this.#next
    this.#open = block.isCut
    this.#next = end
  }

  /** Place of the last white space from `next` on, `next - 1` when there is none. */
  #lastWhiteSpace(): number {
    let at = this.#filled - 1
    while (at >= this.#next && !isWhiteSpace(this.#block[at] as number)) at -= 1
    return at
  }

  /** The end of the buffer, or up to three bytes before it so as not to cut a UTF-8 sequence. */
  #characterEnd(): number {
    for (let back = 1; back <= 3; back += 1) {
      const byte = this.#block[this.#filled - back] as number
      if (byte >= 0xc0) return sequenceLength(byte) > back ? this.#filled - back : this.#filled
      if (byte < 0x80) break
    }
    return this.#filled
  }

  /** Keeps what has not been given, moved to the front, and reads on behind it: to the end of the piece, then a little beyond. */
  #refill(): void {
    const kept = this.#filled - this.#next
    this.#block.copyWithin(0, this.#next, this.#filled)
    this.#base += this.#next
    this.#next = 0
    this.#filled = kept
    const position = this.#base + kept
    const within = this.#piece.to - position
    const wanted = within > 0 ? within : readBeyondBytes
    const length = Math.max(0, Math.min(wanted, this.#block.length - kept, this.#input.bytes - position))
    const bytes = this.#block.subarray(kept, kept + length)
    readExactly(this.#fd, bytes, { offset: position, path: this.#input.path })
    this.#filled += length
  }

  /** Counts what has been read of the piece, and `rows` more. */
  #count(rows: number): void {
    const reached = Math.min(this.#piece.to, this.#base + this.#filled)
    const bytes = Math.max(0, reached - this.#counted)
    this.#counted += bytes
    this.#context.progress(bytes, rows)
  }
}

function sequenceLength(lead: number): number {
  if (lead >= 0xf0) return 4
  return lead >= 0xe0 ? 3 : 2
}
