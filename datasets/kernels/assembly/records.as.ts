import { find, findEither } from './masks.as'
import {
  atField,
  carriageReturn,
  escapes,
  hasEscape,
  hasQuote,
  lineEndBits,
  lineFeed,
  moveTo,
  oddBits,
  quoted,
  quotedEscape,
  quotes,
  readBlock,
  setRules,
  state,
  takeStructure,
} from './structure.as'

/** Records and fields of a block that begins where a record does. What is written and answered: see RecordsRequest in ../requests.ts. */

const isNull: u8 = 1
const isQuoted: u8 = 2
const isEscaped: u8 = 4
const isJunk: u8 = 8
const isStray: u8 = 16
const isUnclosed: u8 = 32

let base: usize = 0
let starts: usize = 0
let ends: usize = 0
let flags: usize = 0
let quoteByte: u8 = 0
let escapeByte: u8 = 0
/** All flags kept by `keep`. */
let seen: u8 = 0

export function findRecords(
  at: usize,
  length: u32,
  isLast: bool,
  delimiter: u8,
  quote: i32,
  escape: i32,
  keepsBlank: bool,
  startsAt: usize,
  endsAt: usize,
  flagsAt: usize,
  recordStarts: usize,
  recordFields: usize,
  capacity: u32,
  answer: usize,
): void {
  setRules(delimiter, quote, escape)
  moveTo(atField)
  quoteByte = quote as u8
  escapeByte = escape as u8
  base = at
  starts = startsAt
  ends = endsAt
  flags = flagsAt
  seen = 0
  let fields: u32 = 0
  let fieldStart: u32 = 0
  let recordStart: u32 = 0
  let recordField: u32 = 0
  let records: u32 = 0
  let isOdd = false
  let isFull = false
  for (let block: u32 = 0; block < length; block += 64) {
    if (fields + 65 > capacity) {
      isFull = true
      break
    }
    const count = min(length - block, 64)
    const end = block + count
    readBlock(at + block, count, end < length ? (load<u8>(at + end) as i32) : -1)
    let found = takeStructure(count)
    // What follows a CR at the end decides whether the record ends there.
    if (!isLast && end == length && load<u8>(at + end - 1) == carriageReturn)
      found &= ~((1 as u64) << ((count - 1) as u64))
    const odd = oddBits()
    const isAnyOdd = isOdd || odd != 0
    isOdd = found == 0 ? isAnyOdd : odd >> ((63 - clz(found)) as u64) != 0
    const lineEnds = lineEndBits
    for (; found != 0; found &= found - 1) {
      const bit = ctz(found)
      const mark = block + (bit as u32)
      const isLineEnd = ((lineEnds >> bit) & 1) != 0
      let fieldEnd = mark
      if (
        isLineEnd &&
        mark > fieldStart &&
        load<u8>(at + mark) == lineFeed &&
        load<u8>(at + mark - 1) == carriageReturn
      )
        fieldEnd--
      if (isAnyOdd) {
        keepOdd(fields, fieldStart, fieldEnd)
      } else {
        // Not by `keep`: what it reads of the module's variables costs a third of the speed here.
        store<u32>(startsAt + ((fields as usize) << 2), fieldStart)
        store<u32>(endsAt + ((fields as usize) << 2), fieldEnd)
        store<u8>(flagsAt + (fields as usize), fieldStart == fieldEnd ? isNull : 0)
      }
      fields++
      fieldStart = mark + 1
      if (!isLineEnd) continue
      if (fieldEnd == recordStart && !keepsBlank) {
        fields--
      } else {
        store<u32>(recordStarts + ((records as usize) << 2), recordStart)
        store<u32>(recordFields + ((records as usize) << 2), recordField)
        records++
      }
      recordField = fields
      recordStart = fieldStart
    }
  }
  if (isLast && !isFull && recordStart < length) {
    keepOdd(fields++, fieldStart, length)
    store<u32>(recordStarts + ((records as usize) << 2), recordStart)
    store<u32>(recordFields + ((records as usize) << 2), recordField)
    records++
    recordField = fields
    recordStart = length
  }
  store<u32>(recordStarts + ((records as usize) << 2), recordStart)
  store<u32>(recordFields + ((records as usize) << 2), recordField)
  store<u32>(answer, records)
  store<u32>(answer, isFull ? 1 : 0, 4)
  store<u32>(answer, !isFull && (state == quoted || state == quotedEscape) ? 1 : 0, 8)
  store<u32>(answer, seen, 12)
}

function keep(field: usize, start: u32, end: u32, flag: u8): void {
  store<u32>(starts + (field << 2), start)
  store<u32>(ends + (field << 2), end)
  store<u8>(flags + field, flag)
  seen |= flag
}

/** Keeps a field that may have quotes or escapes. */
function keepOdd(field: usize, start: u32, end: u32): void {
  const to = base + end
  if (start == end) keep(field, start, end, isNull)
  else if (hasQuote && load<u8>(base + start) == quoteByte) keepQuoted(field, start, end)
  else keep(field, start, end, hasQuote && find(base + start, to, quotes) < to ? isStray : 0)
}

function keepQuoted(field: usize, start: u32, end: u32): void {
  const to = base + end
  let flag = isQuoted
  for (let at = nextOdd(base + start + 1, to); at < to; at = nextOdd(at, to)) {
    const isEscape = hasEscape && load<u8>(at) == escapeByte
    if (!isEscape && at + 1 == to) {
      keep(field, start + 1, end - 1, flag)
      return
    }
    if (!isEscape && load<u8>(at + 1) != quoteByte) {
      keep(field, start, end, isQuoted | isJunk)
      return
    }
    flag |= isEscaped
    at += 2
  }
  keep(field, start + 1, end, flag | isUnclosed)
}

function nextOdd(from: usize, to: usize): usize {
  return hasEscape ? findEither(from, to, quotes, escapes) : find(from, to, quotes)
}
