/**
 * The Miller-Rabin test, made exact by its bases: no composite below 3,317,044,064,679,887,385,961,981 passes for the first 13 primes,
 * none below 3,825,123,056,546,413,051 for the first 9, and so none below 2^64 for the first 12 (J. Sorenson and J. Webster, "Strong
 * pseudoprimes to twelve prime bases", 2015; Y. Jiang and Y. Deng, "Strong pseudoprimes to the first eight prime bases", 2014).
 */
const bases = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37] as const
const basesBelow2to50 = bases.slice(0, 9)

/** Below this, products of two residues are exact as a pair of doubles (see `multiply`). */
const doublesEnd = 2 ** 50

/** For integers from 0 to 2^64 - 1. */
export function isPrime(n: number | bigint): boolean {
  const small = Number(n)
  for (const prime of bases) {
    if (small === prime) return true
    if (typeof n === 'bigint' ? n % BigInt(prime) === 0n : remainder(n, prime) === 0) return false
  }
  if (small < 41 * 41) return small > 1
  return small < doublesEnd ? passesInDoubles(small) : passes(BigInt(n))
}

/** n - floor(n / by) * by: for large doubles much faster than `%`. */
function remainder(n: number, by: number): number {
  return n - Math.floor(n / by) * by
}

function passesInDoubles(n: number): boolean {
  let odd = n - 1
  let twos = 0
  for (; remainder(odd, 2) === 0; odd /= 2) twos += 1
  return basesBelow2to50.every((base) => {
    let power = raise(base, odd, n)
    if (power === 1 || power === n - 1) return true
    for (let squared = 1; squared < twos; squared++) {
      power = multiply(power, power, n)
      if (power === n - 1) return true
    }
    return false
  })
}

function raise(base: number, exponent: number, n: number): number {
  let result = 1
  let square = base
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (remainder(left, 2) === 1) result = multiply(result, square, n)
    square = multiply(square, square, n)
  }
  return result
}

/** Splits a double into two halves of at most 26 bits (T. J. Dekker, "A floating-point technique for extending precision", 1971). */
const splitter = 2 ** 27 + 1

/** a * b modulo n for integers below n < 2^50: both products as a double and its exact error, so that their difference is exact. */
function multiply(a: number, b: number, n: number): number {
  const product = a * b
  const quotient = Math.floor(product / n)
  const back = quotient * n
  const rest = product - back + (errorOf(a, b, product) - errorOf(quotient, n, back))
  // The quotient, rounded twice, may be one off.
  if (rest < 0) return rest + n
  return rest >= n ? rest - n : rest
}

function errorOf(a: number, b: number, product: number): number {
  const aTimes = splitter * a
  const aHigh = aTimes - (aTimes - a)
  const aLow = a - aHigh
  const bTimes = splitter * b
  const bHigh = bTimes - (bTimes - b)
  const bLow = b - bHigh
  return aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow
}

function passes(n: bigint): boolean {
  let odd = n - 1n
  let twos = 0
  for (; odd % 2n === 0n; odd /= 2n) twos += 1
  return bases.every((base) => {
    let power = raiseBig(BigInt(base), odd, n)
    if (power === 1n || power === n - 1n) return true
    for (let squared = 1; squared < twos; squared++) {
      power = (power * power) % n
      if (power === n - 1n) return true
    }
    return false
  })
}

function raiseBig(base: bigint, exponent: bigint, n: bigint): bigint {
  let result = 1n
  let square = base % n
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % n
    square = (square * square) % n
  }
  return result
}
