import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { progression } from './progression.ts'

function termsOf([from, to, step]: readonly [number, number, number]): number[] {
  const { count, at } = progression({ from, to, step })
  return Array.from({ length: count }, (_, index) => at(index))
}

describe('a progression', () => {
  test.each([
    [
      [0, 9, 1],
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    ],
    [
      [0, 0.3, 0.1],
      [0, 0.1, 0.2, 0.3],
    ],
    [
      [1, 2, 0.25],
      [1, 1.25, 1.5, 1.75, 2],
    ],
    [
      [10, 1, -4],
      [10, 6, 2],
    ],
    [[5, 5, 1], [5]],
    [[0, 1, 3], [0]],
    [
      [-0.2, 0.2, 0.1],
      [-0.2, -0.1, 0, 0.1, 0.2],
    ],
    [
      [1e-300, 3e-300, 1e-300],
      [1e-300, 2e-300, 3e-300],
    ],
    [
      [1e300, 3e300, 1e300],
      [1e300, 2e300, 3e300],
    ],
    [
      [9007199254740990, 9007199254740994, 2],
      [9007199254740990, 9007199254740992, 9007199254740994],
    ],
    [[1, 5, 0], []],
    [[1, 5, -1], []],
    [[5, 1, 1], []],
  ] as const)('with from, to and step %j', (bounds, expected) => {
    expect(termsOf(bounds)).toEqual(expected)
  })

  test('has the doubles nearest to its decimal terms', () => {
    const cents = fc.integer({ min: -100_000, max: 100_000 })
    fc.assert(
      fc.property(cents, cents, fc.integer({ min: 1, max: 5000 }), (one, other, step) => {
        const [from, to] = one < other ? [one, other] : [other, one]
        const expected: number[] = []
        for (let term = from; term <= to; term += step) expected.push(Number(`${term}e-2`) + 0)
        expect(termsOf([from / 100, to / 100, step / 100])).toEqual(expected)
      }),
    )
  })
})
