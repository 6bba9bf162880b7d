import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FrequentValues } from './frequent.ts'
import { ByteHash } from './hash.ts'
import { distinctStandardError, HyperLogLog } from './hyperLogLog.ts'
import { mergeMoments, momentsOf, noMoments, standardDeviation } from './moments.ts'
import { Quantiles, rankError } from './quantiles.ts'

/** Always the same numbers in [0, 1). */
function* chance(seed: number): Generator<number, never> {
  let state = seed
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    yield state / 2 ** 32
  }
}

function sketchOf(values: Iterable<string>): HyperLogLog {
  const [sketch, hash] = [new HyperLogLog(), new ByteHash()]
  for (const value of values) {
    const bytes = Buffer.from(value)
    hash.of(bytes, 0, bytes.length)
    sketch.add(hash.high, hash.low)
  }
  return sketch
}

const numbered = (count: number, prefix: string): string[] => Array.from({ length: count }, (_, n) => `${prefix}${n}`)

describe('how many different values there are', () => {
  test.each([0, 1, 10, 1000, 10_000, 100_000, 300_000])('%d are estimated within four standard errors', (count) => {
    const estimate = sketchOf(numbered(count, 'value ')).estimate()
    expect(Math.abs(estimate - count)).toBeLessThanOrEqual(4 * distinctStandardError * count)
  })

  test('the same whatever the order, the grouping and the repetitions', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (some, others) => {
        const merged = sketchOf(some)
        merged.merge(sketchOf(others))
        expect(merged.registers).toEqual(sketchOf([...others, ...some, ...others]).registers)
      }),
    )
  })
})

describe('quantiles', () => {
  const shares = [0, 0.01, 0.25, 0.5, 0.75, 0.99, 1]
  const orders: Record<string, (values: number[]) => number[]> = {
    'as chance has it': (values) => values,
    rising: (values) => values.toSorted((one, other) => one - other),
    falling: (values) => values.toSorted((one, other) => other - one),
    'rising and falling by turns': (values) =>
      values.toSorted((one, other) => one - other).map((_, at, all) => all[at % 2 === 0 ? at : all.length - at]!),
  }

  test.each(Object.keys(orders))('of values %s are within half of the stated error', (name) => {
    const random = chance(7)
    const values = orders[name]!(Array.from({ length: 200_000 }, () => Math.floor(random.next().value ** 3 * 1e6)))
    const parts = Array.from({ length: 64 }, (_, part) => {
      const sketch = new Quantiles()
      for (const value of values.slice(part * 3125, (part + 1) * 3125)) sketch.add(value)
      return sketch
    })
    // Along a tree, as cells are folded, through the form in which they travel.
    while (parts.length > 1) {
      const [one, other] = parts.splice(0, 2)
      const left = Quantiles.from(one!.state())
      left.merge(Quantiles.from(other!.state()))
      parts.push(left)
    }
    const sorted = values.toSorted((one, other) => one - other)
    for (const [at, answer] of parts[0]!.at(shares).entries()) {
      const below = sorted.findIndex((value) => value >= answer!) / sorted.length
      const upTo = (sorted.findLastIndex((value) => value <= answer!) + 1) / sorted.length
      const share = shares[at]!
      const off = share < below ? below - share : share > upTo ? share - upTo : 0
      expect(off).toBeLessThan(rankError / 2)
    }
  })

  test('of up to 512 values are exact, between neighbours on the line between them', () => {
    const few = new Quantiles()
    for (const value of [4, 1, 3, 2]) few.add(value)
    expect(few.at([0, 0.25, 0.5, 1])).toEqual([1, 1.75, 2.5, 4])
    expect(new Quantiles().at([0.5])).toEqual([null])
    const many = new Quantiles()
    for (let value = 512; value > 0; value--) many.add(value)
    expect(many.at([0.5])).toEqual([256.5])
  })

  test('a value that came many times stands for as many', () => {
    const sketch = new Quantiles()
    sketch.add(1, 900)
    sketch.add(2, 99)
    sketch.add(3)
    expect(sketch.count).toBe(1000)
    expect(sketch.at([0.5, 0.95, 1])).toEqual([1, 2, 3])
    expect(sketch.countsBelow([1, 2, 3, 4])).toEqual([0, 900, 999, 1000])
  })

  test('keep the count and need little room', () => {
    const sketch = new Quantiles()
    for (let value = 0; value < 1_000_000; value++) sketch.add(value)
    expect(sketch.count).toBe(1_000_000)
    expect(sketch.state().levels.flat().length).toBeLessThan(2000)
  })
})

describe('the most frequent values', () => {
  test('have bounds that hold, however they are grouped', () => {
    const random = chance(3)
    const values = Array.from({ length: 100_000 }, () => `v${Math.floor(1 / (random.next().value + 1e-5))}`)
    const truth = new Map<string, number>()
    for (const value of values) truth.set(value, (truth.get(value) ?? 0) + 1)
    const parts = Array.from({ length: 10 }, (_, part) => {
      const counted = new FrequentValues()
      for (const value of values.slice(part * 10_000, (part + 1) * 10_000)) counted.add(value)
      return FrequentValues.from(counted.state())
    })
    const [whole, ...others] = parts
    for (const other of others) whole!.merge(other)
    const { values: top, missed } = whole!.top(50)
    expect(missed).toBeLessThanOrEqual(values.length / 1000)
    expect(top[0]!.value).toBe('v1')
    for (const { value, count } of top) {
      expect(truth.get(value)).toBeGreaterThanOrEqual(count)
      expect(truth.get(value)).toBeLessThanOrEqual(count + missed)
    }
  })

  test('are exact while they are few, equal ones in the order of their text', () => {
    const few = new FrequentValues()
    for (const value of ['b', 'a', 'c', 'a', 'b']) few.add(value)
    expect(few.top(2)).toEqual({
      values: [
        { value: 'a', count: 2 },
        { value: 'b', count: 2 },
      ],
      missed: 0,
    })
  })
})

describe('mean and spread', () => {
  /** The spread is exactly 0.1 in each; what makes it hard is the size of the mean (NIST StRD, NumAcc2 to NumAcc4). */
  test.each([
    { name: 'NumAcc2', around: 1.2, step: 0.1, digits: 12 },
    { name: 'NumAcc3', around: 1000000.2, step: 0.1, digits: 9 },
    { name: 'NumAcc4', around: 10000000.2, step: 0.1, digits: 8 },
  ])('$name comes out to $digits digits', ({ around, step, digits }) => {
    const values = Float64Array.from({ length: 1001 }, (_, at) =>
      at === 0 ? around : around + (at % 2 === 1 ? -step : step),
    )
    const half = momentsOf(values, 500)
    const whole = mergeMoments(half, momentsOf(values.subarray(500), 501))
    expect(logError(whole.mean, around)).toBeGreaterThan(14)
    expect(logError(standardDeviation(whole)!, step)).toBeGreaterThan(digits)
  })

  test('of nothing, and of one value', () => {
    expect(mergeMoments(noMoments, momentsOf(Float64Array.of(5), 1))).toEqual({ count: 1, mean: 5, squares: 0 })
    expect(standardDeviation(noMoments)).toBeNull()
  })
})

/** How many decimal digits are right. */
function logError(value: number, truth: number): number {
  return value === truth ? 17 : -Math.log10(Math.abs(value - truth) / Math.abs(truth))
}
