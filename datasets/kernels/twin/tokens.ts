import { type TokensAnswer, type TokensRequest, lineFeed, mostTokenBytes } from '../requests.ts'

/** Byte by byte, with the same table: slots of four doubles, of which the last is how often the token was met. */
const wordsPerSlot = 8
const doublesPerSlot = 4

export function countTokens(request: TokensRequest): TokensAnswer {
  const { input, from, length, others, capacity, slots } = request
  const { bytes } = input
  const isInside = request.isWords ? isOfWord : isVisible
  const answer: TokensAnswer = { consumed: from, lines: 0, size: request.size, others: 0 }
  while (answer.consumed < length && answer.size < slots / 2 && answer.others < capacity) {
    const start = answer.consumed
    let end = start
    while (end < length && isInside(bytes[end]!)) end++
    if (end === start) {
      if (bytes[start] === lineFeed) answer.lines++
      answer.consumed++
      continue
    }
    if (end - start > mostTokenBytes) others.words.set([start, end], 2 * answer.others++)
    else answer.size += add(request, bytes.subarray(start, end))
    answer.consumed = end
  }
  return answer
}

function isOfWord(byte: number): boolean {
  const lower = byte | 0x20
  return byte >= 128 || byte === 39 || (byte >= 48 && byte <= 57) || (lower >= 97 && lower <= 122)
}

function isVisible(byte: number): boolean {
  return byte !== 32 && (byte < 9 || byte > 13)
}

/** 1 when the token was not known. */
function add({ isWords, table, slots }: TokensRequest, token: Uint8Array): number {
  const key = new Uint8Array(mostTokenBytes)
  for (const [index, byte] of token.entries()) key[index] = isWords && byte >= 65 && byte <= 90 ? byte | 0x20 : byte
  const words = new Uint32Array(key.buffer)
  let slot = words.reduce((hash, word) => Math.imul(hash ^ word ^ (hash >>> 15), 0x01000193), token.length)
  for (; ; slot++) {
    slot &= slots - 1
    const at = slot * wordsPerSlot
    const times = table.doubles[slot * doublesPerSlot + 3]!
    const isKnown =
      table.words[at + 4] === token.length && words.every((word, index) => table.words[at + index] === word)
    if (times > 0 && !isKnown) continue
    table.words.set(words, at)
    table.words[at + 4] = token.length
    table.doubles[slot * doublesPerSlot + 3] = times + 1
    return times === 0 ? 1 : 0
  }
}
