import { compareBytes, copyLoosely, endAt, keyEndAt, keyStartAt, placeShift, wordAt } from './places.as'

/** To which bucket placed records belong, and into the buckets' chunks with them: see PartitionRequest in ../recordRequests.ts. */

/** Of a splitter: its key's first eight bytes as a number, where the key stands, the bucket below it, its own buckets. */
const splitterBytes: usize = 24
const splitterKeyAt: usize = 8
const splitterKeyEndAt: usize = 12
const belowAt: usize = 16
const copiesAt: usize = 20

export function findBuckets(
  bytes: usize,
  places: usize,
  count: u32,
  splitters: usize,
  splitterCount: u32,
  positions: usize,
  totalBytes: f64,
  lastBucket: u32,
  isReversed: bool,
  buckets: usize,
): void {
  for (let record: usize = 0; record < (count as usize); record++) {
    const place = places + (record << placeShift)
    const at = bytes + load<u32>(place, keyStartAt)
    const end = bytes + load<u32>(place, keyEndAt)
    const above = firstAbove(splitters, splitterCount, at, end)
    let bucket = above == splitterCount ? lastBucket : load<u32>(splitterOf(splitters, above), belowAt)
    if (above > 0) {
      const splitter = splitterOf(splitters, above - 1)
      const copies = load<u32>(splitter, copiesAt)
      if (copies > 0 && compareTo(splitters, splitter, at, end) == 0) {
        const share = floor((load<f64>(positions + (record << 3)) / totalBytes) * (copies as f64)) as u32
        bucket = load<u32>(splitter, belowAt) + 1 + min(copies - 1, share)
      }
    }
    store<u32>(buckets + (record << 2), isReversed ? lastBucket - bucket : bucket)
  }
}

function splitterOf(splitters: usize, index: u32): usize {
  return splitters + (index as usize) * splitterBytes
}

/** The first splitter that is greater than the key. */
function firstAbove(splitters: usize, splitterCount: u32, at: usize, end: usize): u32 {
  const word = wordAt(at, (end - at) as i32)
  let low: u32 = 0
  let high = splitterCount
  while (low < high) {
    const middle = (low + high) >> 1
    const splitter = splitterOf(splitters, middle)
    const other = load<u64>(splitter)
    const isAbove = other > word || (other == word && compareTo(splitters, splitter, at, end) < 0)
    high = isAbove ? middle : high
    low = isAbove ? low : middle + 1
  }
  return low
}

function compareTo(splitters: usize, splitter: usize, at: usize, end: usize): i32 {
  return compareBytes(
    at,
    end,
    splitters + load<u32>(splitter, splitterKeyAt),
    splitters + load<u32>(splitter, splitterKeyEndAt),
  )
}

/** By a hash of the key. */
export function hashBuckets(bytes: usize, places: usize, count: u32, bucketCount: u32, buckets: usize): void {
  for (let record: usize = 0; record < (count as usize); record++) {
    const place = places + (record << placeShift)
    const hash = hashOf(bytes + load<u32>(place, keyStartAt), bytes + load<u32>(place, keyEndAt))
    store<u32>(buckets + (record << 2), hash % bucketCount)
  }
}

/** The upper word of ../../statistics/hash.ts. */
function hashOf(from: usize, to: usize): u32 {
  let one: u32 = 0x2f0b4c47
  let other: u32 = 0x9747b28c
  let at = from
  for (; at + 4 <= to; at += 4) {
    const word = load<u32>(at)
    one = mix(one, word, 15)
    other = mix(other, word ^ 0x5bd1e995, 17)
  }
  let tail: u32 = 0
  for (let shift: u32 = 0; at < to; at++, shift += 8) tail |= (load<u8>(at) as u32) << shift
  const length = (to - from) as u32
  one = mix(one, tail, 15) ^ length
  other = mix(other, tail ^ 0x5bd1e995, 17) ^ length
  let hash = one + other
  hash = (hash ^ (hash >> 16)) * 0x85ebca6b
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35
  return hash ^ (hash >> 16)
}

function mix(hash: u32, word: u32, turn: u32): u32 {
  const mixed = hash ^ (rotl<u32>(word * 0xcc9e2d51, turn) * 0x1b873593)
  return rotl<u32>(mixed, 13) * 5 + 0xe6546b64
}

/** Of a bucket's state, in words: its first and last chunk, where its next byte goes, how many fit there, its bytes, its records. */
const stateShift: usize = 5
const lastAt: usize = 4
const nextByteAt: usize = 8
const roomAt: usize = 12
const bytesAt: usize = 16
const rowsAt: usize = 20
const none: u32 = 0xffffffff

/** Copies records into their buckets' chunks; answers how many there was room for, and how many chunks are in use. */
export function scatterRecords(
  bytes: usize,
  places: usize,
  buckets: usize,
  from: u32,
  count: u32,
  arena: usize,
  chunkBytes: u32,
  chunkCount: u32,
  chunksBefore: u32,
  next: usize,
  states: usize,
  answer: usize,
): void {
  let chunks = chunksBefore
  let record = from
  for (; record < count; record++) {
    const place = places + ((record as usize) << placeShift)
    const start = load<u32>(place)
    const length = load<u32>(place, endAt) - start
    const state = states + ((load<u32>(buckets + ((record as usize) << 2)) as usize) << stateShift)
    const room = load<u32>(state, roomAt)
    if (length > room) {
      const wanted = (length - room + chunkBytes - 1) / chunkBytes
      if (wanted > chunkCount - chunks) break
      put(arena, state, bytes + start, room)
      for (let done = room; done < length; chunks++) {
        startChunk(state, chunks, chunkBytes, next)
        const part = min(length - done, chunkBytes)
        put(arena, state, bytes + start + done, part)
        done += part
      }
    } else {
      put(arena, state, bytes + start, length)
    }
    store<u32>(state, load<u32>(state, bytesAt) + length, bytesAt)
    store<u32>(state, load<u32>(state, rowsAt) + 1, rowsAt)
  }
  store<u32>(answer, record)
  store<u32>(answer, chunks, 4)
}

/** Into the bucket's chunk, where there is room. What lies behind the chunk is another bucket's. */
function put(arena: usize, state: usize, from: usize, length: u32): void {
  if (length == 0) return
  const at = load<u32>(state, nextByteAt)
  const room = load<u32>(state, roomAt)
  if (room >= ((length + 15) & ~15)) copyLoosely(arena + at, from, length)
  else memory.copy(arena + at, from, length)
  store<u32>(state, at + length, nextByteAt)
  store<u32>(state, room - length, roomAt)
}

function startChunk(state: usize, chunk: u32, chunkBytes: u32, next: usize): void {
  const last = load<u32>(state, lastAt)
  if (last == none) store<u32>(state, chunk)
  else store<u32>(next + ((last as usize) << 2), chunk)
  store<u32>(state, chunk, lastAt)
  store<u32>(next + ((chunk as usize) << 2), none)
  store<u32>(state, chunk * chunkBytes, nextByteAt)
  store<u32>(state, chunkBytes, roomAt)
}
