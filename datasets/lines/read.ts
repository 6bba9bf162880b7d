import type { Input, Piece } from '../../contract/dataset.ts'
import { TaskFailure } from '../../contract/run.ts'
import { type PieceContext, inputOf, readExactly, returnBlock, takeBlock } from '../bytes/read.ts'

/**
 * Lines of a piece, as bytes. A line starts at byte 0 and after each '\n' that is not the last byte of the input, and belongs to the
 * piece in which it starts, wherever it ends: so each line of an input is met exactly once, however the input is cut.
 * The '\n' and one '\r' before it are not part of the line; a byte order mark at byte 0 is not part of the first one, and a file that
 * is nothing but a mark has no line. A last line needs no '\n'.
 */

/** Longer ones are refused: they would not fit into memory on the machines of others. */
export const longestLineBytes = 64 * 1024 * 1024

/** One object for all lines of a piece: valid until the visitor returns. */
export interface LineView {
  bytes: Buffer
  /** Where the line stands in `bytes`, [start, end). */
  start: number
  end: number
  input: number
  /** Of its first byte in the input (after a byte order mark). */
  offset: number
  /** Counts from 0 within the piece. */
  record: number
}

/**
 * Visits the lines that start in the piece, in order, but those that the context has set aside; counts bytes and lines as progress and
 * ends the piece. Returns the lines, those set aside too.
 */
export function readLines(context: PieceContext, piece: Piece, visit: (line: LineView) => void): number {
  const reader = new LineReader(context, piece)
  try {
    const lines = reader.visitAll(visit)
    context.endPiece(lines)
    return lines
  } finally {
    reader.release()
  }
}

/** Whole lines, one after the other, with what ends them: bytes [start, end). */
export interface LineBlock {
  bytes: Buffer
  start: number
  end: number
  /** Of byte `start` in the input. */
  offset: number
  /** False where the input's last line stands in it and has no line feed. */
  isEnded: boolean
}

/**
 * Visits the lines that start in the piece, many at a time, for those who need not look at each: not for careful attempts, nor where
 * a person has put lines right. The visitor says how many lines a block has.
 */
export function readLineBlocks(context: PieceContext, piece: Piece, visit: (block: LineBlock) => number): void {
  const reader = new LineReader(context, piece)
  try {
    context.endPiece(reader.visitBlocks(visit))
  } finally {
    reader.release()
  }
}

/** The line as text. Invalid UTF-8 becomes U+FFFD. */
export function lineText(line: LineView): string {
  return line.bytes.toString('utf8', line.start, line.end)
}

/** Where the line ends with the carriage return that stands before its line feed, if one does, in an input of so many bytes. */
export function endWithReturn(line: LineView, inputBytes: number): number {
  const isWithin = line.offset + line.end - line.start < inputBytes
  return isWithin && line.end < line.bytes.length && line.bytes[line.end] === carriageReturn ? line.end + 1 : line.end
}

/** A record set aside keeps so many bytes. */
const mostRawBytes = 4096

/** The line becomes what a person has put in its place. */
function mend(line: LineView, mended: ReadonlyMap<number, Uint8Array>): void {
  const bytes = mended.get(line.offset)
  if (bytes === undefined) return
  line.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  line.start = 0
  line.end = bytes.length
}

const readBeyondBytes = 16 * 1024
const newline = 10
const carriageReturn = 13
const mark = [0xef, 0xbb, 0xbf]

/**
 * `block` holds the bytes [base, base + filled) of the input; `next` is where in it the next line starts. A line that does not end in
 * the block moves to its front, and the block grows when it is full of one line.
 */
class LineReader {
  readonly #context: PieceContext
  readonly #piece: Piece
  readonly #input: Input
  readonly #fd: number
  readonly #mended: ReadonlyMap<number, Uint8Array> | null
  #block = takeBlock()
  #base: number
  #filled = 0
  #next = 0
  /** Up to where the bytes of the piece have been counted. */
  #counted: number
  #lines = 0

  constructor(context: PieceContext, piece: Piece) {
    this.#context = context
    this.#piece = piece
    this.#input = inputOf(context, piece.input)
    this.#fd = context.open(piece.input)
    this.#mended = context.mended(piece.input)
    this.#base = Math.max(0, piece.from - 1)
    this.#counted = piece.from
  }

  visitAll(visit: (line: LineView) => void): number {
    const line: LineView = { bytes: this.#block, start: 0, end: 0, input: this.#piece.input, offset: 0, record: 0 }
    const raw = () => line.bytes.toString('utf8', line.start, Math.min(line.end, line.start + mostRawBytes))
    const visitUnlessOut = (each: LineView) => {
      if (this.#context.record(each, raw)) visit(each)
    }
    const stop = Math.min(this.#piece.to, this.#input.bytes)
    let counted = 0
    let owned = this.#findFirst()
    while (owned) {
      const end = this.#lineEnd()
      if (end === null) {
        const more = this.#refill()
        this.#count(this.#lines - counted)
        counted = this.#lines
        if (more) continue
      }
      this.#emit(line, end, visitUnlessOut)
      owned = this.#base + this.#next < stop
    }
    this.#count(this.#lines - counted)
    return this.#lines
  }

  visitBlocks(visit: (block: LineBlock) => number): number {
    const stop = Math.min(this.#piece.to, this.#input.bytes)
    let owned = this.#findFirst()
    while (owned) {
      const end = this.#blockEnd(stop)
      if (end === null && this.#refill()) continue
      const block = { bytes: this.#block, start: this.#next, end: end ?? this.#filled }
      const lines = visit({ ...block, offset: this.#base + this.#next, isEnded: end !== null })
      this.#lines += lines
      this.#count(lines)
      this.#next = block.end
      owned = this.#base + this.#next < stop
    }
    this.#count(0)
    return this.#lines
  }

  /** Behind the last line in the block that starts before `stop` and ends in the block; null when none does. */
  #blockEnd(stop: number): number | null {
    const lastOwned = stop - 1 - this.#base
    const found =
      lastOwned < this.#filled
        ? this.#block.indexOf(newline, Math.max(lastOwned, this.#next))
        : this.#block.lastIndexOf(newline, this.#filled - 1)
    return found < this.#next || found >= this.#filled ? null : found + 1
  }

  release(): void {
    returnBlock(this.#block)
  }

  /** Moves `next` to the first line start in the piece, if there is one. The byte before the piece says whether its first byte is. */
  #findFirst(): boolean {
    if (this.#piece.from >= this.#piece.to) return false
    if (this.#piece.from === 0) return this.#skipMark()
    while (this.#base + this.#filled < this.#piece.to) {
      this.#base += this.#filled
      this.#filled = 0
      if (!this.#refill()) return false
      this.#count(0)
      const found = this.#block.indexOf(newline)
      if (found >= 0 && found < this.#filled) {
        this.#next = found + 1
        return this.#base + this.#next < this.#piece.to
      }
    }
    return false
  }

  /** The first line belongs to the piece with byte 0, even where that piece is shorter than the mark. */
  #skipMark(): boolean {
    if (!this.#refill()) return false
    const marked = this.#filled >= mark.length && mark.every((byte, index) => this.#block[index] === byte)
    if (marked) this.#next = mark.length
    return this.#next < this.#input.bytes
  }

  /** Where the line at `next` ends in the block, or null when it does not end there. */
  #lineEnd(): number | null {
    const found = this.#block.indexOf(newline, this.#next)
    return found < 0 || found >= this.#filled ? null : found
  }

  /** Gives the line to the visitor; without an `end` it is the input's last. */
  #emit(line: LineView, end: number | null, visit: (line: LineView) => void): void {
    const stop = end ?? this.#filled
    line.bytes = this.#block
    line.start = this.#next
    line.end = end !== null && stop > this.#next && this.#block[stop - 1] === carriageReturn ? stop - 1 : stop
    line.offset = this.#base + this.#next
    line.record = this.#lines
    this.#lines += 1
    this.#next = stop + 1
    if (this.#mended !== null) mend(line, this.#mended)
    visit(line)
  }

  /**
   * Keeps what follows `next`, moved to the front, and reads on behind it: to the end of the piece, and only little beyond, twice as
   * much each time, to finish its last line. Returns false at the end of the input.
   */
  #refill(): boolean {
    const kept = this.#filled - this.#next
    const position = this.#base + this.#filled
    if (position >= this.#input.bytes) return false
    const target = kept === this.#block.length ? this.#grown() : this.#block
    this.#block.copy(target, 0, this.#next, this.#filled)
    this.#block = target
    this.#base += this.#next
    this.#next = 0
    const within = Math.max(this.#piece.to, mark.length) - position
    const wanted = within > 0 ? within : Math.max(kept, readBeyondBytes)
    const length = Math.min(wanted, target.length - kept, this.#input.bytes - position)
    const bytes = target.subarray(kept, kept + length)
    readExactly(this.#fd, bytes, { offset: position, path: this.#input.path })
    this.#filled = kept + length
    return true
  }

  #grown(): Buffer {
    if (this.#block.length >= longestLineBytes)
      throw new TaskFailure(
        'refused-input',
        `cannot read ${this.#input.path}: the line at byte ${this.#base + this.#next} is longer than 64 MiB`,
      )
    return Buffer.allocUnsafeSlow(this.#block.length * 2)
  }

  /** Counts what has been read of the piece, and `lines` more. */
  #count(lines: number): void {
    const reached = Math.min(this.#piece.to, this.#base + this.#filled)
    const bytes = Math.max(0, reached - this.#counted)
    this.#counted += bytes
    this.#context.progress(bytes, lines)
  }
}
