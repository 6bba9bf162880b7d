import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteHash } from '../statistics/hash.ts'
import { noChunk, type PlacedRecords, type ScatterRequest, stateWords, wordsPerState } from './recordRequests.ts'
import type { Kernels } from './requests.ts'
import { placeSplitters } from './splitters.ts'
import { bothKernels } from './testing/both.ts'
import { free, placedLines } from './testing/placed.ts'

const [wasm, twin] = bothKernels()

const line = fc.oneof(
  fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 10))),
  fc
    .constantFrom('', '\0', 'a', 'ab', 'same--beginning', 'same--beginning\0', 'same--beginnings')
    .map((text) => Buffer.from(text)),
)
const chosen = fc
  .uniqueArray(line, { maxLength: 9, selector: (key) => key.toString('latin1') })
  .map((keys) => keys.toSorted((one, other) => Buffer.compare(one, other)))

interface Among {
  keys: readonly Buffer[]
  copies: readonly number[]
  isReversed: boolean
}

/** The place of record r is r of as many as there are. */
function bucketsOf(using: Kernels, lines: readonly Buffer[], { keys, copies, isReversed }: Among): number[] {
  const records = placedLines(using, lines)
  let below = 0
  const splitters = placeSplitters(
    using.memory,
    keys.map((key, at) => {
      const splitter = { key, below, copies: copies[at] ?? 0 }
      below += 1 + splitter.copies
      return splitter
    }),
  )
  const [positions, buckets] = [using.memory.allocate(lines.length * 8), using.memory.allocate(lines.length * 4)]
  positions.doubles.set(lines.map((_line, at) => at))
  using.findBuckets({ records, splitters, positions, totalBytes: lines.length, lastBucket: below, isReversed, buckets })
  const found = [...buckets.words.subarray(0, lines.length)]
  free(records, positions, buckets, splitters.region)
  return found
}

/** What a bucket is, said of each key by itself. */
function expectedBucket(key: Buffer, place: number, { keys, copies }: Pick<Among, 'keys' | 'copies'>): number {
  let bucket = 0
  for (const [at, splitter] of keys.entries()) {
    const order = Buffer.compare(key, splitter)
    const own = copies[at] ?? 0
    if (order < 0) return bucket
    if (order === 0 && own > 0) return bucket + 1 + Math.min(own - 1, Math.floor(place * own))
    bucket += 1 + own
  }
  return bucket
}

describe.each([
  ['the WASM module', wasm],
  ['its twin', twin],
])('records distributed by %s', (_, using) => {
  it('go between the splitters around them, and equal ones by their places', () => {
    const copies = fc.array(fc.nat(3), { minLength: 9, maxLength: 9 })
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 60 }), chosen, copies, (lines, keys, own) => {
        const forwards = bucketsOf(using, lines, { keys, copies: own, isReversed: false })
        expect(forwards).toEqual(lines.map((key, at) => expectedBucket(key, at / lines.length, { keys, copies: own })))
        const last = keys.reduce((sum, _key, at) => sum + 1 + own[at]!, 0)
        const backwards = bucketsOf(using, lines, { keys, copies: own, isReversed: true })
        expect(backwards).toEqual(forwards.map((bucket) => last - bucket))
      }),
      { numRuns: 300 },
    )
  })

  it('go where their keys lead when hashed', () => {
    const hash = new ByteHash()
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), fc.integer({ min: 1, max: 4096 }), (lines, bucketCount) => {
        const records = placedLines(using, lines)
        const buckets = using.memory.allocate(lines.length * 4)
        using.hashBuckets({ records, bucketCount, buckets })
        const expected = lines.map((key) => {
          hash.of(key, 0, key.length)
          return hash.high % bucketCount
        })
        expect([...buckets.words.subarray(0, lines.length)]).toEqual(expected)
        free(records, buckets)
      }),
      { numRuns: 200 },
    )
  })

  it('stand in the chains of their buckets in the order in which they came, as far as there are chunks', () => {
    const sized = fc.nat(100).map((length) => Buffer.alloc(length, 'x'))
    const record = fc.record({ bytes: fc.oneof(line, sized), bucket: fc.nat(4) })
    fc.assert(
      fc.property(fc.array(record, { maxLength: 80 }), fc.constantFrom(1, 2, 3, 40), (list, chunkCount) => {
        const records = placedLines(
          using,
          list.map(({ bytes }) => bytes),
        )
        const { chains, reached } = scatter(using, records, { buckets: list.map(({ bucket }) => bucket), chunkCount })
        const texts = Array.from({ length: 5 }, (_unused, bucket) =>
          list
            .slice(0, reached)
            .filter((each) => each.bucket === bucket)
            .map(({ bytes }) => `${bytes.toString('latin1')}\n`)
            .join(''),
        )
        expect(chains).toEqual(texts)
        if (chunkCount === 40 && list.length < 20) expect(reached).toBe(list.length)
      }),
      { numRuns: 300 },
    )
  })
})

const chunkBytes = 64

/** What five buckets hold, and the first record for which there was no room. */
function scatter(
  using: Kernels,
  records: PlacedRecords,
  { buckets, chunkCount }: { buckets: number[]; chunkCount: number },
) {
  const { memory } = using
  const request: ScatterRequest = {
    records,
    buckets: memory.allocate(buckets.length * 4),
    from: 0,
    arena: memory.allocate(chunkBytes * chunkCount),
    chunkBytes,
    chunkCount,
    chunks: 0,
    next: memory.allocate(chunkCount * 4),
    states: memory.allocate(5 * wordsPerState * 4),
  }
  const { words } = request.states
  words.fill(0)
  for (let bucket = 0; bucket < 5; bucket++) words.fill(noChunk, bucket * wordsPerState, bucket * wordsPerState + 2)
  request.buckets.words.set(buckets)
  const { reached } = using.scatterRecords(request)
  const chains = Array.from({ length: 5 }, (_, bucket) => chainOf(request, bucket))
  expect(words.filter((_word, at) => at % wordsPerState === stateWords.rows).reduce((sum, rows) => sum + rows, 0)).toBe(
    reached,
  )
  free(records, request.buckets, request.arena, request.next, request.states)
  return { chains, reached }
}

function chainOf({ arena, next, states }: ScatterRequest, bucket: number): string {
  const state = states.words.subarray(bucket * wordsPerState, (bucket + 1) * wordsPerState)
  const parts: Buffer[] = []
  let left = state[stateWords.bytes]!
  for (let chunk = state[stateWords.first]!; left > 0; chunk = next.words[chunk]!) {
    const length = Math.min(left, chunkBytes)
    parts.push(Buffer.from(arena.bytes.subarray(chunk * chunkBytes, chunk * chunkBytes + length)))
    left -= length
  }
  return Buffer.concat(parts).toString('latin1')
}
