import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteSink, doubleAt } from './byteSink.ts'
import { ByteTable } from '../../datasets/bytes/byteTable.ts'
import { compareDecimals, longDecimal } from './decimalText.ts'
import { compareBytes } from './keptValues.ts'
import { MinHeap } from './minHeap.ts'

const finite = fc.double({ noNaN: true, noDefaultInfinity: true })

function written(value: number): Uint8Array {
  const sink = new ByteSink()
  sink.double(value)
  return sink.bytes.slice(0, sink.length)
}

describe('doubles as bytes', () => {
  test('compare as they do and come back as they were, zero without its sign', () => {
    fc.assert(
      fc.property(finite, finite, (one, other) => {
        const [left, right] = [written(one), written(other)]
        const sign = compareBytes(left, { start: 0, end: 8 }, { bytes: right, start: 0, end: 8 })
        expect(Math.sign(sign)).toBe(Math.sign(one < other ? -1 : one > other ? 1 : 0))
        expect(doubleAt(left, 0)).toBe(one + 0)
      }),
    )
  })
})

describe('numbers too long for a double', () => {
  const digits = fc.tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: -20, max: 20 }))
  const literal = (mantissa: bigint, exponent: number) => `${mantissa}e${exponent}`

  test('compare by their values', () => {
    fc.assert(
      fc.property(digits, digits, ([one, e], [other, f]) => {
        const difference = one * 10n ** BigInt(e + 20) - other * 10n ** BigInt(f + 20)
        const expected = difference < 0n ? -1 : difference > 0n ? 1 : 0
        expect(Math.sign(compareDecimals(literal(one, e), literal(other, f)))).toBe(expected)
      }),
    )
  })

  test('have one spelling each, whatever zeros, sign and exponent they are written with', () => {
    fc.assert(
      fc.property(digits, fc.integer({ min: 0, max: 8 }), ([mantissa, exponent], zeros) => {
        const plain = longDecimal(literal(mantissa, exponent))
        const sign = mantissa < 0n ? '-' : '+'
        const size = `${mantissa}`.replace('-', '')
        expect(longDecimal(`${sign}${'0'.repeat(zeros)}${size}${'0'.repeat(zeros)}e${exponent - zeros}`)).toBe(plain)
        if (plain !== null) expect(compareDecimals(plain, literal(mantissa, exponent))).toBe(0)
      }),
    )
  })

  test.each([
    ['1234567890123456', '1234567890123456'],
    ['-0.12345678901234567', '-0.12345678901234567'],
    ['1234567890123456789e3', '1234567890123456789000'],
    ['1.2345678901234567e-3', '0.0012345678901234567'],
    ['100000000000000000000', null],
    ['123456789012345', null],
    ['0.000000000000000000001', null],
  ])('%s is %s', (text, expected) => {
    expect(longDecimal(text)).toBe(expected)
  })
})

test('a table gives equal bytes one number, in the order in which they first come, also when it is used again', () => {
  const table = new ByteTable()
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 9 }), { maxLength: 3000 }), (texts) => {
      table.clear()
      const known = new Map<string, number>()
      for (const text of texts) {
        if (!known.has(text)) known.set(text, known.size)
        const bytes = Buffer.from(`<${text}>`)
        expect(table.numberOf(bytes, 1, bytes.length - 1)).toBe(known.get(text))
      }
      expect(table.size).toBe(known.size)
      for (const [text, entry] of known)
        expect(Buffer.from(table.bytes.subarray(table.startOf(entry), table.endOf(entry))).toString()).toBe(text)
    }),
    { numRuns: 30 },
  )
})

test('a table grows with what is put into it', () => {
  const table = new ByteTable()
  for (let round = 0; round < 2; round++)
    for (let value = 0; value < 20_000; value++) {
      const bytes = Buffer.from(`value ${value}`)
      expect(table.numberOf(bytes, 0, bytes.length)).toBe(value)
    }
})

test('a heap gives what is put into it in order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (values) => {
      const heap = new MinHeap<number>((one, other) => one - other)
      for (const value of values) heap.push(value)
      const taken = values.map(() => heap.pop())
      expect(taken).toEqual(values.toSorted((one, other) => one - other))
      expect(heap.pop()).toBeUndefined()
    }),
  )
})
