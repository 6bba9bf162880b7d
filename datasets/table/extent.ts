import { invariant } from '../../contract/invariant.ts'
import { cellAt, cellStart, cellsOfInput } from '../bytes/grid.ts'
import { readAt } from '../bytes/read.ts'
import { type Origin, fill, openText } from '../stream/text.ts'
import { narrowed, unitBytes } from '../stream/transcode.ts'
import { mostRawBytes } from './batch.ts'
import type { TablePiece } from './context.ts'
import { brokenReasons } from './limits.ts'
import { needsIndex } from './plan.ts'
import type { BrokenRecord, Starts } from './starts.ts'
import { rawText } from './sieve.ts'

/**
 * Which part of a text a piece's records are: from the first record that starts in it to the first that starts behind it. The index says
 * so where there is one; where every line end ends a record, the bytes around the cut do.
 */
export interface Extent {
  spans: Span[]
}

/** `text` begins and ends between records; `to` null is the end of the text. */
export type Span =
  | { type: 'text'; from: number; to: number | null; origin?: Origin }
  | { type: 'broken'; from: number; reason: string; raw: string }

const newline = 10
const carriageReturn = 13
const blockBytes = 16 * 1024

export async function extentOf(piece: TablePiece, starts: Starts | null): Promise<Extent> {
  const { input, table } = piece
  const { from, to } = piece.piece
  if (from === 0 && to === input.bytes && !needsIndex(input))
    return { spans: [{ type: 'text', from: table.dataStart, to: null }] }
  if (needsIndex(input)) {
    invariant(starts !== null, 'the plan of a kind over tables gives the answers of indexTables to its maps')
    return await indexedExtent(piece, starts)
  }
  const span = { from: lineStart(piece, from), to: lineStart(piece, to) }
  return { spans: span.from < span.to ? [{ type: 'text', ...span }] : [] }
}

async function indexedExtent(piece: TablePiece, starts: Starts): Promise<Extent> {
  const index = piece.piece.input
  const first = starts.place(index, cellAt(piece.input, piece.piece.from)).start
  const end = starts.place(index, cellAt(piece.input, piece.piece.to)).start
  const spans: Span[] = []
  let at = first
  for (const broken of starts.broken(index, first, end)) {
    if (at < broken.from) spans.push(indexedText(piece, starts, { from: at, to: broken.from }))
    const reason = broken.tooLarge ? brokenReasons.tooLarge : brokenReasons.unended
    spans.push({ type: 'broken', from: broken.from, reason, raw: await rawAt(piece, starts, broken) })
    at = broken.resume
  }
  if (at < end) spans.push(indexedText(piece, starts, { from: at, to: end }))
  return { spans }
}

function indexedText(piece: TablePiece, starts: Starts, span: { from: number; to: number }): Span {
  return { type: 'text', ...span, ...originOf(piece, starts, span.from) }
}

/** What is compressed is read from the start of the cell in which the place is. */
function originOf({ piece, input, table }: TablePiece, starts: Starts, place: number): { origin?: Origin } {
  if (table.compression === null) return {}
  let low = cellAt(input, piece.from)
  let high = cellsOfInput(input) - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (starts.place(piece.input, middle).base <= place) low = middle
    else high = middle - 1
  }
  return { origin: { from: cellStart(input, low), to: input.bytes, place: starts.place(piece.input, low).base } }
}

async function rawAt(of: TablePiece, starts: Starts, { from, resume }: BrokenRecord): Promise<string> {
  const { context, piece, table } = of
  const bytes = new Uint8Array(mostRawBytes)
  const to = Math.min(resume, from + mostRawBytes)
  const stream = openText({ context, input: piece.input, table, from, to, ...originOf(of, starts, from) })
  try {
    return rawText(bytes, 0, await fill(stream, bytes))
  } finally {
    stream.close()
  }
}

/** The first place at or behind `from` where a line starts; the end of the input when there is none. */
function lineStart({ context, piece, input, table }: TablePiece, from: number): number {
  if (from <= table.dataStart) return Math.min(table.dataStart, input.bytes)
  const unit = unitBytes(table.encoding)
  const fd = context.open(piece.input)
  const block = Buffer.alloc(blockBytes)
  let base = Math.floor(from / unit) * unit - unit
  if (from % unit !== 0) base += unit
  for (let previous = 0; base < input.bytes;) {
    const units = narrowed(block.subarray(0, readAt(fd, block, base)), table.encoding)
    if (units.length === 0) break
    for (let at = 0; at < units.length; at += 1) {
      const isStart = previous === newline || (previous === carriageReturn && units[at] !== newline)
      if (isStart) return base + at * unit
      previous = units[at] as number
    }
    base += units.length * unit
  }
  return input.bytes
}
