/**
 * The segmented sieve of Eratosthenes on a wheel of 30: one byte holds the eight numbers of 30 that 2, 3 and 5 do not divide, a set bit
 * marks a composite. Each sieving prime strikes in eight strides, one per residue, each with a constant bit and a step of p bytes
 * (after the layout of primesieve). Multiples of 7, 11 and 13 come from a pattern that repeats every 1,001 bytes.
 */
const residues = [1, 7, 11, 13, 17, 19, 23, 29] as const
/** Fits the second-level cache together with the strides. */
const blockBytes = 128 * 1024
const patternPrimes = [7, 11, 13]
const patternPeriod = 7 * 11 * 13
const markOf = makeMarks()
const pattern = makePattern()
/** How many of a byte's bits are clear. */
const clearBits = new Uint8Array(256).fill(8)
for (let byte = 1; byte < 256; byte++) clearBits[byte] = clearBits[byte >> 1]! - (byte & 1)

/** Valid until the next block. `bytes[i]` stands for the numbers from `base + 30 i`. */
export interface PrimeBlock {
  small: number[]
  bytes: Uint8Array
  base: number
}

export class Sieve {
  readonly #primes: Int32Array
  /** Per prime eight offsets into the next block, one per residue. */
  readonly #next: Float64Array
  readonly #block = new Uint8Array(blockBytes)

  /** A sieve for numbers up to `largest`. */
  constructor(largest: number) {
    this.#primes = Int32Array.from(smallPrimes(Math.floor(Math.sqrt(largest)) + 1).filter((prime) => prime > 13))
    this.#next = new Float64Array(this.#primes.length * residues.length)
  }

  /** Counts the primes of [from, to], giving each block to `each` once it is sieved. */
  count(from: number, to: number, each: (block: PrimeBlock) => void = () => {}): number {
    let count = 0
    const small = [2, 3, 5].filter((prime) => prime >= from && prime <= to)
    count += small.length
    each({ small, bytes: this.#block.subarray(0, 0), base: 0 })
    const firstByte = Math.floor(from / 30)
    const endByte = Math.floor(to / 30) + 1
    this.#aim(firstByte)
    for (let byte = firstByte; byte < endByte; byte += blockBytes) {
      const bytes = this.#block.subarray(0, Math.min(blockBytes, endByte - byte))
      this.#strike(bytes, byte)
      clip(bytes, byte, { from, to })
      for (const marks of bytes) count += clearBits[marks]!
      each({ small: [], bytes, base: byte * 30 })
    }
    return count
  }

  /** Sets each prime's strides to its first multiples, from its square on, in or after `firstByte`. */
  #aim(firstByte: number): void {
    for (const [index, prime] of this.#primes.entries()) {
      for (const [place, residue] of residues.entries()) {
        // prime * (30 k + residue) stands in byte prime * k + floor(prime * residue / 30), for k from where it reaches the square.
        const offset = Math.floor((prime * residue) / 30)
        const fromSquare = Math.ceil((prime - residue) / 30)
        const fromBlock = Math.ceil((firstByte - offset) / prime)
        this.#next[index * residues.length + place] = prime * Math.max(fromSquare, fromBlock, 0) + offset - firstByte
      }
    }
  }

  #strike(bytes: Uint8Array, firstByte: number): void {
    const length = bytes.length
    const phase = firstByte % patternPeriod
    bytes.set(pattern.subarray(phase, phase + length))
    // The pattern strikes 7, 11 and 13 themselves; of the first eight numbers only 1 is no prime.
    if (firstByte === 0) bytes[0] = 1
    const next = this.#next
    for (let slot = 0; slot < next.length; slot++) {
      const start = next[slot]!
      next[slot] = start - blockBytes
      if (start >= length) continue
      const prime = this.#primes[slot >> 3]!
      const mark = markOf[((prime % 30) * residues[slot & 7]!) % 30]!
      let at = start | 0
      for (; at < length; at += prime) bytes[at]! |= mark
      next[slot] = at - blockBytes
    }
  }
}

/** The bit of each residue of 30, 0 for those that 2, 3 or 5 divide. */
function makeMarks(): Uint8Array {
  const marks = new Uint8Array(30)
  for (const [place, residue] of residues.entries()) marks[residue] = 1 << place
  return marks
}

function makePattern(): Uint8Array {
  const bytes = new Uint8Array(blockBytes + patternPeriod)
  for (const prime of patternPrimes) {
    for (let multiple = prime; multiple < bytes.length * 30; multiple += prime)
      bytes[Math.floor(multiple / 30)]! |= markOf[multiple % 30]!
  }
  return bytes
}

/** Marks what lies outside [from, to] as if it were composite. */
function clip(bytes: Uint8Array, firstByte: number, { from, to }: { from: number; to: number }): void {
  for (const [place, residue] of residues.entries()) {
    if (firstByte * 30 + residue < from) bytes[0]! |= 1 << place
    if ((firstByte + bytes.length - 1) * 30 + residue > to) bytes[bytes.length - 1]! |= 1 << place
  }
}

/** Visits the primes of a block, ascending. */
export function visitPrimes({ small, bytes, base }: PrimeBlock, visit: (prime: number) => void): void {
  for (const prime of small) visit(prime)
  for (let byte = 0; byte < bytes.length; byte++) {
    for (let clear = ~bytes[byte]! & 255; clear !== 0; clear &= clear - 1)
      visit(base + byte * 30 + residues[31 - Math.clz32(clear & -clear)]!)
  }
}

/** All primes up to `largest`, by the plain sieve. */
export function smallPrimes(largest: number): number[] {
  const composite = new Uint8Array(largest + 1)
  const primes: number[] = []
  for (let number = 2; number <= largest; number++) {
    if (composite[number] === 1) continue
    primes.push(number)
    for (let multiple = number * number; multiple <= largest; multiple += number) composite[multiple] = 1
  }
  return primes
}
