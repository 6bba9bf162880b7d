import { expect, test } from 'vitest'
import { makeCrashWatch } from './crashes.ts'

test('a page that has gone is loaded again, but not for ever', () => {
  const watch = makeCrashWatch()
  expect([0, 1000, 2000, 3000].map((now) => watch.gone('crashed', now))).toEqual([true, true, true, false])
  expect(watch.gone('crashed', 70_000)).toBe(true)
})

test('a page that has ended as asked is not loaded again', () => {
  expect(makeCrashWatch().gone('clean-exit', 0)).toBe(false)
})
