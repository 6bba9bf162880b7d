import { ByteHash } from '../../statistics/hash.ts'
import {
  type HashRequest,
  noChunk,
  type ScatteredAnswer,
  type ScatterRequest,
  splitterBytes,
  type SplitRequest,
  stateWords,
  wordsPerState,
} from '../recordRequests.ts'
import { keyOf, recordOf } from './places.ts'

/** A splitter at a time, a byte at a time. */
export function findBuckets({ records, buckets, lastBucket, isReversed, ...among }: SplitRequest): void {
  const splitters = splittersOf(among)
  for (let record = 0; record < records.count; record++) {
    const bucket = bucketAmong(splitters, keyOf(records, record), { ...among, record, lastBucket })
    buckets.words[record] = isReversed ? lastBucket - bucket : bucket
  }
}

interface Splitter {
  key: Uint8Array
  below: number
  copies: number
}

function splittersOf({ splitters: { region, count } }: Pick<SplitRequest, 'splitters'>): Splitter[] {
  const wordsEach = splitterBytes / 4
  return Array.from({ length: count }, (_, index) => {
    const [start, end, below = 0, copies = 0] = region.words.subarray(index * wordsEach + 2, (index + 1) * wordsEach)
    return { key: region.bytes.subarray(start, end), below, copies }
  })
}

function bucketAmong(
  splitters: readonly Splitter[],
  key: Uint8Array,
  {
    positions,
    totalBytes,
    record,
    lastBucket,
  }: Pick<SplitRequest, 'positions' | 'totalBytes' | 'lastBucket'> & { record: number },
): number {
  const above = splitters.findIndex((splitter) => Buffer.compare(splitter.key, key) > 0)
  const equal = splitters.at(above < 0 ? -1 : Math.max(0, above - 1))
  if (equal !== undefined && equal.copies > 0 && Buffer.compare(equal.key, key) === 0) {
    const share = Math.floor((positions.doubles[record]! / totalBytes) * equal.copies)
    return equal.below + 1 + Math.min(equal.copies - 1, share)
  }
  return above < 0 ? lastBucket : splitters[above]!.below
}

export function hashBuckets({ records, bucketCount, buckets }: HashRequest): void {
  const hash = new ByteHash()
  for (let record = 0; record < records.count; record++) {
    const key = keyOf(records, record)
    hash.of(key, 0, key.length)
    buckets.words[record] = hash.high % bucketCount
  }
}

export function scatterRecords(request: ScatterRequest): ScatteredAnswer {
  const { records, buckets, chunkBytes, chunkCount } = request
  const answer: ScatteredAnswer = { reached: request.from, chunks: request.chunks }
  for (; answer.reached < records.count; answer.reached++) {
    const bytes = recordOf(records, answer.reached)
    const bucket = buckets.words[answer.reached]!
    const state = request.states.words.subarray(bucket * wordsPerState, (bucket + 1) * wordsPerState)
    const missing = bytes.length - state[stateWords.room]!
    if (missing > (chunkCount - answer.chunks) * chunkBytes) break
    for (let done = 0; done < bytes.length;) {
      if (state[stateWords.room] === 0) startChunk(request, state, answer.chunks++)
      done += put(request, state, bytes.subarray(done))
    }
    state[stateWords.bytes]! += bytes.length
    state[stateWords.rows]! += 1
  }
  return answer
}

/** As much as there is room for. */
function put({ arena }: ScatterRequest, state: Uint32Array, bytes: Uint8Array): number {
  const length = Math.min(bytes.length, state[stateWords.room]!)
  arena.bytes.set(bytes.subarray(0, length), state[stateWords.at])
  state[stateWords.at]! += length
  state[stateWords.room]! -= length
  return length
}

function startChunk({ next, chunkBytes }: ScatterRequest, state: Uint32Array, chunk: number): void {
  const last = state[stateWords.last]!
  if (last === noChunk) state[stateWords.first] = chunk
  else next.words[last] = chunk
  next.words[chunk] = noChunk
  state[stateWords.last] = chunk
  state[stateWords.at] = chunk * chunkBytes
  state[stateWords.room] = chunkBytes
}
