/** Fields compared with a constant. What a verdict and a row's state mean: see ../testRequests.ts. */
import { doubleOf, readAs } from './numbers.as'

const isFalse: u8 = 0
const isTrue: u8 = 1
const isUnknown: u8 = 2
const isOpen: u8 = 3

/** Verdicts stand in two bits each: of what is less, equal, greater, nothing. */
const less: u32 = 0
const equal: u32 = 2
const greater: u32 = 4
const nothing: u32 = 6

function verdictOf(verdicts: u32, place: u32): u8 {
  return ((verdicts >> place) & 3) as u8
}

export function testNumbers(
  bytes: usize,
  starts: usize,
  ends: usize,
  nulls: usize,
  count: u32,
  decimal: i32,
  thousands: i32,
  verdicts: u32,
  constant: f64,
  states: usize,
): void {
  readAs(decimal, thousands)
  for (let row: usize = 0; row < (count as usize); row++) {
    const before = load<u8>(states + row)
    if (before == isFalse || before == isOpen) continue
    const from = bytes + load<u32>(starts + (row << 2))
    const to = bytes + load<u32>(ends + (row << 2))
    let verdict: u8
    // What is empty is no number, in quotes too.
    if (load<u8>(nulls + row) != 0 || from == to) verdict = verdictOf(verdicts, nothing)
    else {
      const value = doubleOf(from, to)
      if (value != value) verdict = isOpen
      else verdict = verdictOf(verdicts, value < constant ? less : value > constant ? greater : equal)
    }
    store<u8>(states + row, merged(before, verdict))
  }
}

export function testTexts(
  bytes: usize,
  starts: usize,
  ends: usize,
  nulls: usize,
  count: u32,
  text: usize,
  length: u32,
  verdicts: u32,
  states: usize,
): void {
  const other = verdictOf(verdicts, less)
  const isEquality = other == verdictOf(verdicts, greater)
  for (let row: usize = 0; row < (count as usize); row++) {
    const before = load<u8>(states + row)
    if (before == isFalse || before == isOpen) continue
    const start = load<u32>(starts + (row << 2))
    const size = load<u32>(ends + (row << 2)) - start
    let verdict: u8
    if (load<u8>(nulls + row) != 0) verdict = verdictOf(verdicts, nothing)
    else if (isEquality && size != length) verdict = other
    else verdict = compared(bytes + start, size, text, length, verdicts)
    store<u8>(states + row, merged(before, verdict))
  }
}

/** What is unknown stays so, unless it is false or has to be looked at in another way. */
function merged(before: u8, verdict: u8): u8 {
  return verdict == isTrue && before == isUnknown ? isUnknown : verdict
}

function compared(from: usize, size: u32, text: usize, length: u32, verdicts: u32): u8 {
  const shared = min(size, length)
  let at: u32 = 0
  while (at < shared && load<u8>(from + at) == load<u8>(text + at)) at++
  if (at == size && at == length) return verdictOf(verdicts, equal)
  const one = verdictOf(verdicts, less)
  const other = verdictOf(verdicts, greater)
  if (one == other) return one
  // Bytes that are no UTF-8 are other text than they look: only where a character begins on both sides, and the field's is ASCII, bytes tell.
  if (at < length && (load<u8>(text + at) & 0xc0) == 0x80) return isOpen
  if (at < size && load<u8>(from + at) >= 0x80) return isOpen
  if (at == size) return one
  if (at == length) return other
  return load<u8>(from + at) < load<u8>(text + at) ? one : other
}
