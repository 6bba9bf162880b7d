import { find, findEither } from './masks.as'
import {
  atStart,
  carriageReturn,
  delimiterBits,
  enter,
  escapes,
  hasEscape,
  hasQuote,
  inQuotes,
  lineEndBits,
  lineFeed,
  oddBits,
  quotes,
  readBlock,
  setDialect,
  state,
  takeStructure,
} from './structure.as'

/** Records and fields of a block that begins where a record does. What is written and answered: see RecordsRequest in ../kernels.ts. */

const isQuoted: u8 = 1
const isEscaped: u8 = 2
const isStray: u8 = 4
const isUnclosed: u8 = 8

let base: usize = 0
let starts: usize = 0
let ends: usize = 0
let flags: usize = 0
let quoteByte: u8 = 0
let escapeByte: u8 = 0

export function findRecords(
  at: usize,
  length: u32,
  isLast: bool,
  delimiter: u8,
  quote: i32,
  escape: i32,
  startsAt: usize,
  endsAt: usize,
  flagsAt: usize,
  recordStarts: usize,
  recordFields: usize,
  capacity: u32,
  answer: usize,
): void {
  setDialect(delimiter, quote, escape)
  quoteByte = quote as u8
  escapeByte = escape as u8
  enter(atStart)
  base = at
  starts = startsAt
  ends = endsAt
  flags = flagsAt
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
    isOdd = isOdd || oddBits != 0
    const isAnyOdd = isOdd
    if (found != 0) isOdd = oddBits >> ((63 - clz(found)) as u64) != 0
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
        store<u8>(flagsAt + (fields as usize), 0)
      }
      fields++
      fieldStart = mark + 1
      if (!isLineEnd) continue
      store<u32>(recordStarts + ((records as usize) << 2), recordStart)
      store<u32>(recordFields + ((records as usize) << 2), fields - recordField)
      records++
      recordField = fields
      recordStart = fieldStart
    }
  }
  if (isLast && !isFull && recordStart < length) {
    keepOdd(fields++, fieldStart, length)
    store<u32>(recordStarts + ((records as usize) << 2), recordStart)
    store<u32>(recordFields + ((records as usize) << 2), fields - recordField)
    records++
    recordField = fields
    recordStart = length
  }
  store<u32>(answer, records)
  store<u32>(answer, recordField, 4)
  store<u32>(answer, recordStart, 8)
  store<u32>(answer, isFull ? 1 : 0, 12)
  store<u32>(answer, !isFull && state == inQuotes ? 1 : 0, 16)
}

function keep(field: usize, start: u32, end: u32, flag: u8): void {
  store<u32>(starts + (field << 2), start)
  store<u32>(ends + (field << 2), end)
  store<u8>(flags + field, flag)
}

/** Keeps a field that may have quotes or escapes. */
function keepOdd(field: usize, start: u32, end: u32): void {
  const from = base + start
  const to = base + end
  if (hasQuote && start < end && load<u8>(from) == quoteByte) {
    keepQuoted(field, start, end)
    return
  }
  let flag: u8 = 0
  if (hasEscape) flag = plainFlags(from, to)
  else if (hasQuote && find(from, to, quotes) < to) flag = isStray
  keep(field, start, end, flag)
}

/** Of a field that does not begin with a quote, in a dialect with escapes. */
function plainFlags(from: usize, to: usize): u8 {
  let flag: u8 = 0
  for (let at = nextOdd(from, to); at < to; at = nextOdd(at, to)) {
    if (load<u8>(at) == escapeByte) {
      flag |= isEscaped
      at += 2
    } else {
      flag |= isStray
      at++
    }
  }
  return flag
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
      keep(field, start, end, isQuoted | isStray)
      return
    }
    flag |= isEscaped
    at += 2
  }
  keep(field, start + 1, end, flag | isUnclosed)
}

function nextOdd(from: usize, to: usize): usize {
  if (!hasEscape) return find(from, to, quotes)
  return hasQuote ? findEither(from, to, quotes, escapes) : find(from, to, escapes)
}
