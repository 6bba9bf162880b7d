import { describe, expect, it } from 'vitest'
import type { Delta } from '../../contract/api.ts'
import { createLiveStore, follow, type WatchedHost } from './live.ts'
import { aDelta, aSummary } from './testData.ts'

/** One life of a host as a watcher sees it: its process, and what it sends before the stream ends or breaks. */
interface Scene {
  pid: number
  deltas: Delta[]
  breaks?: boolean
}

/** Plays the scenes one after the other and stops the watch after the last. */
async function play(scenes: Scene[]) {
  const stop = new AbortController()
  const asked: (number | undefined)[] = []
  let at = -1
  const host: WatchedHost = {
    info: () => {
      at += 1
      return Promise.resolve({ pid: scenes[at]?.pid ?? 0 })
    },
    watch: ({ since }) => {
      asked.push(since)
      return Promise.resolve(stream(scenes[at] ?? { pid: 0, deltas: [] }))
    },
  }
  async function* stream({ deltas, breaks }: Scene) {
    yield* deltas
    if (at === scenes.length - 1) stop.abort()
    if (breaks === true) throw new Error('connection lost')
  }
  const store = createLiveStore()
  let watches = 0
  await follow(store, {
    host,
    signal: stop.signal,
    onApplied() {},
    onWatching: () => (watches += 1),
    wait: () => Promise.resolve(),
  })
  return { asked, watches, jobs: [...store.getState().jobs.keys()], sequence: store.getState().sequence }
}

const whole = (sequence: number, ...ids: string[]) =>
  aDelta(sequence, { whole: true, jobs: ids.map((id) => aSummary(id, {})) })

describe('following a host', () => {
  it('resumes after a loss by the last sequence number', async () => {
    const { asked, jobs } = await play([
      { pid: 1, deltas: [whole(5, 'a'), aDelta(6, { jobs: [aSummary('b', {})] })], breaks: true },
      { pid: 1, deltas: [aDelta(9, { removed: ['a'] })] },
    ])
    expect(asked).toEqual([undefined, 6])
    expect(jobs).toEqual(['b'])
  })

  it('asks for everything anew when another host answers', async () => {
    const { asked, jobs } = await play([
      { pid: 1, deltas: [whole(5, 'a')] },
      { pid: 2, deltas: [whole(1, 'c')] },
    ])
    expect(asked).toEqual([undefined, undefined])
    expect(jobs).toEqual(['c'])
  })

  it('asks for everything anew when a delta is missing', async () => {
    const { asked, sequence } = await play([
      { pid: 1, deltas: [whole(5, 'a'), aDelta(7, {})] },
      { pid: 1, deltas: [whole(8, 'a')] },
    ])
    expect(asked).toEqual([undefined, undefined])
    expect(sequence).toBe(8)
  })

  it('has everything else read again whenever a watch begins', async () => {
    expect(
      (
        await play([
          { pid: 1, deltas: [whole(1)] },
          { pid: 1, deltas: [] },
        ])
      ).watches,
    ).toBe(2)
  })
})
