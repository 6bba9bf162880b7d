import { firstBits, matches } from './masks.as'
import {
  afterReturn,
  atField,
  atRecord,
  carriageReturn,
  lineBits,
  lineEndBits,
  lineFeed,
  moveTo,
  plain,
  quoteSeen,
  quoted,
  quotedEscape,
  readBlock,
  setRules,
  state,
  takeStructure,
} from './structure.as'

/**
 * What a cell does to each state in which it may be entered, all states in one pass. A lane per state: lanes that reach the same state
 * go on as one, which soon leaves one or two of them.
 *
 * The first bytes and the last are stepped through one by one, so that no block is entered behind a CR and a byte follows each.
 */
const laneCount: u32 = 7
const none: u32 = u32.MAX_VALUE

/** Of a lane: its state, the records counted, where the first and the last record start, the lane that it goes on in. */
let lanes: usize = 0
const stateAt: usize = 0
const countAt: usize = 4
const firstAt: usize = 8
const lastAt: usize = 12
const intoAt: usize = 16
const laneBytes: u32 = 20

let delimiterByte: u8 = 0
let quote: i32 = 0
let escape: i32 = 0
let countsBlank: bool = false

/** Writes five words for each lane to `answer`, as they stand above; a place that is not there is 2^32 - 1. */
export function scanCell(
  at: usize,
  length: u32,
  delimiter: u8,
  quoteByte: i32,
  escapeByte: i32,
  keepsBlank: bool,
  answer: usize,
): void {
  setRules(delimiter, quoteByte, escapeByte)
  delimiterByte = delimiter
  quote = quoteByte
  escape = escapeByte
  countsBlank = keepsBlank
  lanes = answer
  for (let index: u32 = 0; index < laneCount; index++) {
    const lane = laneOf(index)
    store<u32>(lane, index, stateAt)
    store<u32>(lane, 0, countAt)
    store<u32>(lane, none, firstAt)
    store<u32>(lane, none, lastAt)
    store<u32>(lane, index, intoAt)
  }
  let done: u32 = 0
  while (done < length && isAnyAfterReturn()) stepAll(at, done++)
  if (done + 64 < length) done = takeBlocks(at, done, length)
  while (done < length) stepAll(at, done++)
  settle()
}

function laneOf(index: u32): usize {
  return lanes + ((index * laneBytes) as usize)
}

function isAnyAfterReturn(): bool {
  for (let index: u32 = 0; index < laneCount; index++) {
    if (load<u32>(laneOf(index), stateAt) == afterReturn) return true
  }
  return false
}

function stepAll(at: usize, offset: u32): void {
  const byte = load<u8>(at + offset)
  for (let index: u32 = 0; index < laneCount; index++) {
    const lane = laneOf(index)
    if (load<u32>(lane, intoAt) != index) continue
    const from = load<u32>(lane, stateAt)
    if (from == atRecord || (from == afterReturn && byte != lineFeed)) {
      noteStarts(lane, offset, offset)
      if (countsBlank || (byte != lineFeed && byte != carriageReturn)) count(lane, 1)
    }
    store<u32>(lane, step(from, byte), stateAt)
  }
}

function step(from: u32, byte: u8): u32 {
  if (from == quoted) return (byte as i32) == quote ? quoteSeen : (byte as i32) == escape ? quotedEscape : quoted
  if (from == quotedEscape) return quoted
  if (from == afterReturn && byte == lineFeed) return atRecord
  if ((byte as i32) == quote && from != plain) return quoted
  if (byte == delimiterByte) return atField
  if (byte == lineFeed) return atRecord
  return byte == carriageReturn ? afterReturn : plain
}

function count(lane: usize, records: u32): void {
  store<u32>(lane, load<u32>(lane, countAt) + records, countAt)
}

function noteStarts(lane: usize, first: u32, last: u32): void {
  if (load<u32>(lane, firstAt) == none) store<u32>(lane, first, firstAt)
  store<u32>(lane, last, lastAt)
}

/** Takes whole blocks while a byte follows them; returns how far it came. */
function takeBlocks(at: usize, from: u32, length: u32): u32 {
  let done = from
  let alive = join()
  for (; done + 64 < length; done += 64) {
    readBlock(at + done, 64, load<u8>(at + done + 64) as i32)
    for (let index: u32 = 0, left = alive; left != 0; index++) {
      const lane = laneOf(index)
      if (load<u32>(lane, intoAt) != index) continue
      takeBlock(lane, done)
      left--
    }
    if (alive > 1) alive = join()
  }
  return done
}

/** A line end at the block's end lets a record start in the next one. */
function takeBlock(lane: usize, offset: u32): void {
  const from = load<u32>(lane, stateAt)
  moveTo(from == atRecord ? atField : from)
  const ends = takeStructure(64) & lineEndBits
  store<u32>(lane, ends >> 63 != 0 ? atRecord : state, stateAt)
  const starts = (ends << 1) | (from == atRecord ? 1 : 0)
  if (starts == 0) return
  noteStarts(lane, offset + (ctz(starts) as u32), offset + (63 - (clz(starts) as u32)))
  count(lane, popcnt(countsBlank ? starts : starts & ~lineBits) as u32)
}

/** Lanes in one state that met their last record at one place, or none, go on as one; how many remain. */
function join(): u32 {
  let alive: u32 = 0
  for (let index: u32 = 0; index < laneCount; index++) {
    const lane = laneOf(index)
    if (load<u32>(lane, intoAt) != index) continue
    const into = findLike(lane, index)
    store<u32>(lane, into, intoAt)
    if (into == index) alive++
    else store<u32>(lane, load<u32>(lane, countAt) - load<u32>(laneOf(into), countAt), countAt)
  }
  return alive
}

function findLike(lane: usize, index: u32): u32 {
  const now = load<u32>(lane, stateAt)
  const last = load<u32>(lane, lastAt)
  for (let other: u32 = 0; other < index; other++) {
    const like = laneOf(other)
    if (load<u32>(like, intoAt) != other) continue
    if (load<u32>(like, stateAt) == now && load<u32>(like, lastAt) == last) return other
  }
  return index
}

/** Tells the lanes that went on in others what became of these, which come first. */
function settle(): void {
  for (let index: u32 = 0; index < laneCount; index++) {
    const lane = laneOf(index)
    const into = load<u32>(lane, intoAt)
    if (into == index) continue
    const other = laneOf(into)
    store<u32>(lane, load<u32>(other, stateAt), stateAt)
    count(lane, load<u32>(other, countAt))
    if (load<u32>(lane, firstAt) == none) store<u32>(lane, load<u32>(other, firstAt), firstAt)
    store<u32>(lane, load<u32>(other, lastAt), lastAt)
  }
}

/** How often `byte` stands in the `length` bytes at `from`. */
export function countByte(from: usize, length: u32, byte: u8): u32 {
  const sought = i8x16.splat(byte)
  let found: u32 = 0
  let block: u32 = 0
  for (; block + 64 <= length; block += 64) found += popcnt(matches(from + block, sought)) as u32
  if (block < length) found += popcnt(matches(from + block, sought) & firstBits(length - block)) as u32
  return found
}
