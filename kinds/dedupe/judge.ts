import { rmSync } from 'node:fs'
import type { FileRef } from '../../contract/outcome.ts'
import type { RunContext } from '../../contract/run.ts'
import type { PlacedSegment } from '../../datasets/shuffle/directory.ts'
import { PartitionWriter, readPartitionTable } from '../../datasets/shuffle/partitionFile.ts'
import { readSegment } from '../../datasets/shuffle/readSegment.ts'
import { KeyCursor } from './keyRecord.ts'
import { KeyTable } from './keyTable.ts'
import type { VerdictWriter } from './verdicts.ts'

/**
 * Finds which records of a bucket stay. They come in input order. When there are more different keys than memory holds, records with
 * others are put by, in order, and judged in the next round: so a bucket may be of any size.
 */
interface JudgeRules {
  keepsLast: boolean
  /** Of keys in memory. */
  mostBytes: number
}

type JudgeContext = Pick<RunContext, 'path' | 'scratch' | 'progress'>

export function judge(
  context: JudgeContext,
  segments: readonly PlacedSegment[],
  { rules, verdicts }: { rules: JudgeRules; verdicts: VerdictWriter },
): void {
  const round = new Round(context, rules, verdicts)
  let putBy = round.judge(segments)
  while (putBy !== null) {
    const next = new Round(context, rules, verdicts).judge(segmentsIn(context, putBy))
    rmSync(context.path(putBy))
    putBy = next
  }
}

class Round {
  readonly #context: JudgeContext
  readonly #keepsLast: boolean
  readonly #verdicts: VerdictWriter
  readonly #table: KeyTable
  #putBy: PartitionWriter | null = null

  constructor(context: JudgeContext, { keepsLast, mostBytes }: JudgeRules, verdicts: VerdictWriter) {
    this.#context = context
    this.#keepsLast = keepsLast
    this.#verdicts = verdicts
    this.#table = new KeyTable(mostBytes)
  }

  /** The records that were put by, or null. */
  judge(segments: readonly PlacedSegment[]): FileRef | null {
    try {
      for (const segment of segments) this.#judgeSegment(segment)
      this.#tellThoseThatStay()
      return this.#putBy?.finish() ?? null
    } finally {
      this.#putBy?.release()
    }
  }

  #judgeSegment(segment: PlacedSegment): void {
    const block = new Uint8Array(segment.bytes)
    readSegment(this.#context, segment, block)
    for (const record = new KeyCursor(block); record.next();) this.#take(record)
    this.#context.progress(segment.bytes, segment.rows)
  }

  #tellThoseThatStay(): void {
    const table = this.#table
    for (let entry = 0; entry < table.size; entry++) {
      const count = table.countOf(entry)
      if (count > 1) this.#verdicts.stays(table.placeOf(entry), count)
    }
  }

  #take(record: KeyCursor): void {
    const table = this.#table
    const entry = table.count(record)
    if (entry === null) {
      this.#putBy ??= new PartitionWriter(this.#context.scratch('putBy'), 1, putByBytes)
      this.#putBy.add(0, record)
    } else if (table.countOf(entry) > 1) {
      if (!this.#keepsLast) this.#verdicts.goes(record)
      else {
        this.#verdicts.goes(table.placeOf(entry))
        table.setPlace(entry, record)
      }
    }
  }
}

const putByBytes = 8 * 1024 * 1024 - 256

function segmentsIn(context: JudgeContext, file: FileRef): PlacedSegment[] {
  const table = readPartitionTable(context, file)
  return Array.from({ length: table.runs }, (_, run) => ({ file, ...table.segment(run, 0) }))
}
