import fc from 'fast-check'
import { expect, test } from 'vitest'
import { numberReader } from './values.ts'

const plain = { decimal: '.', thousands: '', dayFirst: false } as const

function read(text: string, notation: Parameters<typeof numberReader>[0] = plain): number | null {
  const bytes = Buffer.from(` ${text} `)
  return numberReader(notation)(bytes, 1, bytes.length - 1)
}

test('a number is the double nearest to its text, however many digits it has', () => {
  const digits = fc.stringMatching(/^[+-]?\d{1,12}(\.\d{0,12})?(e[+-]?\d{1,2})?$/)
  fc.assert(
    fc.property(digits, (text) => {
      expect(read(text)).toBe(Number(text))
    }),
  )
})

test.each([
  ['.5', 0.5],
  ['5.', 5],
  ['-0', -0],
  [' 1 ', 1],
  ['.', null],
  ['-', null],
  ['', null],
  ['1.2.3', null],
  ['1e999', null],
  ['1,5', null],
  ['0x10', null],
])('%j is %s', (text, value) => {
  expect(read(text)).toBe(value)
})

test('marks are those of the table', () => {
  const notation = { decimal: ',', thousands: '.', dayFirst: false } as const
  expect(read('1.234,5', notation)).toBe(1234.5)
  expect(read('-0,25', notation)).toBe(-0.25)
  expect(read('1234', notation)).toBe(1234)
})
