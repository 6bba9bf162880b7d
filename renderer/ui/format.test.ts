import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFormat } from './format.ts'

const format = createFormat('en')

describe('format', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [8_400_000, '8.4 MB'],
    [123_456_789, '123 MB'],
    [999_999, '1 MB'],
    [5e15, '5,000 TB'],
  ])('writes %d bytes as %s', (value, text) => {
    expect(format.bytes(value)).toBe(text)
  })

  it.each([
    [0, '0'],
    [9.75, '9.75'],
    [0.0233472499, '0.0233472'],
    [44_002_085.163744524, '44,002,085'],
    [-1.5e-9, '-1.5E-9'],
    [1e300, '1E300'],
  ])('writes %d with few digits as %s', (value, text) => {
    expect(format.rounded(value)).toBe(text)
  })

  it.each([
    [0, '0%'],
    [0.000312, '0.0312%'],
    [0.996875, '99.7%'],
    [0.99999, '99.9%'],
    [1, '100%'],
  ])('writes a share of %d as %s: all only when it is all', (value, text) => {
    expect(format.share(value)).toBe(text)
  })

  it.each([
    [0, '0 ms'],
    [0.4234, '0.42 ms'],
    [640.4, '640 ms'],
    [999.7, '1 sec'],
    [12_400, '12 sec'],
    [59_990, '1 min'],
    [200_000, '3 min 20 sec'],
    [7_200_000, '2 hr'],
    [90_000_000, '1 day 1 hr'],
  ])('writes %d ms as %s', (value, text) => {
    expect(format.duration(value)).toBe(text)
  })

  it.each([
    [{ low: 21_000, high: 38_000 }, '20 – 40 sec'],
    [{ low: 300, high: 800 }, '0 – 1 sec'],
    [{ low: 3_000, high: 3_000 }, '3 sec'],
    [{ low: 130_000, high: 290_000 }, '2 – 5 min'],
    [{ low: 0, high: 0 }, '0 – 1 sec'],
  ])('writes a remaining range in one unit', (range, text) => {
    expect(format.remaining(range).replaceAll(/\s*–\s*/g, ' – ')).toBe(text)
  })

  it('gives a remaining range that contains the one it was given', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 59_000, noNaN: true }),
        fc.double({ min: 1, max: 3, noNaN: true }),
        (low, by) => {
          const figures =
            format
              .remaining({ low, high: low * by })
              .match(/\d+/g)
              ?.map(Number) ?? []
          const unit = format.remaining({ low, high: low * by }).includes('min') ? 60_000 : 1000
          expect((figures[0] ?? 0) * unit).toBeLessThanOrEqual(low + (figures.length === 1 ? unit : 0))
          expect((figures.at(-1) ?? 0) * unit).toBeGreaterThanOrEqual(low * by)
        },
      ),
    )
  })

  it('never shows 100 % of something unfinished', () => {
    expect(format.percent(0.9999)).toBe('99%')
    expect(format.percent(1)).toBe('100%')
    expect(format.percent(0.4349)).toBe('43%')
  })

  it('writes how long ago an instant was', () => {
    expect(format.ago(1_000_000 - 180_000, 1_000_000)).toBe('3 minutes ago')
    expect(format.ago(1_000_000 - 5_000, 1_000_000)).toBe('now')
  })

  it('follows the locale', () => {
    expect(createFormat('de').bytes(8_400_000)).toBe('8,4 MB')
    expect(createFormat('de').count(1_234_567)).toBe('1.234.567')
  })
})
