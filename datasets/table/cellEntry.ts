import type { Table } from '../../contract/table.ts'
import { rulesOf } from '../csv/rules.ts'
import { type CellEffect, cellStates } from '../kernels/cellEffect.ts'
import { CellScanner } from '../kernels/cells.ts'
import type { CsvRules } from '../kernels/requests.ts'
import { fill } from '../stream/text.ts'
import type { TextStream } from '../stream/textStream.ts'
import { narrowed, unitBytes } from '../stream/transcode.ts'

/**
 * What the index keeps of a cell, in doubles: the bytes of its text, then for every entry state the exit state, the records that start in
 * it, and the first and the last of their starts (from the cell's first byte; -1 for none).
 */
export const scanDoubles = 4
export const entryDoubles = 1 + cellStates.length * scanDoubles

/** What stretches of text do to one entry state; places count from the first byte, -1 for none. */
export interface Scan {
  /** Index of a state of cellStates. */
  state: number
  records: number
  first: number
  last: number
}

/** The state before a record. */
export const atRecord = cellStates.indexOf('atRecord')

const blockBytes = 256 * 1024

/** Scans a text of its source's encoding, `skip` bytes of it left out, for each of the states in which it may be entered. */
export async function scanStream(
  stream: TextStream,
  table: Table,
  { entries, skip = 0 }: { entries: readonly number[]; skip?: number },
): Promise<{ bytes: number; scans: Scan[] }> {
  const scanner = new CellScanner(rulesFor(table), { blockBytes })
  const unit = unitBytes(table.encoding)
  const scans = entries.map((state) => ({ state, records: 0, first: -1, last: -1 }))
  const block = new Uint8Array(blockBytes)
  let bytes = 0
  try {
    for (let got = await fill(stream, block); got > 0; got = await fill(stream, block)) {
      const from = Math.max(0, Math.min(got, skip - bytes))
      const units = narrowed(block.subarray(from, got), table.encoding)
      scanner.bytes.set(units)
      const effect = scanner.scan(units.length)
      for (const scan of scans) follow(scan, effect, { base: bytes + from, unit })
      bytes += got
    }
    return { bytes, scans }
  } finally {
    scanner.release()
  }
}

/** Goes on with what the next block does to the state that the scan is in. */
function follow(scan: Scan, effect: CellEffect, { base, unit }: { base: number; unit: number }): void {
  const { state } = scan
  const first = effect.firsts[state] ?? -1
  scan.records += effect.records[state] ?? 0
  scan.state = effect.exits[state] ?? 0
  if (first < 0) return
  if (scan.first < 0) scan.first = base + first * unit
  scan.last = base + (effect.lasts[state] ?? 0) * unit
}

function rulesFor({ dialect, columns }: Table): CsvRules {
  // Lines of JSON: every line end ends a record.
  return dialect === null
    ? rulesOf({ delimiter: '\0', quote: null, escape: null }, 2)
    : rulesOf(dialect, columns.length)
}
