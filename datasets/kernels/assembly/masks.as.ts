/**
 * Sixty-four bytes as bits: bit k tells of byte k. The technique is that of simdjson (Langdale, Lemire: Parsing Gigabytes of JSON per
 * Second, 2019).
 */

/** Which of the 64 bytes at `from` are `byte`. */
export function matches(from: usize, byte: v128): u64 {
  return (
    (i8x16.bitmask(i8x16.eq(v128.load(from), byte)) as u64) |
    ((i8x16.bitmask(i8x16.eq(v128.load(from, 16), byte)) as u64) << 16) |
    ((i8x16.bitmask(i8x16.eq(v128.load(from, 32), byte)) as u64) << 32) |
    ((i8x16.bitmask(i8x16.eq(v128.load(from, 48), byte)) as u64) << 48)
  )
}

/** The bits of the first `count` bytes, all from 64 on. */
export function firstBits(count: u32): u64 {
  return count >= 64 ? u64.MAX_VALUE : ((1 as u64) << (count as u64)) - 1
}

/** Each bit is the exclusive or of all bits up to it: between two quotes, the first included and the second not, it is set. */
export function prefixXor(bits: u64): u64 {
  bits ^= bits << 1
  bits ^= bits << 2
  bits ^= bits << 4
  bits ^= bits << 8
  bits ^= bits << 16
  return bits ^ (bits << 32)
}

/** Where `byte` stands first in [from, to), else `to`. Reads up to 15 bytes beyond. */
export function find(from: usize, to: usize, byte: v128): usize {
  for (; from < to; from += 16) {
    const bits = i8x16.bitmask(i8x16.eq(v128.load(from), byte))
    if (bits != 0) return min(from + (ctz(bits) as usize), to)
  }
  return to
}

/** Where `one` or `other` stands first in [from, to), else `to`. Reads up to 15 bytes beyond. */
export function findEither(from: usize, to: usize, one: v128, other: v128): usize {
  for (; from < to; from += 16) {
    const bytes = v128.load(from)
    const bits = i8x16.bitmask(v128.or(i8x16.eq(bytes, one), i8x16.eq(bytes, other)))
    if (bits != 0) return min(from + (ctz(bits) as usize), to)
  }
  return to
}
