/**
 * Many sums of doubles side by side, each without any rounding, in 16 bytes while that is enough: two doubles whose sum is the total, kept
 * exact by the error-free addition of D. Knuth (TAOCP 2, 4.2.2) and product of T. Dekker ("A floating-point technique for extending the
 * available precision", 1971). What two doubles cannot hold goes into an integer in units of 2^-2148, the smallest square of a double. So a
 * total is the same under any order and grouping.
 */
const smallestExponent = 2148
/** An integer up to here has a square that is a double. */
const mostExactRoot = 94_906_265
/** Between these the square of a double and what its rounding left are doubles. */
const mostQuickRoot = 2 ** 500
const leastQuickRoot = 2 ** -480
/** Far from what no double holds. */
const mostQuickInteger = 2 ** 1000
/** 2^27 + 1 cuts a double into halves. */
const cutter = 134_217_729

/** mantissa * 2^exponent. */
export interface ExactTotal {
  mantissa: bigint
  exponent: number
}

/** A total on its way to another place: what it is the sum of. */
export interface SumParts {
  high: number
  low: number
  /** In units of 2^-2148. */
  rest: bigint
}

export class ExactSums {
  #high = new Float64Array(16)
  #low = new Float64Array(16)
  readonly #rest = new Map<number, bigint>()

  /** Makes room for sums 0 to `count` - 1; new ones are 0. */
  grow(count: number): void {
    if (count <= this.#high.length) return
    const size = Math.max(count, this.#high.length * 2)
    this.#high = enlarged(this.#high, size)
    this.#low = enlarged(this.#low, size)
  }

  /** The sum where it is a double; else null. */
  double(place: number): number | null {
    return this.#low[place] === 0 && !this.#rest.has(place) ? this.#high[place]! : null
  }

  /** Adds a finite double to a sum. */
  add(place: number, value: number): void {
    const high = this.#high[place]!
    const sum = high + value
    const part = sum - high
    const left = high - (sum - part) + (value - part)
    if (left === 0) {
      this.#high[place] = sum
      return
    }
    const low = this.#low[place]!
    const lowSum = low + left
    const lowPart = lowSum - low
    // Not a number when anything has overflowed.
    if (low - (lowSum - lowPart) + (left - lowPart) === 0) {
      this.#high[place] = sum
      this.#low[place] = lowSum
    } else this.#addByIntegers(place, value)
  }

  /** Adds the square of a finite double. */
  addSquare(place: number, value: number): void {
    const size = Math.abs(value)
    const square = value * value
    if (size <= mostExactRoot && Number.isInteger(value)) this.add(place, square)
    else if (size > mostQuickRoot || size < leastQuickRoot)
      this.#addRest(place, (decoded(value).mantissa ** 2n) << squareShift(value))
    else {
      const cut = cutter * value
      const upper = cut - (cut - value)
      const lower = value - upper
      this.add(place, square)
      this.add(place, upper * upper - square + 2 * upper * lower + lower * lower)
    }
  }

  /** Adds an integer of any size, as doubles that make it up. */
  addInteger(place: number, value: bigint): void {
    for (let left = value; left !== 0n;) {
      const nearest = Number(left)
      if (Math.abs(nearest) > mostQuickInteger) {
        this.#addRest(place, left << BigInt(smallestExponent))
        return
      }
      this.add(place, nearest)
      left -= BigInt(nearest)
    }
  }

  parts(place: number): SumParts {
    return { high: this.#high[place]!, low: this.#low[place]!, rest: this.#rest.get(place) ?? 0n }
  }

  addParts(place: number, { high, low, rest }: SumParts): void {
    this.add(place, high)
    this.add(place, low)
    if (rest !== 0n) this.#addRest(place, rest)
  }

  total(place: number): ExactTotal {
    const rest = this.#rest.get(place)
    const high = decoded(this.#high[place]!)
    const low = decoded(this.#low[place]!)
    const nearest = low.mantissa === 0n ? high.exponent : Math.min(high.exponent, low.exponent)
    const exponent = rest === undefined ? nearest : -smallestExponent
    return { mantissa: unitsOf(high, exponent) + unitsOf(low, exponent) + (rest ?? 0n), exponent }
  }

  /** All sums are 0 again. */
  clear(): void {
    this.#high.fill(0)
    this.#low.fill(0)
    this.#rest.clear()
  }

  /** Two doubles do not hold it as they are: perhaps they do when they do not overlap; else an integer takes all. */
  #addByIntegers(place: number, value: number): void {
    const high = this.#high[place]!
    const low = this.#low[place]!
    const sum = high + low
    const left = low - (sum - high)
    const next = sum + value
    const part = next - sum
    const nextLeft = sum - (next - part) + (value - part)
    const lowSum = left + nextLeft
    const lowPart = lowSum - left
    const isExact = Math.abs(high) >= Math.abs(low) && left - (lowSum - lowPart) + (nextLeft - lowPart) === 0
    this.#high[place] = isExact ? next : 0
    this.#low[place] = isExact ? lowSum : 0
    if (!isExact) for (const each of [high, low, value]) this.#addRest(place, unitsOf(decoded(each), -smallestExponent))
  }

  #addRest(place: number, units: bigint): void {
    this.#rest.set(place, (this.#rest.get(place) ?? 0n) + units)
  }
}

function enlarged(array: Float64Array<ArrayBuffer>, size: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(size)
  larger.set(array)
  return larger
}

const double = new Float64Array(1)
const words = new Uint32Array(double.buffer)

function decoded(value: number): ExactTotal {
  double[0] = value
  const high = words[1]!
  const biased = (high >>> 20) & 0x7ff
  const top = (high & 0xfffff) + (biased === 0 ? 0 : 0x100000)
  const mantissa = BigInt(top) * 0x100000000n + BigInt(words[0]!)
  return { mantissa: high >>> 31 === 1 ? -mantissa : mantissa, exponent: Math.max(1, biased) - 1075 }
}

/** From the square of a mantissa to units of 2^-2148: no exponent is below -1074. */
function squareShift(value: number): bigint {
  return BigInt(2 * decoded(value).exponent + smallestExponent)
}

function unitsOf({ mantissa, exponent }: ExactTotal, unit: number): bigint {
  return mantissa === 0n ? 0n : mantissa << BigInt(exponent - unit)
}

/** The double nearest to a total divided by a positive integer; null when that is beyond the largest double. */
export function roundQuotient({ mantissa, exponent }: ExactTotal, divisor: bigint): number | null {
  const size = mantissa < 0n ? -mantissa : mantissa
  const { quotient, shift } = longQuotient(size, divisor)
  const value = scaled(Number(quotient), exponent - shift)
  if (!Number.isFinite(value)) return null
  return mantissa < 0n ? -value : value
}

/** A total that is an integer: as a number up to 2^53 - 1, as its digits beyond; null when it is none. */
export function wholeTotal({ mantissa, exponent }: ExactTotal): number | string | null {
  const whole = exponent < 0 ? mantissa >> BigInt(-exponent) : mantissa << BigInt(exponent)
  if (exponent < 0 && whole << BigInt(-exponent) !== mantissa) return null
  const value = Number(whole)
  return Number.isSafeInteger(value) ? value : whole.toString()
}

/** Of a sample, from the exact sums of its values and of their squares, rounded at the very end; null below two values. */
export function exactDeviation(count: number, sum: ExactTotal, squares: ExactTotal): number | null {
  if (count < 2) return null
  const n = BigInt(count)
  const exponent = Math.min(squares.exponent, 2 * sum.exponent)
  const spread = n * unitsOf(squares, exponent) - ((sum.mantissa ** 2n) << BigInt(2 * sum.exponent - exponent))
  // Half of an even exponent goes past the root.
  const even = exponent - (exponent % 2 === 0 ? 0 : 1)
  const { quotient, shift } = longQuotient(spread << BigInt(exponent - even), n * (n - 1n))
  return scaled(Math.sqrt(Number(quotient)), (even - shift) / 2)
}

/** size * 2^shift / divisor in 64 to 80 bits, of which the last one tells whether anything was cut off. */
function longQuotient(size: bigint, divisor: bigint): { quotient: bigint; shift: number } {
  const missing = 72 + 4 * (divisor.toString(16).length - size.toString(16).length)
  const shift = missing + Math.abs(missing % 2)
  const dividend = shift > 0 ? size << BigInt(shift) : size
  const by = shift < 0 ? divisor << BigInt(-shift) : divisor
  const quotient = dividend / by
  return { quotient: (quotient << 2n) | (quotient * by === dividend ? 0n : 1n), shift: shift + 2 }
}

/** In two steps, so that neither factor is out of range. */
function scaled(value: number, exponent: number): number {
  const half = Math.trunc(exponent / 2)
  return value * 2 ** half * 2 ** (exponent - half)
}
