/**
 * The CRC-32 of two texts, one after the other, from the CRC-32 of each: zlib's crc32_combine (Mark Adler), in the field of polynomials
 * over GF(2) modulo the reflected 0xedb88320. So the checksum of a file that many have written is known from those of its parts.
 */
const polynomial = 0xedb88320
const topBit = 0x80000000

/** x^(2^k), by k: squared again and again. They repeat after 32. */
const squares = makeSquares()

export function combineCrc32(first: number, second: number, secondBytes: number): number {
  return (multiply(powerOf(secondBytes * 8), first) ^ second) >>> 0
}

/** x^n. */
function powerOf(n: number): number {
  let power = topBit
  for (let k = 0, left = n; left > 0; k += 1, left = Math.floor(left / 2))
    if (left % 2 === 1) power = multiply(squares[k & 31]!, power)
  return power
}

function multiply(one: number, other: number): number {
  let product = 0
  let factor = other
  for (let bit = topBit; bit !== 0; bit >>>= 1) {
    if ((one & bit) !== 0) product ^= factor
    factor = factor & 1 ? (factor >>> 1) ^ polynomial : factor >>> 1
  }
  return product >>> 0
}

function makeSquares(): Uint32Array {
  const powers = new Uint32Array(32)
  // x itself: the highest bit stands for 1.
  powers[0] = topBit >>> 1
  for (let k = 1; k < powers.length; k += 1) powers[k] = multiply(powers[k - 1]!, powers[k - 1]!)
  return powers
}
