import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPrime } from './millerRabin.ts'

function isPrimeByDivision(n: number): boolean {
  if (n < 2) return false
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false
  return true
}

describe('the primality test', () => {
  test('agrees with division for all small numbers', () => {
    for (let n = 0; n < 20_000; n++) expect([n, isPrime(n)]).toEqual([n, isPrimeByDivision(n)])
  })

  test('gives the same for a number and for the same as a big integer', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 50 - 1 }), (start) => {
        for (let n = start; n < start + 30; n++) expect([n, isPrime(n)]).toEqual([n, isPrime(BigInt(n))])
      }),
      { numRuns: 100 },
    )
  })

  test('agrees with division for numbers of 40 bits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2 ** 36, max: 2 ** 40 }), (n) => {
        expect(isPrime(n)).toBe(isPrimeByDivision(n))
      }),
      { numRuns: 20 },
    )
  })

  test('is not deceived by products of two primes', () => {
    const primes = Array.from({ length: 3000 }, (_, index) => 1_000_003 + index).filter(isPrimeByDivision)
    fc.assert(
      fc.property(fc.constantFrom(...primes), fc.constantFrom(...primes), (one, other) => {
        expect(isPrime(one * other)).toBe(false)
      }),
    )
  })

  // Strong pseudoprimes to the first 1, 2, … 11 prime bases (OEIS A014233), and Carmichael numbers.
  test.each([
    2047n,
    1373653n,
    25326001n,
    3215031751n,
    2152302898747n,
    3474749660383n,
    341550071728321n,
    3825123056546413051n,
    561n,
    41041n,
    825265n,
    321197185n,
    9746347772161n,
  ])('%d is composite', (n) => {
    expect(isPrime(n)).toBe(false)
    if (n < 2n ** 50n) expect(isPrime(Number(n))).toBe(false)
  })

  test.each([
    112272535095293n,
    112582705942171n,
    115280095190773n,
    1125899906842597n,
    9007199254740881n,
    9007199254740997n,
    18446744073709551557n,
    18446744073709551533n,
    9223372036854775783n,
  ])('%d is prime', (n) => {
    expect(isPrime(n)).toBe(true)
    if (n < 2n ** 50n) expect(isPrime(Number(n))).toBe(true)
  })

  test('the largest number within reach is composite', () => {
    expect(isPrime(2n ** 64n - 1n)).toBe(false)
  })
})
