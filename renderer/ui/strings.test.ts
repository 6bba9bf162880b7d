import { expect, it } from 'vitest'
import { estimated } from './strings.ts'

it.each([
  [1, 'about 1 line'],
  [60, 'about 60 lines'],
  [199_997, 'about 200,000 lines'],
  [6_049_000, 'about 6,000,000 lines'],
])('an estimate of %d is told in two digits', (count, text) => {
  expect(estimated(count, 'line')).toBe(text)
})
