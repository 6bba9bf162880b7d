import fc from 'fast-check'
import { expect, test } from 'vitest'
import { likePattern } from './like.ts'

test('a pattern means what its regular expression means', () => {
  const letters = fc.array(fc.constantFrom('a', 'b', '%', '_', '😀'), { maxLength: 8 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(letters, letters, (text, pattern) => {
      const regular = new RegExp(`^${pattern.replaceAll('%', '[^]*').replaceAll('_', '[^]')}$`, 'u')
      expect(likePattern(pattern)(text)).toBe(regular.test(text))
    }),
    { numRuns: 2000 },
  )
})

test('a hard pattern takes no longer than text times pattern', () => {
  expect(likePattern(`${'%a'.repeat(1000)}b`)('a'.repeat(20_000))).toBe(false)
})
