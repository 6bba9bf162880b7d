import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FileRef } from '../../contract/outcome.ts'
import type { ScratchWriter } from '../../contract/run.ts'
import type { PlaceEvent } from './event.ts'
import { EventSorter } from './eventSorter.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-events-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Scratch files of a task, which are counted. */
function scratchIn() {
  const made: string[] = []
  const scratch = (name: string): ScratchWriter => {
    const file = `${made.length}.${name}`
    made.push(file)
    const fd = openSync(join(folder, file), 'w')
    let bytes = 0
    return {
      write: (some) => void (bytes += writeSync(fd, typeof some === 'string' ? Buffer.from(some) : some)),
      finish(rows) {
        closeSync(fd)
        return { file, bytes, crc32: 0, ...(rows === undefined ? {} : { rows }) }
      },
    }
  }
  return { made, context: { scratch, path: ({ file }: FileRef) => join(folder, file), progress: () => undefined } }
}

interface Happening {
  group: string
  position: string
  starts: number
  ends: number
  points: number
}

function eventOf({ group, position, ...counts }: Happening): PlaceEvent {
  const bytes = Buffer.from(group + position)
  const groupEnd = Buffer.byteLength(group)
  return { bytes, keyStart: 0, groupEnd, keyEnd: bytes.length, ...counts }
}

function sorted(all: readonly Happening[], mostBytes: number) {
  const { context, made } = scratchIn()
  const sorter = new EventSorter(context, mostBytes)
  const found: Happening[] = []
  try {
    for (const each of all) sorter.add(eventOf(each))
    sorter.finish(({ bytes, keyStart, groupEnd, keyEnd, starts, ends, points }) => {
      const text = (from: number, to: number) => Buffer.from(bytes.slice(from, to)).toString()
      found.push({ group: text(keyStart, groupEnd), position: text(groupEnd, keyEnd), starts, ends, points })
    })
  } finally {
    sorter.release()
  }
  return { found, files: made.length, left: made.filter((file) => existsSync(join(folder, file))).length }
}

/** Adds up by key and position. */
function summed(all: readonly Happening[]): Happening[] {
  const sums = new Map<string, Happening>()
  for (const each of all) {
    const known = sums.get(each.group + each.position)
    if (known === undefined) sums.set(each.group + each.position, { ...each })
    else for (const count of ['starts', 'ends', 'points'] as const) known[count] += each[count]
  }
  const keyOf = ({ group, position }: Happening) => Buffer.from(group + position)
  return [...sums.values()].toSorted((one, other) => Buffer.compare(keyOf(one), keyOf(other)))
}

const count = fc.oneof(fc.nat(3), fc.nat(2 ** 40))
const happening = fc.record({
  // Of one length, so that none is the beginning of another.
  group: fc.constantFrom('aa', 'ab', 'é', 'zz'),
  position: fc.integer({ min: 0, max: 300 }).map((at) => String(at).padStart(8, '0')),
  starts: count,
  ends: count,
  points: count,
})

describe('the sorter of events', () => {
  test('gives each key and position once, in order, with all that happens there, in however little memory', () => {
    const some = fc.array(happening, { maxLength: 400 })
    fc.assert(
      fc.property(some, fc.constantFrom(1, 64, 300, 4096, 1_000_000), (all, mostBytes) => {
        expect(sorted(all, mostBytes).found).toEqual(summed(all))
      }),
    )
  })

  test('merges its files before there are too many of them, and leaves none that it has merged', () => {
    const all = Array.from({ length: 5000 }, (_, at) => ({
      group: 'chr',
      position: String((at * 7919) % 1000).padStart(8, '0'),
      starts: 1,
      ends: 0,
      points: at % 2,
    }))
    const { found, files, left } = sorted(all, 256)
    expect(found).toEqual(summed(all))
    expect(files).toBeGreaterThan(100)
    expect(left).toBeLessThanOrEqual(32)
  })

  test('an event whose key is longer than a block goes through files whole', () => {
    const long = 'k'.repeat(600_000)
    const all = [long, 'a', long, `${long.slice(1)}a`].map((group) => ({
      group,
      position: '1',
      starts: 1,
      ends: 2,
      points: 0,
    }))
    expect(sorted(all, 1000).found).toEqual(summed(all))
  })
})
