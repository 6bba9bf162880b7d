import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { expect, it } from 'vitest'
import { createRefresh } from './refresh.ts'

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

it('news that come while a reading is under way lead to another one after it', async () => {
  const queries = new QueryClient({ defaultOptions: { queries: { networkMode: 'always' } } })
  const readings: ((value: string) => void)[] = []
  const observer = new QueryObserver(queries, {
    queryKey: ['job', 'a', 'detail'],
    queryFn: () => new Promise<string>((resolve) => readings.push(resolve)),
  })
  const stop = observer.subscribe(() => {})
  const rests: (() => void)[] = []
  const refresh = createRefresh(queries, (callback) => rests.push(callback))

  refresh(['job', 'a'])
  expect(readings.length, 'the one under way goes on').toBe(1)
  readings[0]?.('before the news')
  await settled()
  rests.shift()?.()
  await settled()
  expect(readings.length).toBe(2)
  readings[1]?.('after the news')
  await settled()
  expect(observer.getCurrentResult().data).toBe('after the news')

  rests.shift()?.()
  await settled()
  expect(readings.length, 'without news nothing is read').toBe(2)
  stop()
  queries.clear()
})
