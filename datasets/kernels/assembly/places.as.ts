import { firstBits, matches } from './masks.as'

/** Where records lie among bytes: four words each (see PlacedRecords in ../recordRequests.ts). */
export const placeShift: usize = 4
export const keyStartAt: usize = 4
export const keyEndAt: usize = 8
export const endAt: usize = 12

const lineFeed: u8 = 10

/** Lines in [from, to), up to the last line feed; answers how many and where it stopped. */
export function placeLines(bytes: usize, from: u32, to: u32, places: usize, capacity: u32, answer: usize): void {
  const lineFeeds = i8x16.splat(lineFeed)
  let start = from
  let place = places
  // A block has at most 64 line feeds.
  const last = places + (((capacity - 64) as usize) << placeShift)
  for (let block = from; block < to && place <= last; block += 64) {
    let found = matches(bytes + block, lineFeeds) & firstBits(to - block)
    for (; found != 0; found &= found - 1) {
      const feed = block + (ctz(found) as u32)
      store<u32>(place, start)
      store<u32>(place, start, keyStartAt)
      store<u32>(place, feed, keyEndAt)
      start = feed + 1
      store<u32>(place, start, endAt)
      place += 1 << placeShift
    }
  }
  store<u32>(answer, ((place - places) >> placeShift) as u32)
  store<u32>(answer, start, 4)
}

/** Behind the varint that `readVarint` read last. */
let behind: u32 = 0

function readVarint(bytes: usize, from: u32): u32 {
  let value: u32 = 0
  let shift: u32 = 0
  behind = from
  let byte: u32 = 0
  do {
    byte = load<u8>(bytes + behind++)
    value |= (byte & 127) << shift
    shift += 7
  } while (byte >= 128)
  return value
}

/** Keyed records in [from, to), all whole: the lengths of key and text as varints, key, text. */
export function placeKeyed(bytes: usize, from: u32, to: u32, places: usize, capacity: u32, answer: usize): void {
  let at = from
  let count: u32 = 0
  for (; at < to && count < capacity; count++) {
    const place = places + ((count as usize) << placeShift)
    const keyLength = readVarint(bytes, at)
    const textLength = readVarint(bytes, behind)
    store<u32>(place, at)
    store<u32>(place, behind, keyStartAt)
    store<u32>(place, behind + keyLength, keyEndAt)
    at = behind + keyLength + textLength
    store<u32>(place, at, endAt)
  }
  store<u32>(answer, count)
  store<u32>(answer, at, 4)
}

/** Eight bytes of a key as a number, big-endian, 0 behind its end; `left` may be less than none. */
export function wordAt(at: usize, left: i32): u64 {
  if (left >= 8) return bswap<u64>(load<u64>(at))
  if (left <= 0) return 0
  return bswap<u64>(load<u64>(at) << ((64 - (left << 3)) as u64)) << ((64 - (left << 3)) as u64)
}

/** Less than, equal to or greater than 0, as the bytes [at, end) are to [otherAt, otherEnd). */
export function compareBytes(at: usize, end: usize, otherAt: usize, otherEnd: usize): i32 {
  let left = (end - at) as i32
  let otherLeft = (otherEnd - otherAt) as i32
  while (true) {
    const word = wordAt(at, left)
    const otherWord = wordAt(otherAt, otherLeft)
    if (word != otherWord) return word < otherWord ? -1 : 1
    if (left <= 8 || otherLeft <= 8) return left - otherLeft
    at += 8
    otherAt += 8
    left -= 8
    otherLeft -= 8
  }
}

/** Copies sixteen bytes at a time: reads and writes up to 15 bytes beyond. */
export function copyLoosely(to: usize, from: usize, length: u32): void {
  const stop = from + (length as usize)
  do {
    v128.store(to, v128.load(from))
    from += 16
    to += 16
  } while (from < stop)
}
