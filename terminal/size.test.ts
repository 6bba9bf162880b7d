import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseCount, parseSize } from './size.ts'

test.each([
  ['1', 1],
  ['64K', 65_536],
  ['8m', 8_388_608],
  ['2G', 2_147_483_648],
])('%s bytes are %i', (text, bytes) => {
  expect(parseSize(text, 'bytes')).toBe(bytes)
})

test.each(['', '0', '0K', '-1', '1.5M', '1T', '1KB', 'M', ' 1', '99999999999999999999'])('"%s" is no size', (text) => {
  expect(parseSize(text, 'bytes')).toBeUndefined()
})

test('items are counted without K, M or G', () => {
  expect(parseSize('12', 'items')).toBe(12)
  expect(parseSize('1K', 'items')).toBeUndefined()
})

test('a count is taken between its bounds and nowhere else', () => {
  fc.assert(
    fc.property(fc.integer({ min: -100, max: 200 }), (value) => {
      expect(parseCount(String(value), [1, 64])).toBe(value >= 1 && value <= 64 ? value : undefined)
    }),
  )
  expect(parseCount('4.0', [1, 64])).toBeUndefined()
  expect(parseCount('1e1', [1, 64])).toBeUndefined()
})
