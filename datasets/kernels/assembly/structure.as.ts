import { firstBits, matches, prefixXor } from './masks.as'

/**
 * Which delimiters and line ends of a block of 64 bytes stand outside quotes, and in which state the block ends. A quote opens a field
 * at its start only, a second one directly after a closing one goes on with the field, and any other quote outside is a byte like any
 * other. An escaped byte is a byte like any other everywhere; of an escaped CR LF both are.
 */

/** After a delimiter or a line end: a quote opens. */
export const atStart: u32 = 0
export const inPlain: u32 = 1
export const inQuotes: u32 = 2
/** After a quote that closed, unless another quote follows. */
export const afterQuote: u32 = 3

export const lineFeed: u8 = 10
export const carriageReturn: u8 = 13

/** The dialect; `setDialect` sets it for the calls that follow. */
export let hasQuote: bool = false
export let hasEscape: bool = false
let delimiters: v128 = i8x16.splat(0)
export let quotes: v128 = i8x16.splat(0)
export let escapes: v128 = i8x16.splat(0)
const lineFeeds: v128 = i8x16.splat(lineFeed)
const carriageReturns: v128 = i8x16.splat(carriageReturn)

/** What `readBlock` found: bits of the bytes that are not escaped. */
export let delimiterBits: u64 = 0
export let lineEndBits: u64 = 0
export let quoteBits: u64 = 0
/** Bits of quotes and escapes, escaped ones too: fields without any need no second look. */
export let oddBits: u64 = 0

/** Carried from block to block. */
export let state: u32 = atStart
export let escapesNext: bool = false
export let escapedReturn: bool = false

/** `quote` and `escape` are -1 for none. */
export function setDialect(delimiter: u8, quote: i32, escape: i32): void {
  hasQuote = quote >= 0
  hasEscape = escape >= 0
  delimiters = i8x16.splat(delimiter)
  quotes = i8x16.splat(quote as u8)
  escapes = i8x16.splat(escape as u8)
}

export function enter(from: u32): void {
  state = from
  escapesNext = false
  escapedReturn = false
}

/** Another state at the same place. */
export function moveTo(to: u32): void {
  state = to
}

/**
 * Reads the `count` (at most 64) bytes at `from`. A CR that an LF follows is no line end, for the LF is. `next` is the byte behind them
 * or -1 when there is none.
 */
export function readBlock(from: usize, count: u32, next: i32): void {
  const valid = firstBits(count)
  let lineFeedBits = matches(from, lineFeeds) & valid
  let returnBits = matches(from, carriageReturns) & valid
  delimiterBits = matches(from, delimiters) & valid
  quoteBits = hasQuote ? matches(from, quotes) & valid : 0
  oddBits = quoteBits
  const beforeLineFeed = (lineFeedBits >> 1) | (next == lineFeed ? (1 as u64) << ((count - 1) as u64) : 0)
  if (hasEscape) {
    const escaped = takeEscaped(matches(from, escapes) & valid, returnBits, lineFeedBits, count)
    lineFeedBits &= ~escaped
    returnBits &= ~escaped
    delimiterBits &= ~escaped
    quoteBits &= ~escaped
  }
  lineEndBits = lineFeedBits | (returnBits & ~beforeLineFeed)
}

/** The bytes that an escape before them makes ordinary. */
function takeEscaped(escapeBits: u64, returnBits: u64, lineFeedBits: u64, count: u32): u64 {
  oddBits |= escapeBits
  const last = (1 as u64) << ((count - 1) as u64)
  let escaped: u64 = escapesNext ? 1 : 0
  let left = escapeBits & ~escaped
  escapesNext = false
  while (left != 0) {
    const escape = left & (~left + 1)
    if (escape == last) escapesNext = true
    else escaped |= escape << 1
    left &= ~(escape | (escape << 1))
  }
  const escapedReturns = escaped & returnBits
  escaped |= ((escapedReturns << 1) | (escapedReturn ? 1 : 0)) & lineFeedBits
  escapedReturn = (escapedReturns & last) != 0
  return escaped
}

/** The delimiters and line ends of the block read last that stand outside quotes. Moves the state to the block's end. */
export function takeStructure(count: u32): u64 {
  const marks = delimiterBits | lineEndBits
  if (quoteBits == 0) {
    if (state == inQuotes) return 0
    state = (marks >> ((count - 1) as u64)) & 1 ? atStart : inPlain
    return marks
  }
  const inside = prefixXor(quoteBits) ^ (state == inQuotes ? u64.MAX_VALUE : 0)
  const found = marks & ~inside
  const closing = quoteBits & ~inside
  const mayOpen = ((found | closing) << 1) | (state == atStart || state == afterQuote ? 1 : 0)
  if ((quoteBits & inside & ~mayOpen) != 0) return stepThrough(marks, count)
  const last = (count - 1) as u64
  if ((inside >> last) & 1) state = inQuotes
  else if ((found >> last) & 1) state = atStart
  else state = (closing >> last) & 1 ? afterQuote : inPlain
  return found
}

/** The same where a quote stands astray: from one quote, delimiter or line end to the next. */
function stepThrough(marks: u64, count: u32): u64 {
  let found: u64 = 0
  let behind: u32 = 0
  for (let left = marks | quoteBits; left != 0; left &= left - 1) {
    const at = ctz(left) as u32
    if (at > behind) leaveForOrdinary()
    const bit = left & (~left + 1)
    if ((quoteBits & bit) != 0) {
      if (state == atStart || state == afterQuote) state = inQuotes
      else if (state == inQuotes) state = afterQuote
    } else if (state != inQuotes) {
      found |= bit
      state = atStart
    }
    behind = at + 1
  }
  if (behind < count) leaveForOrdinary()
  return found
}

function leaveForOrdinary(): void {
  if (state != inQuotes) state = inPlain
}
