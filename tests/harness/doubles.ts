/** Doubles as exact integers, by plain arithmetic: the oracle of sums. */

/** A double as an integer in units of 2^-1074, by arithmetic that shares nothing with the accumulator. */
export function scaledDouble(value: number): bigint {
  let [mantissa, exponent] = [value, 0]
  while (!Number.isInteger(mantissa)) {
    // Below 2^-1022 doubling is exact too.
    mantissa *= 2
    exponent += 1
  }
  return BigInt(mantissa) << BigInt(1074 - exponent)
}

/** The nearest double by comparing both neighbours, ties to the even one. */
export function nearestDouble(total: bigint): number | null {
  const size = total < 0n ? -total : total
  if (size >= scaledDouble(Number.MAX_VALUE) + (1n << (970n + 1074n))) return null
  let [low, high] = [0n, 0x7fefffffffffffffn]
  while (low < high) {
    const middle = (low + high + 1n) / 2n
    if (scaledDouble(fromBits(middle)) <= size) low = middle
    else high = middle - 1n
  }
  const below = scaledDouble(fromBits(low))
  const above = low === 0x7fefffffffffffffn ? below + (1n << (971n + 1074n)) : scaledDouble(fromBits(low + 1n))
  const isUp = size - below > above - size || (size - below === above - size && low % 2n === 1n)
  const value = fromBits(isUp ? low + 1n : low)
  return total < 0n ? -value : value
}

function fromBits(bits: bigint): number {
  return new Float64Array(new BigUint64Array([bits]).buffer)[0]!
}
