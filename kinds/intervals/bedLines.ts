import type { RunContext } from '../../contract/run.ts'
import type { Split } from '../../contract/run.ts'
import type { PieceContext } from '../../datasets/bytes/read.ts'
import { type LineView, readLines } from '../../datasets/lines/read.ts'
import type { PlaceEvent } from './event.ts'
import { GroupKey } from './groupKey.ts'
import { IntervalEvents } from './intervalEvents.ts'
import type { IntervalsParams } from './kind.ts'
import { type Positions, positionsFor } from './positions.ts'

/**
 * Lines of BED (https://samtools.github.io/hts-specs/BEDv1.pdf): chromosome, start, end, and whatever else, divided by tabs. Blank lines,
 * comments, and what browsers are told by `track` and `browser` lines hold no interval.
 */
const [tab, space, hash, minus] = [9, 32, 35, 45] as const
const mostRawBytes = 4096
const told = ['track', 'browser'].map((word) => Buffer.from(word))

export type BedContext = PieceContext & Pick<RunContext<IntervalsParams>, 'params' | 'reject'>

export interface ReadCounts {
  intervals: number
  skipped: number
}

export function readBedEvents(
  { split, context }: { split: Pick<Split, 'pieces'>; context: BedContext },
  visit: (event: PlaceEvent) => void,
): ReadCounts {
  const lines = new BedLines(context.params, visit)
  for (const piece of split.pieces)
    readLines(context, piece, (line) => {
      const complaint = lines.add(line)
      if (complaint !== null) reject(context, line, complaint)
    })
  return lines.counts
}

export class BedLines {
  readonly counts: ReadCounts = { intervals: 0, skipped: 0 }
  readonly #events: IntervalEvents
  readonly #positions: Positions
  readonly #group = new GroupKey()

  constructor(params: IntervalsParams, visit: (event: PlaceEvent) => void) {
    this.#events = new IntervalEvents(visit)
    this.#positions = positionsFor(params, { decimal: '.', thousands: '', dayFirst: false })
  }

  /** Says why the line is none, or null. */
  add(line: Pick<LineView, 'bytes' | 'start' | 'end'>): string | null {
    const { bytes } = line
    if (isSkipped(line)) {
      this.counts.skipped += 1
      return null
    }
    const first = tabIn(line, line.start)
    const second = tabIn(line, first + 1)
    if (second >= line.end) return 'fewer than three columns divided by tabs'
    const start = { bytes, start: first + 1, end: second }
    const end = { bytes, start: second + 1, end: tabIn(line, second + 1) }
    if (first === line.start) return 'it names no chromosome'
    if (bytes[start.start] === minus) return 'a position of BED is not negative'
    this.#group.begin()
    this.#group.text({ bytes, start: line.start, end: first })
    const complaint = this.#events.add(this.#group, this.#positions, { start, end })
    if (complaint === null) this.counts.intervals += 1
    return complaint
  }
}

/** The next tab, or the line's end. */
function tabIn({ bytes, end }: Pick<LineView, 'bytes' | 'end'>, from: number): number {
  for (let at = from; at < end; at++) if (bytes[at] === tab) return at
  return end
}

function isSkipped({ bytes, start, end }: Pick<LineView, 'bytes' | 'start' | 'end'>): boolean {
  let at = start
  while (at < end && (bytes[at] === space || bytes[at] === tab)) at++
  if (at === end || bytes[start] === hash) return true
  return told.some((word) => {
    const behind = start + word.length
    // Most lines differ in their first byte, and comparing takes a call.
    const mayBe = behind <= end && bytes[start] === word[0]
    const isWord = mayBe && bytes.compare(word, 0, word.length, start, behind) === 0
    return (
      isWord &&
      (behind === end || bytes[behind] === space || (bytes[behind] === tab && isNoNumber(bytes, behind + 1, end)))
    )
  })
}

/** A chromosome may be called `track`. */
function isNoNumber(bytes: Uint8Array, at: number, end: number): boolean {
  return at >= end || bytes[at]! < 48 || bytes[at]! > 57
}

function reject(context: Pick<RunContext, 'reject'>, line: LineView, reason: string): void {
  const raw = line.bytes.toString('utf8', line.start, Math.min(line.end, line.start + mostRawBytes))
  context.reject({ input: line.input, record: line.record, offset: line.offset, reason, raw })
}
