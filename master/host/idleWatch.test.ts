import { expect, test } from 'vitest'
import { makeIdleWatch } from './idleWatch.ts'

test('a host may end only after being idle without a break', () => {
  let now = 0
  const watch = makeIdleWatch(20_000, () => now)
  const look = (at: number, busy: boolean) => {
    now = at
    return watch.look(busy)
  }
  expect(look(0, false)).toBe(false)
  expect(look(19_999, true)).toBe(false)
  expect(look(25_000, false)).toBe(false)
  expect(look(44_999, false)).toBe(false)
  expect(look(45_000, false)).toBe(true)
})
