import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nearestDouble, scaledDouble } from '../../tests/harness/doubles.ts'
import { ExactSum, readTotal, roundTotal, writeTotal } from './exactSum.ts'

function sumOf(values: number[]): bigint {
  const sum = new ExactSum()
  for (const value of values) sum.add(value)
  return sum.total()
}

const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
const small = fc.oneof(
  finite,
  fc.integer().map((value) => value / 10),
  fc.constantFrom(5e-324, -5e-324, 2 ** -1022, 1e308, -1e308),
)

describe('an exact sum', () => {
  test.each([
    [[], 0],
    [[0.1, 0.2], 0.30000000000000004],
    [Array.from({ length: 10 }, () => 0.1), 1],
    [[1e16, 1, -1e16], 1],
    [[1e308, 1e308, -1e308], 1e308],
    [[Number.MAX_VALUE, Number.MAX_VALUE], null],
    [[Number.MAX_VALUE, Number.MAX_VALUE, -Number.MAX_VALUE, -Number.MAX_VALUE], 0],
    [[5e-324, 5e-324], 1e-323],
    [[2 ** 53, 1], 2 ** 53],
    [[2 ** 53, 1, 5e-324], 2 ** 53 + 2],
    [[-1, 5e-324, 1], 5e-324],
  ])('of %j is %d', (values, expected) => {
    expect(roundTotal(sumOf(values))).toBe(expected)
  })

  test('is the sum of the doubles as integers, whatever their sizes', () => {
    fc.assert(
      fc.property(fc.array(small, { maxLength: 50 }), (values) => {
        const expected = values.reduce((total, value) => total + scaledDouble(value), 0n)
        expect(sumOf(values)).toBe(expected)
        expect(roundTotal(expected)).toBe(nearestDouble(expected))
      }),
      { numRuns: 300 },
    )
  })

  test('rounds to nearest and ties to even', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1n << 120n }), fc.nat(2000), (digits, shift) => {
        for (const total of [digits << BigInt(shift), (digits << 80n) + (1n << 79n), -(digits << BigInt(shift))])
          expect(roundTotal(total)).toBe(nearestDouble(total))
      }),
      { numRuns: 100 },
    )
  })

  test('of a few million numbers carries in time', () => {
    const sum = new ExactSum()
    for (let index = 0; index < 3_000_000; index++) sum.add(4_294_967_295)
    expect(sum.total()).toBe((3_000_000n * 4_294_967_295n) << 1074n)
  })

  test('reads back what it wrote', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(1n << 2100n), max: 1n << 2100n }), fc.nat(300), (total, zeros) => {
        const value = (total >> BigInt(zeros)) << BigInt(zeros)
        expect(readTotal(writeTotal(value))).toBe(value)
      }),
    )
    expect(writeTotal(0n)).toBe('0p0')
  })
})

test('adding a number so many times is adding it again and again', () => {
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true, max: 1e300, min: -1e300 }),
      fc.nat(1000),
      (value, times) => {
        const [one, other] = [new ExactSum(), new ExactSum()]
        one.addTimes(value, times)
        for (let time = 0; time < times; time++) other.add(value)
        expect(one.total()).toBe(other.total())
      },
    ),
  )
})
