import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPrime } from './millerRabin.ts'
import { segmentsOf } from './segments.ts'
import { Sieve, smallPrimes, visitPrimes } from './sieve.ts'

function listed(from: number, to: number): number[] {
  const primes: number[] = []
  const count = new Sieve(to).count(from, to, (block) => visitPrimes(block, (prime) => primes.push(prime)))
  expect(count).toBe(primes.length)
  return primes
}

function tested(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index).filter((number) => isPrime(number))
}

describe('the sieve', () => {
  test('finds the same primes as the plain one', () => {
    expect(listed(0, 200_000)).toEqual(smallPrimes(200_000))
  })

  test('finds the primes of any small range', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(300), (from, length) => {
        expect(listed(from, from + length)).toEqual(tested(from, from + length))
      }),
      { numRuns: 300 },
    )
  })

  test('finds the primes of ranges far out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1e9, max: 1e12 - 3000 }), (from) => {
        expect(listed(from, from + 3000)).toEqual(tested(from, from + 3000))
      }),
      { numRuns: 8 },
    )
    expect(listed(1e12 - 1000, 1e12)).toEqual(tested(1e12 - 1000, 1e12))
  })

  test('goes from block to block', () => {
    const [from, to] = [3_900_000, 12_000_000]
    expect(new Sieve(to).count(from, to)).toBe(new Sieve(to).count(0, to) - new Sieve(from).count(0, from - 1))
    expect(new Sieve(10_000_000).count(0, 10_000_000)).toBe(664_579)
  })

  test('counts 5,761,455 primes below 10^8', () => {
    expect(new Sieve(1e8).count(0, 1e8)).toBe(5_761_455)
  })
})

describe('segments', () => {
  test('cover a range without gaps, at most 4,096 of them and none shorter than the square root of its end', () => {
    const edge = fc.integer({ min: 0, max: 1e12 })
    fc.assert(
      fc.property(edge, edge, (one, other) => {
        const [from, to] = one < other ? [one, other] : [other, one]
        const { count, span } = segmentsOf({ from, to })
        expect(count).toBeLessThanOrEqual(4096)
        expect(span % 30).toBe(0)
        expect(span).toBeGreaterThanOrEqual(Math.sqrt(to))
        expect(from + count * span).toBeGreaterThan(to)
        expect(from + (count - 1) * span).toBeLessThanOrEqual(to)
      }),
    )
  })
})
