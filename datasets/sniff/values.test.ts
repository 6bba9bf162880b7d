import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseInstant } from '../expression/instants.ts'
import { columnType, notationOf, typeOf } from './values.ts'

const plain = { decimal: '.', thousands: '' } as const

describe('what values look like', () => {
  test('whatever is told to be a date or a time is read as one', () => {
    const digits = fc.integer({ min: 0, max: 2100 }).map(String)
    const part = fc.oneof(digits, fc.constantFrom('Jan', 'sept', '01', '09', 'May', 'abc', '99'))
    const mark = fc.constantFrom('/', '-', '.', ' ', ', ', ':', 'T', ' PM', ' am', 'Z')
    const text = fc.array(fc.oneof(part, mark), { minLength: 3, maxLength: 12 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, fc.boolean(), (value, dayFirst) => {
        const type = typeOf(value, { ...plain, dayFirst })
        const found = parseInstant(value, dayFirst ? 'day-first' : 'month-first')
        expect(found?.type ?? 'text').toBe(type === 'date' || type === 'timestamp' ? type : 'text')
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    [['1/2/99', '12/31/03'], 'date'],
    [['1/2/99 3:07 PM', '12/31/03 12:00 am'], 'timestamp'],
    [['31.12.99', '01.02.03'], 'date'],
    // Dates of which some cannot be read in the order of the others are no dates.
    [['13/01/2024', '01/13/2024'], 'text'],
    [['1.2.34', '1.10.12'], 'text'],
    [['12 abc 2000'], 'text'],
    [['1-Jan-099'], 'text'],
  ])('%j are of type %s', (values, type) => {
    expect(columnType(values, notationOf(values, ','))).toBe(type)
  })
})
