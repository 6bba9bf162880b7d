import { compareBytes, endAt, keyEndAt, keyStartAt, copyLoosely, placeShift, wordAt } from './places.as'

/**
 * Puts placed records into the order of their keys' bytes, equal ones as they came, by eight bytes at a time: large groups by radix sort,
 * least significant digit first, smaller ones by merging; then each group that these bytes do not tell apart by the next eight
 * (Kärkkäinen & Rantala, "Engineering Radix Sort for Strings", 2008). Groups wait on a list of the caller's, so that keys with a common
 * beginning of megabytes overflow no stack.
 *
 * An entry has sixteen bytes: the eight of its key as a number, and the record's number.
 */
const entryShift: usize = 4
const recordAt: usize = 8

const digitBits: u32 = 11
const digits: u32 = 1 << 11
const digitsPerWord: u32 = 6
/** Of counters, four bytes for each value of each digit. */
const countsBytes: usize = 2048 * 6 * 4
/** Below these a group is sorted by insertion, by merging. */
const smallGroup: u32 = 16
const largeGroup: u32 = 1024

let bytes: usize = 0
let places: usize = 0
let counts: usize = 0
let entries: usize = 0
let spare: usize = 0
let groups: usize = 0
let waiting: usize = 0

/** `work` has countsBytes, two entries for each record, and eight bytes more for each. Writes the records' numbers into `order`. */
export function sortRecords(bytesAt: usize, placesAt: usize, count: u32, work: usize, order: usize): void {
  bytes = bytesAt
  places = placesAt
  counts = work
  entries = counts + countsBytes
  spare = entries + ((count as usize) << entryShift)
  groups = spare + ((count as usize) << entryShift)
  waiting = groups
  for (let record: u32 = 0; record < count; record++) store<u32>(entryOf(record), record, recordAt)
  push(0, count, 0)
  while (waiting > groups) {
    waiting -= 12
    sortGroup(load<u32>(waiting), load<u32>(waiting, 4), load<u32>(waiting, 8))
  }
  for (let record: u32 = 0; record < count; record++)
    store<u32>(order + ((record as usize) << 2), load<u32>(entryOf(record), recordAt))
}

function entryOf(at: u32): usize {
  return entries + ((at as usize) << entryShift)
}

function placeOf(entry: usize): usize {
  return places + ((load<u32>(entry, recordAt) as usize) << placeShift)
}

/** Entries [from, to), whose keys have their first `depth` bytes in common. */
function push(from: u32, to: u32, depth: u32): void {
  if (to - from < 2) return
  store<u32>(waiting, from)
  store<u32>(waiting, to, 4)
  store<u32>(waiting, depth, 8)
  waiting += 12
}

function sortGroup(from: u32, to: u32, depth: u32): void {
  const count = to - from
  if (count < smallGroup) return sortByInsertion(from, to, depth)
  const reached = loadWords(from, to, depth)
  if (count < largeGroup) sortByMerging(from, count)
  else sortByDigits(from, count)
  findTies(from, to, reached)
}

/** Which bits are not the same in all words loaded last, and the least that is left of a key. */
let differing: u64 = 0
let least: i32 = 0

/** Loads the words at a depth at which not even their first bytes are all the same, as far as all keys reach; returns that depth. */
function loadWords(from: u32, to: u32, depth: u32): u32 {
  let at = depth
  loadWordsAt(from, to, at)
  for (let common = commonBytes(); common >= 2 && least >= (common as i32); common = commonBytes()) {
    at += common
    loadWordsAt(from, to, at)
  }
  return at
}

function commonBytes(): u32 {
  return (clz(differing) >> 3) as u32
}

function loadWordsAt(from: u32, to: u32, depth: u32): void {
  let any: u64 = 0
  let all: u64 = u64.MAX_VALUE
  least = i32.MAX_VALUE
  const stop = entryOf(to)
  for (let entry = entryOf(from); entry < stop; entry += 1 << entryShift) {
    const place = placeOf(entry)
    const at = load<u32>(place, keyStartAt) + depth
    const left = (load<u32>(place, keyEndAt) - at) as i32
    const word = wordAt(bytes + at, left)
    store<u64>(entry, word)
    any |= word
    all &= word
    least = min(least, left)
  }
  differing = any ^ all
}

/** Counts all digits in one pass, then moves by those that are not the same in all. */
function sortByDigits(from: u32, count: u32): void {
  memory.fill(counts, 0, countsBytes)
  const first = entryOf(from)
  const size = (count as usize) << entryShift
  for (let entry = first; entry < first + size; entry += 1 << entryShift) {
    let word = load<u64>(entry)
    for (let digit: u32 = 0; digit < digitsPerWord; digit++, word >>= digitBits as u64) {
      const counter = counterOf(digit, word)
      store<u32>(counter, load<u32>(counter) + 1)
    }
  }
  let source = first
  let target = spare
  for (let digit: u32 = 0; digit < digitsPerWord; digit++) {
    if (((differing >> ((digit * digitBits) as u64)) & ((digits - 1) as u64)) == 0) continue
    moveByDigit(digit, source, target, size)
    const moved = target
    target = source
    source = moved
  }
  if (source != first) memory.copy(first, source, size)
}

function counterOf(digit: u32, word: u64): usize {
  return counts + (((((digit * digits) as usize) + (word & ((digits - 1) as u64))) as usize) << 2)
}

function moveByDigit(digit: u32, source: usize, target: usize, size: usize): void {
  const shift = (digit * digitBits) as u64
  const firstCounter = counterOf(digit, 0)
  let sum: u32 = 0
  for (let counter = firstCounter; counter < firstCounter + ((digits as usize) << 2); counter += 4) {
    const found = load<u32>(counter)
    store<u32>(counter, sum)
    sum += found
  }
  for (let entry = source; entry < source + size; entry += 1 << entryShift) {
    const counter = counterOf(digit, load<u64>(entry) >> shift)
    const place = load<u32>(counter)
    store<u32>(counter, place + 1)
    v128.store(target + ((place as usize) << entryShift), v128.load(entry))
  }
}

/** Runs of eight by insertion, then merged two by two. */
function sortByMerging(from: u32, count: u32): void {
  const first = entryOf(from)
  const size = (count as usize) << entryShift
  const runSize: usize = 8 << entryShift
  for (let run: usize = 0; run < size; run += runSize) sortWords(first + run, first + min(run + runSize, size))
  let source = first
  let target = spare
  for (let width = runSize; width < size; width <<= 1) {
    for (let run: usize = 0; run < size; run += width << 1) {
      const middle = source + min(run + width, size)
      merge(source + run, middle, source + min(run + (width << 1), size), target + run)
    }
    const merged = target
    target = source
    source = merged
  }
  if (source != first) memory.copy(first, source, size)
}

function sortWords(from: usize, to: usize): void {
  for (let entry = from + (1 << entryShift); entry < to; entry += 1 << entryShift) {
    const moving = v128.load(entry)
    const word = load<u64>(entry)
    let at = entry
    for (; at > from && load<u64>(at - (1 << entryShift)) > word; at -= 1 << entryShift)
      v128.store(at, v128.load(at - (1 << entryShift)))
    v128.store(at, moving)
  }
}

/** [from, middle) and [middle, to), each in order, into `target`. Which one is next is nothing that a processor could guess: no branch. */
function merge(from: usize, middle: usize, to: usize, target: usize): void {
  let one = from
  let other = middle
  while (one < middle && other < to) {
    const isOther = load<u64>(other) < load<u64>(one)
    v128.store(target, v128.load(select<usize>(other, one, isOther)))
    const step: usize = (isOther as usize) << entryShift
    other += step
    one += (1 << entryShift) - step
    target += 1 << entryShift
  }
  memory.copy(target, one, middle - one)
  memory.copy(target + (middle - one), other, to - other)
}

/** Groups with the same eight bytes: keys that end here come first, the shorter before the longer; the others go on. */
function findTies(from: u32, to: u32, depth: u32): void {
  for (let first = from; first < to;) {
    const word = load<u64>(entryOf(first))
    let next = first + 1
    while (next < to && load<u64>(entryOf(next)) == word) next++
    if (next - first >= smallGroup) push(moveEnded(first, next, depth), next, depth + 8)
    else if (next - first > 1) sortByInsertion(first, next, depth)
    first = next
  }
}

/** Of the 0 to 8 bytes that a key still has, or 9 for more. */
function classOf(entry: usize, depth: u32): u32 {
  const place = placeOf(entry)
  const left = (load<u32>(place, keyEndAt) - load<u32>(place, keyStartAt) - depth) as i32
  return min<i32>(9, max<i32>(0, left)) as u32
}

/** Puts keys that end within the step before those that do not, by length; returns the place of the first of those. */
function moveEnded(from: u32, to: u32, depth: u32): u32 {
  memory.fill(counts, 0, 40)
  for (let at = from; at < to; at++) {
    const counter = counts + ((classOf(entryOf(at), depth) as usize) << 2)
    store<u32>(counter, load<u32>(counter) + 1)
  }
  const longer = to - load<u32>(counts + 36)
  if (longer == from) return from
  let sum: u32 = 0
  for (let counter = counts; counter < counts + 40; counter += 4) {
    const found = load<u32>(counter)
    store<u32>(counter, sum)
    sum += found
  }
  for (let at = from; at < to; at++) {
    const entry = entryOf(at)
    const counter = counts + ((classOf(entry, depth) as usize) << 2)
    const place = load<u32>(counter)
    store<u32>(counter, place + 1)
    v128.store(spare + ((place as usize) << entryShift), v128.load(entry))
  }
  memory.copy(entryOf(from), spare, ((to - from) as usize) << entryShift)
  return longer
}

/** By whole keys. */
function sortByInsertion(from: u32, to: u32, depth: u32): void {
  const first = entryOf(from)
  const stop = entryOf(to)
  for (let entry = first + (1 << entryShift); entry < stop; entry += 1 << entryShift) {
    const moving = v128.load(entry)
    const place = placeOf(entry)
    const keyStart = bytes + load<u32>(place, keyStartAt) + depth
    const keyEnd = bytes + load<u32>(place, keyEndAt)
    let at = entry
    for (; at > first && isBehind(at - (1 << entryShift), depth, keyStart, keyEnd); at -= 1 << entryShift)
      v128.store(at, v128.load(at - (1 << entryShift)))
    v128.store(at, moving)
  }
}

function isBehind(entry: usize, depth: u32, keyStart: usize, keyEnd: usize): bool {
  const place = placeOf(entry)
  const at = bytes + load<u32>(place, keyStartAt) + depth
  return compareBytes(at, bytes + load<u32>(place, keyEndAt), keyStart, keyEnd) > 0
}

/**
 * Copies records, or of keyed ones (`fromKeyEnd`) what stands behind their keys, in the order of the `count` numbers at `order`, as far
 * as there is room. Answers how many and how many bytes.
 */
export function gatherRecords(
  bytesAt: usize,
  placesAt: usize,
  order: usize,
  count: u32,
  fromKeyEnd: bool,
  output: usize,
  capacity: u32,
  answer: usize,
): void {
  let filled: u32 = 0
  let taken: u32 = 0
  const startAt = fromKeyEnd ? keyEndAt : 0
  for (; taken < count; taken++) {
    const place = placesAt + ((load<u32>(order + ((taken as usize) << 2)) as usize) << placeShift)
    const start = load<u32>(place + startAt)
    const length = load<u32>(place, endAt) - start
    if (length > capacity - filled) break
    copyLoosely(output + filled, bytesAt + start, length)
    filled += length
  }
  store<u32>(answer, taken)
  store<u32>(answer, filled, 4)
}
