import { expect, test } from 'vitest'
import { StoreError } from '../store/store.ts'
import { Insistence } from './insist.ts'

const full = new StoreError('full', 'no room')

/** An insistence whose pauses are named signals: each one ends when the test says so. */
function makeInsistence() {
  const told: (string | null)[] = []
  const pauses: number[] = []
  const waiting: (() => void)[] = []
  const whiles = new Set<() => void>()
  const insistence = new Insistence({
    onHeldUp: (why) => told.push(why),
    later: (act) => {
      whiles.add(act)
      return () => whiles.delete(act)
    },
    pause: (ms, signal) =>
      new Promise((resolve, reject) => {
        pauses.push(ms)
        waiting.push(resolve)
        signal.addEventListener('abort', () => reject(signal.reason as Error))
      }),
  })
  const passWhile = () => {
    for (const act of whiles) act()
    whiles.clear()
  }
  const pauseBegun = async (): Promise<() => void> => {
    for (;;) {
      const end = waiting.shift()
      if (end !== undefined) return end
      await Promise.resolve()
    }
  }
  return { insistence, told, pauses, pauseBegun, passWhile }
}

/** Refuses as often as told, then gives 'done'. */
function refusing(...errors: Error[]): () => Promise<string> {
  return async () => {
    const error = errors.shift()
    if (error !== undefined) throw error
    return 'done'
  }
}

test('what a full disk refuses is tried again with longer and longer pauses, and told once', async () => {
  const { insistence, told, pauses, pauseBegun, passWhile } = makeInsistence()
  const done = insistence.until(refusing(...Array.from({ length: 7 }, () => full)))
  for (let pause = 0; pause < 7; pause += 1) {
    const end = await pauseBegun()
    expect(insistence.heldUp).toBe(true)
    end()
  }
  expect(await done).toBe('done')
  expect(insistence.heldUp).toBe(true)
  passWhile()
  expect(insistence.heldUp).toBe(false)
  expect(pauses).toEqual([100, 200, 400, 800, 1600, 2000, 2000])
  expect(told).toEqual([expect.stringContaining('free disk space'), null])
})

test('a busy database and a file system without room are waited for too', async () => {
  for (const error of [new StoreError('busy', 'locked'), Object.assign(new Error('mkdir'), { code: 'ENOSPC' })]) {
    const { insistence, told, pauseBegun, passWhile } = makeInsistence()
    const done = insistence.until(refusing(error))
    ;(await pauseBegun())()
    expect(await done).toBe('done')
    passWhile()
    expect(told).toHaveLength(2)
  }
})

test('room for a moment is not told as mended: what is refused again in a while was never over', async () => {
  const { insistence, told, pauseBegun, passWhile } = makeInsistence()
  for (let time = 0; time < 3; time += 1) {
    const done = insistence.until(refusing(full))
    ;(await pauseBegun())()
    await done
  }
  expect(told).toHaveLength(1)
  await insistence.until(refusing())
  passWhile()
  expect(told).toEqual([expect.any(String), null])
})

test('what waiting cannot mend is thrown at once', async () => {
  for (const error of [new StoreError('corrupt', 'damaged'), new TypeError('a bug')]) {
    const { insistence, told } = makeInsistence()
    await expect(insistence.until(refusing(error))).rejects.toBe(error)
    expect(told).toEqual([])
  }
})

test('a host that closes tries once more and then gives up', async () => {
  const { insistence, pauses, pauseBegun } = makeInsistence()
  const done = insistence.until(refusing(full, full, full))
  await pauseBegun()
  insistence.giveUp()
  await expect(done).rejects.toBe(full)
  expect(pauses).toHaveLength(1)
  await expect(insistence.until(refusing(full))).rejects.toBe(full)
})
