import { firstBits, matches } from './masks.as'
import {
  afterQuote,
  atStart,
  carriageReturn,
  enter,
  escapedReturn,
  escapesNext,
  inPlain,
  inQuotes,
  lineEndBits,
  lineFeed,
  moveTo,
  readBlock,
  setDialect,
  state,
  takeStructure,
} from './structure.as'

/**
 * What a cell does to each state in which it may be entered, all states in one pass. A lane per state: lanes that reach the same state
 * go on as one, which soon leaves one or two of them. The states are those of ../cellStates.ts.
 *
 * The first bytes and the last are stepped through one by one, so that blocks meet no state in which the byte before matters.
 */
const atRecord: u32 = 0
const afterReturn: u32 = 1
const atField: u32 = 2
const plain: u32 = 3
const quoted: u32 = 4
const quoteSeen: u32 = 5
const plainEscape: u32 = 6
const quotedEscape: u32 = 7
const returnEscaped: u32 = 8
const laneCount: u32 = 9

const none: u32 = u32.MAX_VALUE

/** Of a lane: its state, records that started, where the first did, the lane that it goes on in. */
let lanes: usize = 0
const stateAt: usize = 0
const countAt: usize = 4
const firstAt: usize = 8
const intoAt: usize = 12
const laneBytes: u32 = 16

let delimiterByte: u8 = 0
let quote: i32 = 0
let escape: i32 = 0

/** Writes for each lane 16 bytes to `answer`: exit state, records that start in the cell, offset of the first or 2^32 - 1, scratch. */
export function scanCell(at: usize, length: u32, delimiter: u8, quoteByte: i32, escapeByte: i32, answer: usize): void {
  setDialect(delimiter, quoteByte, escapeByte)
  delimiterByte = delimiter
  quote = quoteByte
  escape = escapeByte
  lanes = answer
  for (let index: u32 = 0; index < laneCount; index++) {
    const lane = laneOf(index)
    store<u32>(lane, index, stateAt)
    store<u32>(lane, 0, countAt)
    store<u32>(lane, none, firstAt)
    store<u32>(lane, index, intoAt)
  }
  let done: u32 = 0
  while (done < length && (done == 0 || isAnyBetween())) stepAll(at, done++)
  if (done + 64 < length) done = takeBlocks(at, done, length)
  while (done < length) stepAll(at, done++)
  settle()
}

function laneOf(index: u32): usize {
  return lanes + ((index * laneBytes) as usize)
}

/** Whether a lane is where the byte before matters to what comes. */
function isAnyBetween(): bool {
  for (let index: u32 = 0; index < laneCount; index++) {
    const now = load<u32>(laneOf(index), stateAt)
    if (now == afterReturn || now >= plainEscape) return true
  }
  return false
}

function stepAll(at: usize, offset: u32): void {
  const byte = load<u8>(at + offset)
  for (let index: u32 = 0; index < laneCount; index++) {
    const lane = laneOf(index)
    if (load<u32>(lane, intoAt) != index) continue
    const from = load<u32>(lane, stateAt)
    if (from == atRecord || (from == afterReturn && byte != lineFeed)) countStarts(lane, 1, offset)
    store<u32>(lane, step(from, byte), stateAt)
  }
}

function step(from: u32, byte: u8): u32 {
  if (from == quoted) return (byte as i32) == quote ? quoteSeen : (byte as i32) == escape ? quotedEscape : quoted
  if (from == quotedEscape) return quoted
  if (from == plainEscape) return byte == carriageReturn ? returnEscaped : plain
  if (from == returnEscaped && byte == lineFeed) return plain
  if (from == afterReturn && byte == lineFeed) return atRecord
  if ((byte as i32) == quote && from != plain && from != returnEscaped) return quoted
  if ((byte as i32) == escape) return plainEscape
  if (byte == delimiterByte) return atField
  if (byte == lineFeed) return atRecord
  return byte == carriageReturn ? afterReturn : plain
}

function countStarts(lane: usize, starts: u32, first: u32): void {
  store<u32>(lane, load<u32>(lane, countAt) + starts, countAt)
  if (load<u32>(lane, firstAt) == none) store<u32>(lane, first, firstAt)
}

/** Takes whole blocks while a byte follows them; returns how far it came. */
function takeBlocks(at: usize, from: u32, length: u32): u32 {
  for (let index: u32 = 0; index < laneCount; index++) {
    const lane = laneOf(index)
    if (load<u32>(lane, stateAt) == atRecord) countStarts(lane, 1, from)
    store<u32>(lane, blockState(load<u32>(lane, stateAt)), stateAt)
  }
  let alive = join()
  enter(atStart)
  let done = from
  for (; done + 64 < length; done += 64) {
    readBlock(at + done, 64, load<u8>(at + done + 64) as i32)
    const lineEnds = lineEndBits
    for (let index: u32 = 0, left = alive; left != 0; index++) {
      const lane = laneOf(index)
      if (load<u32>(lane, intoAt) != index) continue
      left--
      moveTo(load<u32>(lane, stateAt))
      const ends = takeStructure(64) & lineEnds
      store<u32>(lane, state, stateAt)
      if (ends != 0) countStarts(lane, popcnt(ends) as u32, done + 1 + (ctz(ends) as u32))
    }
    if (alive > 1) alive = join()
  }
  for (let index: u32 = 0; index < laneCount; index++) {
    const lane = laneOf(index)
    store<u32>(lane, cellState(load<u32>(lane, stateAt)), stateAt)
  }
  return done
}

function blockState(from: u32): u32 {
  if (from == atRecord || from == atField) return atStart
  if (from == quoted) return inQuotes
  return from == quoteSeen ? afterQuote : inPlain
}

/** A record that starts behind the last block has been counted: it is a field's start like any other. */
function cellState(from: u32): u32 {
  if (from == atStart) return atField
  if (from == inQuotes) return escapesNext ? quotedEscape : quoted
  if (from == afterQuote) return quoteSeen
  if (escapesNext) return plainEscape
  return escapedReturn ? returnEscaped : plain
}

/** Lanes in one state whose first record is known of both or of neither go on as one; how many remain. */
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
  const isFirstKnown = load<u32>(lane, firstAt) != none
  for (let other: u32 = 0; other < index; other++) {
    const like = laneOf(other)
    if (load<u32>(like, intoAt) != other) continue
    if (load<u32>(like, stateAt) == now && (load<u32>(like, firstAt) != none) == isFirstKnown) return other
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
    store<u32>(lane, load<u32>(lane, countAt) + load<u32>(other, countAt), countAt)
    if (load<u32>(lane, firstAt) == none) store<u32>(lane, load<u32>(other, firstAt), firstAt)
  }
}

/** How often `byte` stands in the `length` bytes at `from`. */
export function countByte(from: usize, length: u32, byte: u8): u32 {
  const sought = i8x16.splat(byte)
  let count: u32 = 0
  let block: u32 = 0
  for (; block + 64 <= length; block += 64) count += popcnt(matches(from + block, sought)) as u32
  if (block < length) count += popcnt(matches(from + block, sought) & firstBits(length - block)) as u32
  return count
}
