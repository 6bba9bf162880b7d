import type { CellSource, Input, Piece } from '../../contract/dataset.ts'

/**
 * The grid of a file: cells of equal size (the last may be shorter), a function of its size alone. Which records a cell owns is the
 * reader's to say: those that start in it.
 */
const smallestCellBytes = 64 * 1024
const largestCellBytes = 4 * 1024 * 1024
const cellsAimedAt = 1024

/** 64 KiB up to 64 MiB, then doubling with the size, 4 MiB from 4 GiB on. */
export function cellBytesFor(bytes: number): number {
  let cellBytes = smallestCellBytes
  while (cellBytes < largestCellBytes && bytes > cellBytes * cellsAimedAt) cellBytes *= 2
  return cellBytes
}

export function cellsOfInput(input: Pick<Input, 'bytes' | 'cellBytes'>): number {
  return Math.ceil(input.bytes / input.cellBytes)
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
    if (start < end)
      pieces.push({ input: index, from: start * input.cellBytes, to: Math.min(input.bytes, end * input.cellBytes) })
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
    const wanted = Math.ceil(missing / input.cellBytes)
    if (wanted <= there) return cells + wanted
    cells += there
    missing -= input.bytes - start * input.cellBytes
    if (missing <= 0) return cells
  }
  return cells
}
