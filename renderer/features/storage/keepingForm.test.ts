import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readKeeping, textsOf } from './keepingForm.ts'

describe('how long jobs are kept', () => {
  it('comes back from what is shown as it was', () => {
    const keeping = fc.record({
      keepDays: fc.option(fc.integer({ min: 1, max: 36_500 })),
      keepBytes: fc.option(fc.integer({ min: 1000, max: 10 ** 15 })),
    })
    fc.assert(
      fc.property(keeping, (each) => {
        expect(readKeeping(textsOf(each))).toEqual({ keeping: each, wrong: [] })
      }),
    )
  })

  it('is without limit where nothing is typed', () => {
    expect(readKeeping({ days: ' ', gigabytes: '' }).keeping).toEqual({ keepDays: null, keepBytes: null })
  })

  it('takes a decimal comma', () => {
    expect(readKeeping({ days: '', gigabytes: '1,5' }).keeping).toEqual({ keepDays: null, keepBytes: 1_500_000_000 })
  })

  it('names each field that holds no limit', () => {
    for (const days of ['0', '-1', '1.5', 'x', '1e3', '99999'])
      expect(readKeeping({ days, gigabytes: '1' })).toEqual({ keeping: null, wrong: ['days'] })
    for (const gigabytes of ['0', '0.0000000001', 'much', '-2'])
      expect(readKeeping({ days: '0', gigabytes }).wrong).toEqual(['days', 'gigabytes'])
  })
})
