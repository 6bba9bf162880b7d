import type { Region } from './memory.ts'
import { placeBytes, type RecordKernels } from './recordRequests.ts'

/** The functions of assembly/ that sort and distribute records, as they are called. */
export interface RecordExports {
  placeLines(...words: number[]): void
  placeKeyed(...words: number[]): void
  keyDecimals(...words: number[]): void
  sortRecords(...words: number[]): void
  gatherRecords(...words: number[]): void
  findBuckets(...words: number[]): void
  hashBuckets(...words: number[]): void
  scatterRecords(...words: number[]): void
}

export function wasmRecordKernels(exports: RecordExports, answer: Region): RecordKernels {
  return { ...sorting(exports, answer), ...distributing(exports, answer) }
}

type Sorting = Pick<RecordKernels, 'placeRecords' | 'keyDecimals' | 'sortRecords' | 'gatherRecords'>

function sorting(exports: RecordExports, answer: Region): Sorting {
  return {
    placeRecords({ bytes, from, to, places, count, capacity, isKeyed }) {
      const words = [bytes.at, from, to, places.at + count * placeBytes, capacity - count, answer.at]
      if (isKeyed) exports.placeKeyed(...words)
      else exports.placeLines(...words)
      return { count: count + answer.words[0]!, reached: answer.words[1]! }
    },
    keyDecimals({ lines, from, isDescending, output, capacity, places }) {
      const order = Number(isDescending)
      const read = [lines.bytes.at, lines.places.at, from, lines.count, order]
      exports.keyDecimals(...read, output.at, capacity, places.at, answer.at)
      return { reached: answer.words[0]!, bytes: answer.words[1]! }
    },
    sortRecords({ records, work, order }) {
      exports.sortRecords(records.bytes.at, records.places.at, records.count, work.at, order.at)
    },
    gatherRecords({ records, order, from, to, fromKeyEnd, output, capacity }) {
      const { bytes, places } = records
      const numbers = order.at + from * 4
      const isBehindKey = Number(fromKeyEnd)
      exports.gatherRecords(bytes.at, places.at, numbers, to - from, isBehindKey, output.at, capacity, answer.at)
      return { records: answer.words[0]!, bytes: answer.words[1]! }
    },
  }
}

function distributing(exports: RecordExports, answer: Region): Omit<RecordKernels, keyof Sorting> {
  return {
    findBuckets({ records, splitters, positions, totalBytes, lastBucket, isReversed, buckets }) {
      exports.findBuckets(
        records.bytes.at,
        records.places.at,
        records.count,
        splitters.region.at,
        splitters.count,
        positions.at,
        totalBytes,
        lastBucket,
        Number(isReversed),
        buckets.at,
      )
    },
    hashBuckets({ records, bucketCount, buckets }) {
      exports.hashBuckets(records.bytes.at, records.places.at, records.count, bucketCount, buckets.at)
    },
    scatterRecords(request) {
      const { records, buckets, from, arena, next, states } = request
      exports.scatterRecords(
        records.bytes.at,
        records.places.at,
        buckets.at,
        from,
        records.count,
        arena.at,
        request.chunkBytes,
        request.chunkCount,
        request.chunks,
        next.at,
        states.at,
        answer.at,
      )
      return { reached: answer.words[0]!, chunks: answer.words[1]! }
    },
  }
}
