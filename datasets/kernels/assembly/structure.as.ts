import { firstBits, matches, prefixXor } from './masks.as'

/**
 * Which delimiters and line ends of a block of 64 bytes stand outside quotes, and in which state the block ends. A quote opens a field
 * at its start only, a second one directly after a closing one goes on with the field, and any other quote outside is a byte like any
 * other. An escape makes the byte behind it ordinary, inside quotes only.
 */

/** The states of ../cellEffect.ts. Blocks begin and end in those from `atField` on, where `atField` is any field's start. */
export const atRecord: u32 = 0
export const afterReturn: u32 = 1
export const atField: u32 = 2
export const plain: u32 = 3
export const quoted: u32 = 4
export const quoteSeen: u32 = 5
export const quotedEscape: u32 = 6

export const lineFeed: u8 = 10
export const carriageReturn: u8 = 13

/** The rules; `setRules` sets them for the calls that follow. */
export let hasQuote: bool = false
export let hasEscape: bool = false
let delimiters: v128 = i8x16.splat(0)
export let quotes: v128 = i8x16.splat(0)
export let escapes: v128 = i8x16.splat(0)
const lineFeeds: v128 = i8x16.splat(lineFeed)
const carriageReturns: v128 = i8x16.splat(carriageReturn)

/** What `readBlock` found, as bits. A CR that an LF follows is no line end, for the LF is. */
export let lineEndBits: u64 = 0
/** Each LF and each CR. */
export let lineBits: u64 = 0
let markBits: u64 = 0
let quoteBits: u64 = 0
let escapeBits: u64 = 0

/** Where the reading stands. */
export let state: u32 = atField

/** `quote` and `escape` are -1 for none. */
export function setRules(delimiter: u8, quote: i32, escape: i32): void {
  hasQuote = quote >= 0
  hasEscape = escape >= 0
  delimiters = i8x16.splat(delimiter)
  quotes = i8x16.splat(quote as u8)
  escapes = i8x16.splat(escape as u8)
}

export function moveTo(to: u32): void {
  state = to
}

/** Reads the `count` (at most 64) bytes at `from`. `next` is the byte behind them or -1 when there is none. */
export function readBlock(from: usize, count: u32, next: i32): void {
  const valid = firstBits(count)
  const lineFeedBits = matches(from, lineFeeds) & valid
  const returnBits = matches(from, carriageReturns) & valid
  const beforeLineFeed = (lineFeedBits >> 1) | (next == lineFeed ? (1 as u64) << ((count - 1) as u64) : 0)
  lineEndBits = lineFeedBits | (returnBits & ~beforeLineFeed)
  lineBits = lineFeedBits | returnBits
  markBits = lineEndBits | (matches(from, delimiters) & valid)
  quoteBits = hasQuote ? matches(from, quotes) & valid : 0
  escapeBits = hasEscape ? matches(from, escapes) & valid : 0
}

/** Quotes and escapes: fields without any need no second look. */
export function oddBits(): u64 {
  return quoteBits | escapeBits
}

/** The delimiters and line ends of the block read last that stand outside quotes. Moves the state to the block's end. */
export function takeStructure(count: u32): u64 {
  if (escapeBits != 0 || state == quotedEscape) return stepThrough(count)
  if (quoteBits == 0) {
    if (state == quoted) return 0
    state = (markBits >> ((count - 1) as u64)) & 1 ? atField : plain
    return markBits
  }
  const inside = prefixXor(quoteBits) ^ (state == quoted ? u64.MAX_VALUE : 0)
  const found = markBits & ~inside
  const closing = quoteBits & ~inside
  const mayOpen = ((found | closing) << 1) | (state == atField || state == quoteSeen ? 1 : 0)
  if ((quoteBits & inside & ~mayOpen) != 0) return stepThrough(count)
  const last = (count - 1) as u64
  if ((inside >> last) & 1) state = quoted
  else if ((found >> last) & 1) state = atField
  else state = (closing >> last) & 1 ? quoteSeen : plain
  return found
}

/** The same where a quote stands astray or bytes are escaped: from one byte that may mean something to the next. */
function stepThrough(count: u32): u64 {
  let found: u64 = 0
  let behind: u32 = 0
  for (let left = markBits | quoteBits | escapeBits; left != 0; left &= left - 1) {
    const at = ctz(left) as u32
    if (at > behind) passOrdinary()
    const bit = left & (~left + 1)
    behind = at + 1
    if (state == quotedEscape) state = quoted
    else if ((quoteBits & bit) != 0) passQuote()
    else if ((escapeBits & bit) != 0) state = state == quoted ? quotedEscape : plain
    else if (state != quoted) {
      found |= bit
      state = atField
    }
  }
  if (behind < count) passOrdinary()
  return found
}

function passOrdinary(): void {
  state = state == quoted || state == quotedEscape ? quoted : plain
}

function passQuote(): void {
  if (state == atField || state == quoteSeen) state = quoted
  else if (state == quoted) state = quoteSeen
}
