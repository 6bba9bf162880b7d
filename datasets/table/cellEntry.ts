import type { Table } from '../../contract/table.ts'
import { Automaton, type Scan, stateCount } from '../csv/automaton.ts'
import { fill } from '../stream/text.ts'
import type { TextStream } from '../stream/textStream.ts'
import { narrowed, unitBytes } from '../stream/transcode.ts'

/**
 * What the index keeps of a cell, in doubles: the bytes of its text, then for every entry state the exit state, the records that start in
 * it, and the first and the last of their starts (from the cell's first byte; -1 for none).
 */
export const scanDoubles = 4
export const entryDoubles = 1 + stateCount * scanDoubles

const blockBytes = 256 * 1024

/** Scans a text of its source's encoding, `skip` bytes of it left out, for each of the states in which it may be entered. */
export async function scanStream(
  stream: TextStream,
  table: Table,
  { entries, skip = 0 }: { entries: readonly number[]; skip?: number },
): Promise<{ bytes: number; scans: Scan[] }> {
  const automaton = automatonOf(table)
  const unit = unitBytes(table.encoding)
  const scans = entries.map((state) => ({ state, records: 0, first: -1, last: -1 }))
  const block = new Uint8Array(blockBytes)
  let bytes = 0
  for (let got = await fill(stream, block); got > 0; got = await fill(stream, block)) {
    const from = Math.max(0, Math.min(got, skip - bytes))
    const units = narrowed(block.subarray(from, got), table.encoding)
    const known = new Map<number, Scan>()
    for (const scan of scans) {
      const found = known.get(scan.state) ?? automaton.scan(units, scan.state)
      known.set(scan.state, found)
      follow(scan, found, { base: bytes + from, unit })
    }
    bytes += got
  }
  return { bytes, scans }
}

/** Goes on with what the next block is to the state that the scan is in. */
function follow(scan: Scan, found: Scan, { base, unit }: { base: number; unit: number }): void {
  scan.state = found.state
  scan.records += found.records
  if (found.first < 0) return
  if (scan.first < 0) scan.first = base + found.first * unit
  scan.last = base + found.last * unit
}

function automatonOf({ dialect, columns }: Table): Automaton {
  // Lines of JSON: every line end ends a record.
  return new Automaton(dialect ?? { delimiter: '\n', quote: null, escape: null }, dialect === null ? 2 : columns.length)
}
