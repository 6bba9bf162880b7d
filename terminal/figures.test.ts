import { expect, test } from 'vitest'
import { count, duration, durationRange, printable, size } from './figures.ts'
import { pairs, table, widthOf } from './table.ts'

test('numbers have thousands marks', () => {
  expect([count(5_761_455), count(-1234.5), count(0)]).toEqual(['5,761,455', '-1,234.5', '0'])
})

test('sizes are in units of 1024', () => {
  expect([0, 1023, 1536, 8 * 1024 ** 2, 250 * 1024 ** 3].map(size)).toEqual([
    '0 B',
    '1023 B',
    '1.5 KiB',
    '8.0 MiB',
    '250 GiB',
  ])
})

test('durations never say sixty', () => {
  const shown = [0.26, 12, 999, 1000, 59_949, 59_951, 119_600, 3_599_600, 3_720_000].map(duration)
  expect(shown).toEqual([
    '0.3 ms',
    '12 ms',
    '999 ms',
    '1.0 s',
    '59.9 s',
    '1 min 00 s',
    '2 min 00 s',
    '1 h 00 min',
    '1 h 02 min',
  ])
})

test('a range of durations is in one unit', () => {
  expect(durationRange({ low: 4100, high: 5900 })).toBe('4 to 6 s')
  expect(durationRange({ low: 100_000, high: 200_000 })).toBe('1 to 4 min')
  expect(durationRange({ low: 1000, high: 1000 })).toBe('1 s')
})

test('foreign text cannot move the cursor or turn the writing around', () => {
  expect(printable('a\u001B[2Jb\nc\u202Ed\u009Be')).toBe('a\\u{1b}[2Jb\\nc\\u{202e}d\\u{9b}e')
  expect(printable('wörter 字')).toBe('wörter 字')
})

test('columns stand under their heads, numbers to the right, wide characters counted twice', () => {
  expect(widthOf('字a')).toBe(3)
  const text = table(
    ['word', 'count'],
    [
      ['the', 1200],
      ['字', 3],
      ['x', null],
    ],
  )
  expect(text).toBe('word  count\nthe   1,200\n字        3\nx         -')
})

test('pairs stand under each other', () => {
  expect(
    pairs([
      ['a', 1],
      ['long', 'x'],
    ]),
  ).toBe('a     1\nlong  x')
})
