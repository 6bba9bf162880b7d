import { expect, test } from 'vitest'
import { listedNames } from './listedNames.ts'

test('names are listed as far as a person reads, with how many there are besides', () => {
  expect(listedNames(['a', 'b'])).toBe('a, b')
  expect(listedNames(Array.from({ length: 500 }, (_, n) => `c${n}`))).toMatch(/^c0, c1, .*, c11 and 488 more$/)
})
