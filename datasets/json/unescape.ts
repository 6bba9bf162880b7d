/** What a string's text says, its escapes undone, written to `at` of the same bytes; returns its end. It is never longer than the text. */
export function unescapeInto(bytes: Uint8Array, { start, end }: { start: number; end: number }, at: number): number {
  let to = at
  for (let from = start; from < end; from += 1) {
    if (bytes[from] !== 0x5c) {
      bytes[to++] = bytes[from] as number
      continue
    }
    from += 1
    const letter = bytes[from] as number
    if (letter !== 0x75) {
      bytes[to++] = plain[letter] ?? letter
      continue
    }
    const unit = hexAt(bytes, from + 1)
    from += 4
    const isPair = isHigh(unit) && bytes[from + 1] === 0x5c && bytes[from + 2] === 0x75 && isLow(hexAt(bytes, from + 3))
    if (isPair) {
      to = encode(bytes, to, 0x10000 + ((unit - 0xd800) << 10) + (hexAt(bytes, from + 3) - 0xdc00))
      from += 6
    } else to = encode(bytes, to, isHigh(unit) || isLow(unit) ? 0xfffd : unit)
  }
  return to
}

/** b f n r t; the others stand for themselves. */
const plain: Record<number, number> = { 0x62: 8, 0x66: 12, 0x6e: 10, 0x72: 13, 0x74: 9 }

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000
}

function hexAt(bytes: Uint8Array, at: number): number {
  let value = 0
  for (let digit = at; digit < at + 4; digit += 1) {
    const byte = bytes[digit] ?? 0
    value = value * 16 + (byte < 0x3a ? byte - 0x30 : (byte | 0x20) - 0x57)
  }
  return value
}

function encode(bytes: Uint8Array, at: number, point: number): number {
  if (point < 0x80) {
    bytes[at] = point
    return at + 1
  }
  const length = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
  for (let back = length - 1; back > 0; back -= 1)
    bytes[at + back] = 0x80 | ((point >> (6 * (length - 1 - back))) & 0x3f)
  bytes[at] = ([0, 0, 0xc0, 0xe0, 0xf0][length] ?? 0) | (point >> (6 * (length - 1)))
  return at + length
}
