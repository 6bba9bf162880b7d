import { closeSync, openSync } from 'node:fs'
import type { Input } from '../../contract/dataset.ts'
import type { FileRef } from '../../contract/outcome.ts'
import type { Part, RunContext } from '../../contract/run.ts'
import { cellsOfInput } from '../bytes/grid.ts'
import { readAt } from '../bytes/read.ts'

/**
 * What the index of a job's tables says in the end, in two scratch files of doubles. `starts` has for every cell of every input, and for
 * the end of every input, the place of the first record that starts there or later, the rows before it, and where the cell's own text
 * begins. `broken` lists the records that are set aside because they have no end: input, place, where reading goes on, reason.
 */
export interface CellPlace {
  start: number
  row: number
  /** Of the cell itself: differs from `start` inside a record, and from the cell's byte in what is compressed. */
  base: number
}

/** The same of one input: of each cell and its end three doubles of a place; of each record without an end its place, where reading goes on, and 1 if it is too large. */
export interface InputIndex {
  places: Float64Array
  broken: Float64Array
}

export interface BrokenRecord {
  input: number
  from: number
  resume: number
  tooLarge: boolean
}

export const placeDoubles = 3
export const inputBrokenDoubles = 3
const brokenDoubles = 1 + inputBrokenDoubles

export class StartsWriter {
  readonly #starts: ReturnType<RunContext['scratch']>
  readonly #broken: ReturnType<RunContext['scratch']>

  constructor(context: Pick<RunContext, 'scratch'>) {
    this.#starts = context.scratch('starts')
    this.#broken = context.scratch('broken')
  }

  /** Of the inputs in their order. */
  write(input: number, { places, broken }: InputIndex): void {
    this.#starts.write(bytesOf(places))
    for (let at = 0; at < broken.length; at += inputBrokenDoubles) {
      this.#broken.write(bytesOf(Float64Array.of(input)))
      this.#broken.write(bytesOf(broken.subarray(at, at + inputBrokenDoubles)))
    }
  }

  finish(): Record<string, FileRef> {
    return { starts: this.#starts.finish(), broken: this.#broken.finish() }
  }
}

/** Answers from the two files, by small reads. */
export class Starts {
  /** Of each input, the places that stand before its own. */
  readonly #before: Float64Array
  readonly #startsPath: string
  readonly #brokenPath: string
  readonly #brokenBytes: number

  /** Null when there is no index: none was needed. */
  static of(part: Part | undefined, context: Pick<RunContext, 'inputs' | 'path'>): Starts | null {
    const starts = part?.files['starts']
    const broken = part?.files['broken']
    return starts === undefined || broken === undefined ? null : new Starts(context, { starts, broken })
  }

  private constructor(
    context: Pick<RunContext, 'inputs' | 'path'>,
    { starts, broken }: { starts: FileRef; broken: FileRef },
  ) {
    this.#before = placesBefore(context.inputs)
    this.#startsPath = context.path(starts)
    this.#brokenPath = context.path(broken)
    this.#brokenBytes = broken.bytes
  }

  place(input: number, cell: number): CellPlace {
    const before = this.#before[input] ?? 0
    const [start = 0, row = 0, base = 0] = readDoubles(
      this.#startsPath,
      (before + cell) * placeDoubles * 8,
      placeDoubles,
    )
    return { start, row, base }
  }

  /** The records without an end that start in [from, to), in order. */
  broken(input: number, from: number, to: number): BrokenRecord[] {
    const all = readDoubles(this.#brokenPath, 0, this.#brokenBytes / 8)
    const found: BrokenRecord[] = []
    for (let at = 0; at < all.length; at += brokenDoubles) {
      const [of = 0, start = 0, resume = 0, tooLarge = 0] = all.subarray(at, at + brokenDoubles)
      if (of === input && start >= from && start < to)
        found.push({ input, from: start, resume, tooLarge: tooLarge === 1 })
    }
    return found
  }
}

/** Summed up once: there may be a hundred thousand inputs, and a place is asked for by the cell. */
function placesBefore(inputs: readonly Input[]): Float64Array {
  const before = new Float64Array(inputs.length)
  for (let at = 1; at < inputs.length; at += 1) before[at] = (before[at - 1] ?? 0) + cellsOfInput(inputs[at - 1]!) + 1
  return before
}

export function bytesOf(doubles: Float64Array): Uint8Array {
  return new Uint8Array(doubles.buffer, doubles.byteOffset, doubles.byteLength)
}

export function readDoubles(path: string, offset: number, count: number): Float64Array {
  const doubles = new Float64Array(count)
  const fd = openSync(path, 'r')
  try {
    readAt(fd, bytesOf(doubles), offset)
    return doubles
  } finally {
    closeSync(fd)
  }
}
