import { expect, it } from 'vitest'
import { throttleByKey } from './throttle.ts'

it('acts at once, then at most once a rest, and once more for what came in between', () => {
  const acts: string[] = []
  const rests: (() => void)[] = []
  const call = throttleByKey(
    (key) => acts.push(key),
    500,
    (callback) => rests.push(callback),
  )
  const endRest = () => rests.shift()?.()
  call('a')
  call('a')
  call('a')
  call('b')
  expect(acts).toEqual(['a', 'b'])
  endRest()
  expect(acts).toEqual(['a', 'b', 'a'])
  endRest()
  endRest()
  expect(acts).toEqual(['a', 'b', 'a'])
  call('a')
  expect(acts).toEqual(['a', 'b', 'a', 'a'])
})
