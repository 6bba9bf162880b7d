/**
 * Sums of doubles without any rounding: a fixed-point number wide enough for every double, after R. M. Neal, "Fast Exact Summation
 * Using Small and Large Superaccumulators" (2015). The total is an integer in units of 2^-1074, the smallest double, so that it comes
 * out the same under any order and grouping; only `roundTotal` rounds, once, to nearest and ties to even.
 */
const smallestExponent = 1074
const limbBits = 32
const limbBase = 2 ** limbBits
/** The largest double ends 2,098 bits above the smallest: 66 limbs, and two for carries. */
const limbCount = 68
/** Each addition puts less than 2^32 into a limb: so many of them stay below 2^53. */
const addsBetweenCarries = 2 ** 20

export class ExactSum {
  readonly #limbs = new Float64Array(limbCount)
  readonly #double = new Float64Array(1)
  readonly #words = new Uint32Array(this.#double.buffer)
  #uncarried = 0

  /** Adds a finite double. */
  add(value: number): void {
    this.#double[0] = value
    const low = this.#words[0] ?? 0
    const high = this.#words[1] ?? 0
    const exponent = (high >>> 20) & 0x7ff
    const top = exponent === 0 ? high & 0xfffff : (high & 0xfffff) | 0x100000
    const bit = exponent === 0 ? 0 : exponent - 1
    const limb = bit >>> 5
    const shift = bit & 31
    const sign = high >>> 31 === 1 ? -1 : 1
    const limbs = this.#limbs
    limbs[limb] = limbs[limb]! + sign * ((low << shift) >>> 0)
    limbs[limb + 1] = limbs[limb + 1]! + sign * (((shift === 0 ? 0 : low >>> (32 - shift)) | (top << shift)) >>> 0)
    if (shift > 11) limbs[limb + 2] = limbs[limb + 2]! + sign * (top >>> (32 - shift))
    if (++this.#uncarried === addsBetweenCarries) this.#carry()
  }

  /** Adds a finite double so many times: twice as much for each bit of that, which no doubling rounds. */
  addTimes(value: number, times: number): void {
    let doubled = value
    for (let left = times; left > 0; left = Math.floor(left / 2)) {
      if (left % 2 === 1) this.add(doubled)
      doubled *= 2
    }
  }

  /** In units of 2^-1074. */
  total(): bigint {
    this.#carry()
    return this.#limbs.reduceRight((total, limb) => (total << 32n) + BigInt(limb), 0n)
  }

  #carry(): void {
    this.#uncarried = 0
    let carry = 0
    for (let index = 0; index < limbCount - 1; index++) {
      const sum = this.#limbs[index]! + carry
      carry = Math.floor(sum / limbBase)
      this.#limbs[index] = sum - carry * limbBase
    }
    this.#limbs[limbCount - 1] = this.#limbs[limbCount - 1]! + carry
  }
}

/** An integer as a total. */
export function totalOf(value: bigint): bigint {
  return value << BigInt(smallestExponent)
}

/** A total that is an integer: as a number up to 2^53 - 1, as its digits beyond; null when it is none. */
export function wholeOf(total: bigint): number | string | null {
  const whole = total >> BigInt(smallestExponent)
  if (totalOf(whole) !== total) return null
  const value = Number(whole)
  return Number.isSafeInteger(value) ? value : whole.toString()
}

/** One spelling per total: a sign, hexadecimal digits without zeros at the end, `p` and how many zeros those were. */
export function writeTotal(total: bigint): string {
  const digits = total.toString(16)
  const kept = digits.replace(/0+$/, '')
  return kept === '' || kept === '-' ? '0p0' : `${kept}p${digits.length - kept.length}`
}

export function readTotal(text: string): bigint {
  const [digits = '', zeros = ''] = text.split('p')
  const negative = digits.startsWith('-')
  const size = BigInt(`0x${negative ? digits.slice(1) : digits}`) << BigInt(4 * Number(zeros))
  return negative ? -size : size
}

/** The double nearest to a total; null when that is beyond the largest double. */
export function roundTotal(total: bigint): number | null {
  const size = total < 0n ? -total : total
  const bits = size.toString(2).length
  // 64 bits and one that tells whether anything was cut off round as the whole does; below that nothing is cut.
  const cut = Math.max(0, bits - 64)
  const kept = cut === 0 ? size : ((size >> BigInt(cut)) << 1n) | (size & ((1n << BigInt(cut)) - 1n) ? 1n : 0n)
  const exponent = cut === 0 ? -smallestExponent : cut - 1 - smallestExponent
  // Scaling in two steps keeps both factors in range; neither rounds, since a total of over 53 bits is a normal number.
  const half = Math.trunc(exponent / 2)
  const value = Number(kept) * 2 ** half * 2 ** (exponent - half)
  if (!Number.isFinite(value)) return null
  return total < 0n ? -value : value
}
