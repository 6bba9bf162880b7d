import { describe, expect, it } from 'vitest'
import { descriptorsRefused, diskRefused, limitOf, type Look, look, plenty } from './scarcity.ts'

const mib = 1024 ** 2
const gib = 1024 ** 3
const disk = (freeBytes: number, sizeBytes = 100 * gib) => ({ folder: '/out', freeBytes, sizeBytes })
const seen = (changes: Partial<Look> = {}): Look => ({
  now: 0,
  cores: 8,
  disks: [disk(50 * gib)],
  memory: { availableBytes: 8 * gib, totalBytes: 16 * gib },
  ...changes,
})
const memory = (availableBytes: number) => seen({ memory: { availableBytes, totalBytes: 16 * gib } })

/** How many workers get work after each of these looks; null is all. */
function workersAfter(...looks: Look[]): (number | null)[] {
  let standing = plenty
  return looks.map((each) => {
    standing = look(standing, each)
    return limitOf(standing, each)?.workers ?? null
  })
}

describe('room on a disk', () => {
  it.each([
    ['enough', [50 * gib], [null]],
    ['below 256 MiB: the fleet quiets', [255 * mib], [0]],
    ['back, but barely: it stays quiet', [255 * mib, 300 * mib], [0, 0]],
    ['back with a quarter more than the floor: it goes on', [255 * mib, 321 * mib], [0, null]],
    ['never short, a little above the floor', [300 * mib], [null]],
  ])('%s', (_, free, workers) => {
    expect(workersAfter(...free.map((bytes) => seen({ disks: [disk(50 * gib), disk(bytes)] })))).toEqual(workers)
  })

  it('is short below a twentieth of a small disk', () => {
    const small = (freeMib: number) => seen({ disks: [disk(freeMib * mib, 100 * mib)] })
    expect(workersAfter(small(6), small(4), small(6), small(7))).toEqual([null, 0, 0, null])
  })

  it('is named with its folder', () => {
    expect(limitOf(look(plenty, seen({ disks: [disk(0)] })), seen())?.why).toContain('/out')
  })

  it('that a task found full is waited for, longer each time that it is full again at once', () => {
    let standing = plenty
    let now = 0
    const waits = Array.from({ length: 7 }, () => {
      standing = diskRefused(standing, now)
      const from = now
      while (limitOf(look(standing, seen({ now })), seen({ now })) !== null) now += 1000
      return (now - from) / 1000
    })
    expect(waits).toEqual([5, 10, 20, 40, 80, 120, 120])
  })

  it('is not waited for longer because several tasks found it full at the same time, or another did much later', () => {
    const first = diskRefused(plenty, 0)
    expect(diskRefused(first, 10)).toBe(first)
    const later = look(first, seen({ now: 60_000 }))
    expect(later).toEqual(plenty)
  })
})

describe('memory', () => {
  it('below its floor halves the workers that get work, and never to none', () => {
    const low = memory(100 * mib)
    expect(workersAfter(low, low, low, low)).toEqual([4, 2, 1, 1])
  })

  it('gives them back one by one, when there is twice the floor', () => {
    const [low, some, much] = [memory(100 * mib), memory(600 * mib), memory(2 * gib)]
    expect(workersAfter(low, low, some, much, much, some, much)).toEqual([4, 2, 2, 3, 4, 4, 5])
    expect(workersAfter(low, ...Array.from({ length: 5 }, () => much)).at(-1)).toBeNull()
  })
})

describe('file descriptors', () => {
  it('that cannot be had halve the workers; each half minute without a refusal gives one back', () => {
    let standing = descriptorsRefused(descriptorsRefused(plenty, seen()), seen())
    const workers = [0, 29_000, 30_000, 59_000, 60_000].map((now) => {
      standing = look(standing, seen({ now }))
      return limitOf(standing, seen({ now }))?.workers
    })
    expect(workers).toEqual([2, 2, 3, 3, 4])
    expect(limitOf(standing, seen())?.why).toBe('too few files may be open; 4 of 8 workers get work')
  })

  it('and memory together: the fewer workers hold, with their reason', () => {
    const standing = look(descriptorsRefused(plenty, seen()), memory(100 * mib))
    expect(limitOf({ ...standing, memoryWorkers: 1 }, seen())).toEqual({
      workers: 1,
      why: 'memory is short; 1 of 8 workers get work',
    })
  })
})
