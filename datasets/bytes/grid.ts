import type { CellSource, Input, Piece } from '../../contract/dataset.ts'

/**
 * The grid of a file: cells of equal size (the last may be shorter), a function of its size alone; or the cells that its format has, where
 * it cannot be cut anywhere. Which records a cell owns is the reader's to say: those that start in it.
 */
export type Gridded = Pick<Input, 'bytes' | 'cellBytes' | 'cellEnds'>

const smallestCellBytes = 64 * 1024
const largestCellBytes = 4 * 1024 * 1024
const cellsAimedAt = 1024

/** 64 KiB up to 64 MiB, then doubling with the size, 4 MiB from 4 GiB on. */
export function cellBytesFor(bytes: number): number {
  let cellBytes = smallestCellBytes
  while (cellBytes < largestCellBytes && bytes > cellBytes * cellsAimedAt) cellBytes *= 2
  return cellBytes
}

export function cellsOfInput(input: Gridded): number {
  return input.cellEnds?.length ?? Math.ceil(input.bytes / input.cellBytes)
}

/** The byte at which a cell starts; the input's end for the cell after the last. */
export function cellStart(input: Gridded, cell: number): number {
  if (input.cellEnds !== undefined) return cell === 0 ? 0 : (input.cellEnds[cell - 1] ?? input.bytes)
  return Math.min(input.bytes, cell * input.cellBytes)
}

/** The cell that starts at a byte; the number of cells for the input's end. */
export function cellAt(input: Gridded, start: number): number {
  if (input.cellEnds !== undefined) return start === 0 ? 0 : input.cellEnds.indexOf(start) + 1
  return start >= input.bytes ? cellsOfInput(input) : Math.floor(start / input.cellBytes)
}

/** All cells of all inputs, one input after the other. */
export function bytesSource(inputs: readonly Input[]): CellSource {
  return { type: 'bytes', cells: inputs.reduce((cells, input) => cells + cellsOfInput(input), 0) }
}

/** What the cells [from, to) are: at most one piece per input, in order. */
export function piecesOf(inputs: readonly Input[], from: number, to: number): Piece[] {
  const pieces: Piece[] = []
  let first = 0
  for (const [index, input] of inputs.entries()) {
    const cells = cellsOfInput(input)
    const start = Math.max(from, first) - first
    const end = Math.min(to, first + cells) - first
    if (start < end) pieces.push({ input: index, from: cellStart(input, start), to: cellStart(input, end) })
    first += cells
    if (first >= to) break
  }
  return pieces
}

/** How many cells from `from` on hold at least `bytes`, or all that are left. */
export function cellsHolding(inputs: readonly Input[], from: number, bytes: number): number {
  let first = 0
  let cells = 0
  let missing = bytes
  for (const input of inputs) {
    const start = Math.max(0, from - first)
    const there = cellsOfInput(input) - start
    first += cellsOfInput(input)
    if (there <= 0) continue
    const wanted = cellsFor(input, start, missing)
    if (wanted <= there) return cells + wanted
    cells += there
    missing -= input.bytes - cellStart(input, start)
    if (missing <= 0) return cells
  }
  return cells
}

/** How many cells of one input from `start` on hold so many bytes; more than there are when it has less. */
function cellsFor(input: Gridded, start: number, bytes: number): number {
  if (input.cellEnds === undefined) return Math.ceil(bytes / input.cellBytes)
  const end = cellStart(input, start) + bytes
  const found = input.cellEnds.findIndex((each, cell) => cell >= start && each >= end)
  return found < 0 ? Infinity : found + 1 - start
}
