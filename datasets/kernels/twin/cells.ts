import { cellStates } from '../cellEffect.ts'
import type { CellLane, CellRequest } from '../requests.ts'
import { startsRecord, stepsOf } from './automaton.ts'

/** Runs the automaton once from each state. */
export function scanCell({ dialect, input, length }: CellRequest): CellLane[] {
  const steps = stepsOf(dialect)
  const { bytes } = input
  return cellStates.map((_, entry) => {
    const lane = { exit: entry, records: 0, first: -1 }
    for (let at = 0; at < length; at++) {
      const byte = bytes[at]!
      if (startsRecord(lane.exit, byte)) {
        lane.records++
        if (lane.first < 0) lane.first = at
      }
      lane.exit = steps[256 * lane.exit + byte]!
    }
    return lane
  })
}
