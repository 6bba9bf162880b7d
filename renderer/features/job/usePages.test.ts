import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { pageOffset, pageRows } from './usePages.ts'

it('a page holds every row in sight, wherever one has scrolled to', () => {
  fc.assert(
    fc.property(fc.nat(1_000_000), fc.integer({ min: 0, max: 40 }), (first, seen) => {
      const offset = pageOffset(first, first + seen)
      expect(offset).toBeLessThanOrEqual(first)
      expect(offset + pageRows).toBeGreaterThan(first + seen)
    }),
  )
})
