import type { Region } from '../memory.ts'
import { type NumberTest, rowStates, type TextTest, type Verdicts } from '../testRequests.ts'
import { doublesIn } from './numbers.ts'

/** Row by row, over the text of each field. */
const latin1 = new TextDecoder('latin1')

export function testNumbers(request: NumberTest): void {
  const { constant, verdicts } = request
  const doubleOf = doublesIn(request.notation)
  testRows(request, (field) => {
    if (field === null || field.length === 0) return verdicts.nothing
    const value = doubleOf(latin1.decode(field))
    return Number.isNaN(value) ? rowStates.open : verdictOf(verdicts, value - constant)
  })
}

export function testTexts(request: TextTest): void {
  const { constant, verdicts } = request
  testRows(request, (field) => {
    if (field === null) return verdicts.nothing
    const sign = Buffer.compare(field, constant.bytes)
    if (sign === 0 || verdicts.less === verdicts.greater) return verdictOf(verdicts, sign)
    return isPlainDifference(field, constant.bytes) ? verdictOf(verdicts, sign) : rowStates.open
  })
}

interface Tested {
  bytes: Region
  starts: Region
  ends: Region
  nulls: Region
  count: number
  states: Region
}

function testRows(tested: Tested, verdict: (field: Uint8Array | null) => number): void {
  const states = tested.states.bytes
  for (let row = 0; row < tested.count; row++) {
    const before = states[row]
    if (before === rowStates.no || before === rowStates.open) continue
    const isNull = tested.nulls.bytes[row] !== 0
    const found = verdict(isNull ? null : tested.bytes.bytes.subarray(tested.starts.words[row], tested.ends.words[row]))
    states[row] = found === rowStates.yes && before === rowStates.unknown ? before : found
  }
}

const verdictOf = ({ less, equal, greater }: Verdicts, sign: number): number =>
  sign < 0 ? less : sign > 0 ? greater : equal

/** Where the two part, the constant's character begins and the field's is ASCII, or one of them has ended. */
function isPlainDifference(field: Uint8Array, constant: Uint8Array): boolean {
  const shared = Math.min(field.length, constant.length)
  let at = 0
  while (at < shared && field[at] === constant[at]) at++
  const isInside = at < constant.length && (constant[at]! & 0xc0) === 0x80
  return !isInside && (at === field.length || field[at]! < 0x80)
}
