import { expect, test } from 'vitest'
import { isInUse, makeIdleWatch, untilIdle } from './idleWatch.ts'

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

test.each([
  [true, 0, true],
  [false, 1, true],
  [false, 0, false],
])('busy %s with %s connected is in use: %s', (busy, clients, expected) => {
  expect(isInUse({ busy, clients })).toBe(expected)
})

test('it is waited for as long as somebody is connected, and no longer than the signal says', async () => {
  let clients = 1
  let looks = 0
  const seen = Promise.withResolvers<void>()
  const inUse = () => {
    if (++looks === 20) seen.resolve()
    return isInUse({ busy: false, clients })
  }
  let over = false
  const waiting = untilIdle(inUse, 8, new AbortController().signal).then(() => (over = true))
  await seen.promise
  expect(over, 'twenty looks are five times as long as it waits when alone').toBe(false)
  clients = 0
  await waiting
  const stop = new AbortController()
  const endless = untilIdle(() => true, 8, stop.signal)
  stop.abort()
  await endless
})
