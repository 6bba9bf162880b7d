import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { DecimalKeys } from './decimalKey.ts'

function keyOf(literal: string, descending = false): Uint8Array | string {
  const keys = new DecimalKeys(descending)
  const text = Buffer.from(`(${literal})`)
  return keys.read(text, 1, text.length - 1) ?? keys.bytes.slice(0, keys.length)
}

function compare(one: string, other: string, descending = false): number {
  return Math.sign(Buffer.compare(keyOf(one, descending) as Uint8Array, keyOf(other, descending) as Uint8Array))
}

/** The oracle: integer * 10^exponent, compared as integers of any size. */
interface Decimal {
  integer: bigint
  exponent: number
}

function compareExactly(one: Decimal, other: Decimal): number {
  const least = Math.min(one.exponent, other.exponent)
  const [left, right] = [one, other].map(({ integer, exponent }) => integer * 10n ** BigInt(exponent - least))
  return left! < right! ? -1 : Number(left! > right!)
}

const decimal = fc.record({
  integer: fc.oneof(fc.bigInt({ min: -100n, max: 100n }), fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n })),
  exponent: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -400, max: 400 })),
})

/** The same value written in another way. */
function literalOf({ integer, exponent }: Decimal, way: number): string {
  const sign = integer < 0n ? '-' : way % 2 === 0 ? '' : '+'
  const digits = `${integer < 0n ? -integer : integer}`
  const padded = `${'0'.repeat(way % 3)}${digits}${'0'.repeat(way % 5)}`
  const places = exponent - (way % 5)
  if (way % 4 !== 0) return ` ${sign}${padded}${way % 7 === 0 ? '.' : ''}e${places}\t`
  const at = way % (padded.length + 1)
  return `${sign}${padded.slice(0, at)}.${padded.slice(at)}E${places + padded.length - at >= 0 ? '+' : ''}${places + padded.length - at}`
}

test('keys are in the order of the exact values, however they are written', () => {
  fc.assert(
    fc.property(decimal, decimal, fc.nat(1000), fc.nat(1000), (one, other, way, otherWay) => {
      const expected = compareExactly(one, other)
      expect(compare(literalOf(one, way), literalOf(other, otherWay))).toBe(expected)
      expect(compare(literalOf(one, way), literalOf(other, otherWay), true)).toBe(0 - expected)
      expect(compare(literalOf(one, way), literalOf(one, otherWay))).toBe(0)
    }),
    { numRuns: 2000 },
  )
})

test('integers that no double tells apart are told apart', () => {
  expect(Number('12345678901234567890')).toBe(Number('12345678901234567891'))
  expect(compare('12345678901234567890', '12345678901234567891')).toBe(-1)
  expect(compare('-1e400', '-1e399')).toBe(-1)
  expect(compare('1e-400', '0')).toBe(1)
  expect(compare('-0', '0.00e7')).toBe(0)
})

test('what is no decimal literal has no key but a reason', () => {
  expect(['', ' ', '\t'].map((text) => keyOf(text))).toEqual(Array(3).fill('blank line'))
  const others = ['-', '.', '+.', 'e5', '1e', '1e+', '1e5x', '1 2', '0x10', '1_000', '1.2.3', 'NaN', 'Infinity', '--1']
  expect(others.map((text) => keyOf(text))).toEqual(others.map(() => 'not a number'))
  expect(keyOf('1e1234567890123456')).toBe('a number whose exponent is too large')
  expect(keyOf('1e000000000000000000001')).toEqual(keyOf('10'))
})
