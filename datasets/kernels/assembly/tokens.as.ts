import { matches } from './masks.as'

/** Counts short tokens in a hash table of the caller's. What is written and answered: see TokensRequest in ../requests.ts. */

const mostBytes: u32 = 16
/** Of a slot: sixteen bytes of the token, zeros behind it; its length; how often it was met, 0 for a free slot. */
const lengthAt: usize = 16
const timesAt: usize = 24
const slotShift: usize = 5

/** As many bytes set as a token has, from byte 16 - length on. */
const window: StaticArray<u64> = [u64.MAX_VALUE, u64.MAX_VALUE, 0, 0]

let table: usize = 0
let slotMask: u32 = 0
let size: u32 = 0
let others: usize = 0
let otherCount: u32 = 0
let base: usize = 0

export function countTokens(
  at: usize,
  from: u32,
  length: u32,
  isWords: bool,
  tableAt: usize,
  slots: u32,
  sizeBefore: u32,
  othersAt: usize,
  capacity: u32,
  answer: usize,
): void {
  base = at
  table = tableAt
  slotMask = slots - 1
  size = sizeBefore
  others = othersAt
  otherCount = 0
  const lineFeeds = i8x16.splat(10)
  let lines: u32 = 0
  let isOpen = false
  let start: u32 = 0
  let block = from
  // A block has at most 32 tokens, and one may be open.
  for (; block < length; block += 64) {
    if (size + 33 > slots >> 1 || otherCount + 33 > capacity) break
    const here = at + block
    const valid = length - block >= 64 ? u64.MAX_VALUE : ((1 as u64) << ((length - block) as u64)) - 1
    const inside = (isWords ? wordBits(here) : visibleBits(here)) & valid
    lines += popcnt(matches(here, lineFeeds) & valid) as u32
    let edges = inside ^ ((inside << 1) | (isOpen ? 1 : 0))
    for (; edges != 0; edges &= edges - 1) {
      const edge = block + (ctz(edges) as u32)
      if (isOpen) take(start, edge, isWords)
      else start = edge
      isOpen = !isOpen
    }
  }
  if (block >= length && isOpen) {
    take(start, length, isWords)
    isOpen = false
  }
  store<u32>(answer, isOpen ? start : min(block, length))
  store<u32>(answer, lines, 4)
  store<u32>(answer, size, 8)
  store<u32>(answer, otherCount, 12)
}

/** Bytes that stand in words or may: letters, digits, apostrophes and whatever is not ASCII. */
function wordBits(from: usize): u64 {
  return (
    (wordBits16(from) as u64) |
    ((wordBits16(from + 16) as u64) << 16) |
    ((wordBits16(from + 32) as u64) << 32) |
    ((wordBits16(from + 48) as u64) << 48)
  )
}

function wordBits16(from: usize): u32 {
  const bytes = v128.load(from)
  const letters = i8x16.lt_u(i8x16.sub(v128.or(bytes, i8x16.splat(0x20)), i8x16.splat(97)), i8x16.splat(26))
  const digits = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(48)), i8x16.splat(10))
  const apostrophes = i8x16.eq(bytes, i8x16.splat(39))
  // The sign of a byte that is not ASCII is set as it stands.
  return i8x16.bitmask(v128.or(v128.or(letters, digits), v128.or(apostrophes, bytes))) as u32
}

/** Bytes that are not white space. */
function visibleBits(from: usize): u64 {
  return ~(
    (spaceBits16(from) as u64) |
    ((spaceBits16(from + 16) as u64) << 16) |
    ((spaceBits16(from + 32) as u64) << 32) |
    ((spaceBits16(from + 48) as u64) << 48)
  )
}

function spaceBits16(from: usize): u32 {
  const bytes = v128.load(from)
  const breaks = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(9)), i8x16.splat(5))
  return i8x16.bitmask(v128.or(breaks, i8x16.eq(bytes, i8x16.splat(32)))) as u32
}

function take(start: u32, end: u32, isWords: bool): void {
  const length = end - start
  if (length > mostBytes) {
    store<u32>(others + ((otherCount as usize) << 3), start)
    store<u32>(others + ((otherCount as usize) << 3), end, 4)
    otherCount++
    return
  }
  let bytes = v128.and(v128.load(base + start), v128.load(changetype<usize>(window) + 16 - (length as usize)))
  if (isWords) {
    const capitals = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(65)), i8x16.splat(26))
    bytes = v128.or(bytes, v128.and(capitals, i8x16.splat(0x20)))
  }
  add(i64x2.extract_lane(bytes, 0) as u64, i64x2.extract_lane(bytes, 1) as u64, length)
}

function add(low: u64, high: u64, length: u32): void {
  let hash = (low ^ (high * 0x9e3779b97f4a7c15) ^ (length as u64)) * 0xff51afd7ed558ccd
  hash = (hash ^ (hash >> 32)) * 0xc4ceb9fe1a85ec53
  for (let slot = (hash >> 33) as u32; ; slot++) {
    const entry = table + (((slot & slotMask) as usize) << slotShift)
    const times = load<f64>(entry, timesAt)
    if (times == 0) {
      store<u64>(entry, low)
      store<u64>(entry, high, 8)
      store<u32>(entry, length, lengthAt)
      store<f64>(entry, 1, timesAt)
      size++
      return
    }
    if (load<u64>(entry) == low && load<u64>(entry, 8) == high && load<u32>(entry, lengthAt) == length) {
      store<f64>(entry, times + 1, timesAt)
      return
    }
  }
}
