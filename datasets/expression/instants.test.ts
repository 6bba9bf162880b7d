import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { instantText, parseInstant, truncateInstant, truncations } from './instants.ts'

describe('dates and times in text', () => {
  test.each([
    ['2024-02-29', '2024-02-29'],
    ['2024-02-29 13:05', '2024-02-29T13:05:00Z'],
    ['2024-02-29T13:05:09.25', '2024-02-29T13:05:09.250Z'],
    ['2024-02-29T13:05:09,123456789Z', '2024-02-29T13:05:09.123Z'],
    ['2024-02-29T00:30:00+01:00', '2024-02-28T23:30:00Z'],
    ['2024-02-29T00:30:00 -0530', '2024-02-29T06:00:00Z'],
    ['3/4/2024', '2024-03-04'],
    ['12/31/2024 7:05', '2024-12-31T07:05:00Z'],
    ['2024/12/31', '2024-12-31'],
    ['Feb 29 2024', '2024-02-29'],
    ['sept. 1, 2024', '2024-09-01'],
    ['1-Jan-2000', '2000-01-01'],
    ['31 december 1999', '1999-12-31'],
    ['1/2/69', '1969-01-02'],
    ['12/31/68', '2068-12-31'],
    ['02.29.00', '2000-02-29'],
    ['01-02-99', '1999-01-02'],
    ['1-Jan-99', '1999-01-01'],
    ['29 feb 24', '2024-02-29'],
    ['1/2/2020 12:00:00 AM', '2020-01-02T00:00:00Z'],
    ['1/2/2020 12:30 PM', '2020-01-02T12:30:00Z'],
    ['1/2/20 11:59:59.5pm', '2020-01-02T23:59:59.500Z'],
    ['2020-01-02 1:05 am +02:00', '2020-01-01T23:05:00Z'],
    ['Jan 2, 2020, 3:07 PM', '2020-01-02T15:07:00Z'],
    ['3/4/2024 10:00:00Z', '2024-03-04T10:00:00Z'],
  ])('%s is %s', (text, expected) => {
    expect(instantText(parseInstant(text)!)).toBe(expected)
  })

  test('a day may come first when that is said', () => {
    expect(instantText(parseInstant('3/4/2024', 'day-first')!)).toBe('2024-04-03')
    expect(instantText(parseInstant('31.12.2024', 'day-first')!)).toBe('2024-12-31')
  })

  test.each([
    '',
    '2024',
    '2023-02-29',
    '2024-13-01',
    '2024-00-10',
    '2024-01-01T24:00',
    '2024-01-01T10:61',
    '1.2.3',
    '31/12/2024',
    '12-31/2024',
    'today',
    'Feb 30 2024',
    'Foo 1 2024',
    '1-Jan 2000x',
    '2024-01-01T10:00+99',
    '1.2.34',
    '1-2-34',
    '1/2/345',
    '1/2/3',
    '29/2/24',
    '2/29/23',
    '1-Jan-099',
    '1/2/20 0:30 AM',
    '1/2/20 13:00 PM',
    '1/2/20 3 PM',
    '1/2/20 3:07 XM',
  ])('%s is no date', (text) => {
    expect(parseInstant(text)).toBeNull()
  })

  test('by AM and PM are those of 24 hours', () => {
    const minute = fc.integer({ min: 0, max: 24 * 60 - 1 })
    fc.assert(
      fc.property(minute, fc.integer({ min: 1969, max: 2068 }), (at, year) => {
        const [hour, rest] = [Math.floor(at / 60), String(at % 60).padStart(2, '0')]
        const half = `${((hour + 11) % 12) + 1}:${rest} ${hour < 12 ? 'AM' : 'PM'}`
        const short = String(year % 100).padStart(2, '0')
        const ms = Date.UTC(year, 6, 31, hour, at % 60)
        expect(parseInstant(`7/31/${short} ${half}`)).toEqual({ type: 'timestamp', ms })
        expect(parseInstant(`31.07.${short} ${hour}:${rest}`, 'day-first')).toEqual({ type: 'timestamp', ms })
      }),
    )
  })

  test('come back from their text', () => {
    const ms = fc.integer({ min: Date.UTC(100, 0), max: Date.UTC(9999, 11, 31) })
    fc.assert(
      fc.property(ms, (at) => {
        expect(parseInstant(instantText({ type: 'timestamp', ms: at }))).toEqual({ type: 'timestamp', ms: at })
      }),
    )
  })

  test('begin no later than they are, and beginnings stay where they are', () => {
    const ms = fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(2100, 0) })
    fc.assert(
      fc.property(ms, fc.constantFrom(...truncations), (at, to) => {
        const start = truncateInstant(to, at)
        expect(start).toBeLessThanOrEqual(at)
        expect(truncateInstant(to, start)).toBe(start)
      }),
    )
  })
})
