import { cellStates } from '../cellEffect.ts'
import { type CellLane, type CellRequest, carriageReturn, lineFeed } from '../requests.ts'
import { startsRecord, stepsOf } from './automaton.ts'

/** Runs the automaton once from each state. */
export function scanCell({ rules, input, length }: CellRequest): CellLane[] {
  const steps = stepsOf(rules)
  const { bytes } = input
  return cellStates.map((_, entry) => {
    const lane = { exit: entry, records: 0, first: -1, last: -1 }
    for (let at = 0; at < length; at++) {
      const byte = bytes[at]!
      if (startsRecord(lane.exit, byte)) {
        if (lane.first < 0) lane.first = at
        lane.last = at
        if (rules.keepsBlank || (byte !== lineFeed && byte !== carriageReturn)) lane.records++
      }
      lane.exit = steps[256 * lane.exit + byte]!
    }
    return lane
  })
}
