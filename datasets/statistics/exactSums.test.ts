import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ExactSum, roundTotal } from './exactSum.ts'
import { ExactSums, exactDeviation, roundQuotient } from './exactSums.ts'

const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
const near = fc.oneof(
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((value) => value / 100),
  fc.constantFrom(0.1, 1e300, -1e300, 1e-300, 5e-324, 2 ** 53, 1),
  finite,
)

function sumsOf(values: readonly number[]): ExactSums {
  const sums = new ExactSums()
  for (const value of values) sums.add(0, value)
  return sums
}

function sum(values: readonly number[]): number | null {
  return roundQuotient(sumsOf(values).total(0), 1n)
}

function oracle(values: readonly number[]): bigint {
  const exact = new ExactSum()
  for (const value of values) exact.add(value)
  return exact.total()
}

function deviation(values: readonly number[]): number | null {
  const squares = new ExactSums()
  for (const value of values) squares.addSquare(0, value)
  return exactDeviation(values.length, sumsOf(values).total(0), squares.total(0))
}

describe('sums side by side', () => {
  test('are rounded once, as the wide sum of one is', () => {
    fc.assert(
      fc.property(fc.array(near, { maxLength: 200 }), (values) => {
        expect(sum(values)).toEqual(roundTotal(oracle(values)))
      }),
    )
  })

  test('come out the same in whatever groups and order values are added', () => {
    fc.assert(
      fc.property(fc.array(near, { maxLength: 60 }), fc.array(near, { maxLength: 60 }), (some, others) => {
        const parted = sumsOf(some)
        parted.addParts(0, sumsOf(others).parts(0))
        expect(roundQuotient(parted.total(0), 7n)).toEqual(
          roundQuotient(sumsOf([...others, ...some].toReversed()).total(0), 7n),
        )
      }),
    )
  })

  test('hold each its own, and are 0 once cleared', () => {
    const sums = new ExactSums()
    sums.grow(1000)
    sums.add(999, 1e308)
    sums.add(999, 1e308)
    sums.add(3, 2)
    expect(roundQuotient(sums.total(3), 1n)).toBe(2)
    expect(roundQuotient(sums.total(999), 1n)).toBeNull()
    expect(roundQuotient(sums.total(999), 2n)).toBe(1e308)
    sums.clear()
    expect(roundQuotient(sums.total(999), 1n)).toBe(0)
  })

  test('divide to the nearest double', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 1_000_000 }), (value, by) => {
        expect(roundQuotient(sumsOf([value]).total(0), BigInt(by))).toBe(value / by + 0)
      }),
    )
  })
})

describe('the standard deviation', () => {
  test.each([
    [[10_000_001, 10_000_003, 10_000_002], 1],
    [[1e200, -1e200], Math.SQRT2 * 1e200],
    [[1e-200, -1e-200], Math.SQRT2 * 1e-200],
    [[0.1, 0.1, 0.1], 0],
    [[1e300, 1e300], 0],
  ])('of %j is %d', (values, expected) => {
    const found = deviation(values)!
    expect(Math.abs(found - expected)).toBeLessThanOrEqual(expected * 2 ** -51)
  })

  test('is null of one value', () => {
    expect(deviation([5])).toBeNull()
  })

  test('loses no digits far away from zero', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 50 }), (values) => {
        expect(deviation(values.map((value) => value + 2 ** 50))).toBe(deviation(values))
      }),
    )
  })
})
