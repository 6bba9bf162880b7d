/** Numbers of fields. What a mark means and which texts are numbers: see NumbersRequest in ../requests.ts. */

const isNothing: u8 = 0
const isInteger: u8 = 1
const isDecimal: u8 = 2
const isOther: u8 = 3
const isPadded: u8 = 4
const isText: u8 = 5

/** So many digits always fit a signed integer of 64 bits. */
const mostDigits: u32 = 18
/** Above these a quotient of mantissa and power of ten may be off by a rounding (Clinger 1990). */
const mostExact: u64 = 1 << 53
const mostScale: u32 = 22
const powers: StaticArray<f64> = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
]

const zero: u8 = 48
const plus: u8 = 43
const minus: u8 = 45
const eightZeros: u64 = 0x3030303030303030

let decimalMark: i32 = 0
let thousandsMark: i32 = 0

/** What `parse` found. */
let mantissa: u64 = 0
let scale: u32 = 0

export function parseNumbers(
  bytes: usize,
  starts: usize,
  ends: usize,
  first: u32,
  stride: u32,
  count: u32,
  decimal: i32,
  thousands: i32,
  marks: usize,
  scales: usize,
  mantissas: usize,
  values: usize,
): void {
  readAs(decimal, thousands)
  let field = (first as usize) << 2
  const step = (stride as usize) << 2
  for (let index: usize = 0; index < (count as usize); index++, field += step) {
    const from = bytes + load<u32>(starts + field)
    const to = bytes + load<u32>(ends + field)
    const sign = from < to ? load<u8>(from) : 0
    const digits = sign == minus || sign == plus ? from + 1 : from
    let mark = isNothing
    if (from < to) mark = parse(digits, to)
    const isExact = mark == isInteger || mark == isDecimal
    if (!isExact) {
      mantissa = 0
      scale = 0
    }
    const value = (mantissa as f64) / unchecked(powers[scale])
    store<u8>(marks + index, mark)
    store<u8>(scales + index, scale as u8)
    store<i64>(mantissas + (index << 3), sign == minus ? -(mantissa as i64) : (mantissa as i64))
    store<f64>(values + (index << 3), isExact ? (sign == minus ? -value : value) : NaN)
  }
}

/** How the numbers are written that `doubleOf` reads. */
export function readAs(decimal: i32, thousands: i32): void {
  decimalMark = decimal
  thousandsMark = thousands
}

/** The nearest double to what stands in [from, to), which is not empty; NaN where parseNumbers would mark neither integer nor decimal. */
export function doubleOf(from: usize, to: usize): f64 {
  const sign = load<u8>(from)
  const mark = parse(sign == minus || sign == plus ? from + 1 : from, to)
  if (mark != isInteger && mark != isDecimal) return NaN
  const value = (mantissa as f64) / unchecked(powers[scale])
  return sign == minus ? -value : value
}

function parse(from: usize, to: usize): u8 {
  if (to - from - 1 >= 8 || !parseShort(from, (to - from) as u32)) return parseAny(from, to)
  return load<u8>(from) == zero && to - from > 1 ? isPadded : isInteger
}

/** Of one to eight bytes, whether all are digits: eight at once, after D. Lemire, "Quickly parsing eight digits" (2018). */
function parseShort(from: usize, length: u32): bool {
  const bits = (length << 3) as u64
  const text = length == 8 ? load<u64>(from) : (load<u64>(from) << (64 - bits)) | (eightZeros >> bits)
  const high: u64 = 0xf0f0f0f0f0f0f0f0
  if ((text & high) != eightZeros || ((text + 0x0606060606060606) & high) != eightZeros) return false
  let value = text - eightZeros
  value = value * 10 + (value >> 8)
  mantissa =
    ((value & 0x000000ff000000ff) * 0x000f424000000064 + ((value >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >>
    32
  scale = 0
  return true
}

function parseAny(from: usize, to: usize): u8 {
  let at = passInteger(from, to)
  if (at == 0) return isText
  const isGrouped = wasGrouped
  const before = digitsBefore
  let isPoint = false
  if (at < to && (load<u8>(at) as i32) == decimalMark) {
    isPoint = true
    at = passFraction(at + 1, to)
  }
  if (before + scale == 0 || (isGrouped && isPoint && scale == 0)) return isText
  const isPower = at < to && !isGrouped && (load<u8>(at) | 32) == 101
  if (isPower) at = passPower(at + 1, to)
  if (at != to) return isText
  if (!isPoint && !isPower && before > 1 && load<u8>(from) == zero) return isPadded
  if (isPower || significant > mostDigits) return isOther
  if (!isPoint) return isInteger
  return scale > mostScale || (scale > 0 && mantissa > mostExact) ? isOther : isDecimal
}

/** Of the number being read: digits before the point, digits from the first on that is no zero, whether it has thousands marks. */
let digitsBefore: u32 = 0
let significant: u32 = 0
let wasGrouped: bool = false

function takeDigit(digit: u8): void {
  if (mantissa != 0 || digit != 0) significant++
  if (significant <= mostDigits) mantissa = mantissa * 10 + (digit as u64)
}

/** Behind the digits and thousands marks, 0 when a mark stands where none may. */
function passInteger(from: usize, to: usize): usize {
  mantissa = 0
  scale = 0
  significant = 0
  digitsBefore = 0
  wasGrouped = false
  let inGroup: u32 = 0
  let at = from
  for (; at < to; at++) {
    const digit = load<u8>(at) - zero
    if (digit <= 9) {
      takeDigit(digit)
      digitsBefore++
      inGroup++
    } else if ((load<u8>(at) as i32) == thousandsMark) {
      const mayStand = wasGrouped ? inGroup == 3 : inGroup >= 1 && inGroup <= 3 && load<u8>(from) != zero
      if (!mayStand) return 0
      wasGrouped = true
      inGroup = 0
    } else {
      break
    }
  }
  return wasGrouped && inGroup != 3 ? 0 : at
}

function passFraction(from: usize, to: usize): usize {
  let at = from
  for (; at < to; at++) {
    const digit = load<u8>(at) - zero
    if (digit > 9) break
    takeDigit(digit)
  }
  scale = (at - from) as u32
  return at
}

/** Behind the exponent's digits; where none stand, before its sign, which then is what no number ends in. */
function passPower(from: usize, to: usize): usize {
  let at = from
  if (at < to && (load<u8>(at) == plus || load<u8>(at) == minus)) at++
  const digits = at
  while (at < to && ((load<u8>(at) - zero) as u8) <= 9) at++
  return at == digits ? from - 1 : at
}

/** Count, least, greatest and sum of the integers: five words of 64 bits, the sum's lower one first. */
export function sumIntegers(marks: usize, mantissas: usize, count: u32, answer: usize): void {
  let found: u64 = 0
  let least: i64 = i64.MAX_VALUE
  let greatest: i64 = i64.MIN_VALUE
  let low: u64 = 0
  let high: i64 = 0
  for (let index: usize = 0; index < (count as usize); index++) {
    if (load<u8>(marks + index) != isInteger) continue
    const value = load<i64>(mantissas + (index << 3))
    found++
    least = min(least, value)
    greatest = max(greatest, value)
    low += value as u64
    high += (value >> 63) + (low < (value as u64) ? 1 : 0)
  }
  store<u64>(answer, found)
  store<i64>(answer, least, 8)
  store<i64>(answer, greatest, 16)
  store<u64>(answer, low, 24)
  store<i64>(answer, high, 32)
}
