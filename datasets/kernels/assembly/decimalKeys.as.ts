import { copyLoosely, endAt, keyEndAt, keyStartAt, placeShift } from './places.as'

/**
 * Plain decimals as keys whose bytes are in the order of their values: the form of ../decimalKey.ts, which also reads whatever is not plain.
 * Plain ones have an optional sign, digits, a point among, before or behind them, and nothing else.
 */
const mostBytes: u32 = 40
/** A record of one such line has no more than these. */
const roomBytes: u32 = 128
const zeroClass: u8 = 0x80
const firstClass: i32 = 0x82
const leastExponent: i32 = -30
const mostExponent: i32 = 89
const minus: u8 = 45
const plus: u8 = 43
const point: u8 = 46

/** Makes keyed records of placed lines, up to the first that is not plain or has no room; answers how many lines are done and how many bytes are filled. */
export function keyDecimals(
  bytes: usize,
  places: usize,
  from: u32,
  count: u32,
  isDescending: bool,
  output: usize,
  capacity: u32,
  keyedPlaces: usize,
  answer: usize,
): void {
  let filled: u32 = 0
  let line = from
  for (; line < count && filled + roomBytes <= capacity; line++) {
    const place = places + ((line as usize) << placeShift)
    const start = load<u32>(place)
    const length = load<u32>(place, keyEndAt) - start
    if (length > mostBytes) break
    const record = output + filled
    const keyLength = writeKey(bytes + start, bytes + start + length, record + 2, isDescending)
    if (keyLength == 0) break
    store<u8>(record, keyLength as u8)
    store<u8>(record, (length + 1) as u8, 1)
    copyLoosely(record + 2 + keyLength, bytes + start, length + 1)
    const keyed = keyedPlaces + (((line - from) as usize) << placeShift)
    store<u32>(keyed, filled)
    store<u32>(keyed, filled + 2, keyStartAt)
    store<u32>(keyed, filled + 2 + keyLength, keyEndAt)
    filled += 2 + keyLength + length + 1
    store<u32>(keyed, filled, endAt)
  }
  store<u32>(answer, line)
  store<u32>(answer, filled, 4)
}

/** The key's length; 0 for what is not plain. */
function writeKey(from: usize, to: usize, key: usize, isDescending: bool): u32 {
  const sign = from < to ? load<u8>(from) : 0
  const packed = packDigits(sign == minus || sign == plus ? from + 1 : from, to, key + 1)
  if (packed < 0) return 0
  if (packed == 0) {
    store<u8>(key, isDescending ? ~zeroClass : zeroClass)
    return 1
  }
  if (exponent < leastExponent || exponent > mostExponent) return 0
  store<u8>(key, (firstClass + exponent - leastExponent) as u8)
  store<u8>(key + packed, 0, 1)
  const length = (packed + 2) as u32
  if ((sign == minus) != isDescending) for (let at: u32 = 0; at < length; at++) store<u8>(key + at, ~load<u8>(key + at))
  return length
}

/** Of what `packDigits` read: the number is 0.digits * 10^exponent. */
let exponent: i32 = 0

/** Two digits to a byte, 1 to 100, from the first that is no zero on to the last; how many bytes, or -1 for what is not plain. */
function packDigits(from: usize, to: usize, target: usize): i32 {
  let digits: u32 = 0
  let isAfterPoint = false
  let seen = false
  exponent = 0
  for (let at = from; at < to; at++) {
    const digit = load<u8>(at) - 48
    if (digit > 9) {
      if (isAfterPoint || load<u8>(at) != point) return -1
      isAfterPoint = true
      continue
    }
    seen = true
    if (digits == 0 && digit == 0) {
      if (isAfterPoint) exponent--
      continue
    }
    if (!isAfterPoint) exponent++
    const place = target + (digits >> 1)
    store<u8>(place, (digits & 1) == 0 ? 1 + 10 * digit : load<u8>(place) + digit)
    digits++
  }
  if (!seen) return -1
  let packed = ((digits + 1) >> 1) as i32
  while (packed > 0 && load<u8>(target + packed - 1) == 1) packed--
  return packed
}
