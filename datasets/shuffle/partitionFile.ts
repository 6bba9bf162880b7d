import { closeSync, openSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import type { FileRef } from '../../contract/outcome.ts'
import { PartLost, type RunContext, type ScratchWriter } from '../../contract/run.ts'
import { readAt } from '../bytes/read.ts'
import { kernels } from '../kernels/kernels.ts'
import type { Region } from '../kernels/memory.ts'
import {
  noChunk,
  type PlacedRecords,
  placeWords,
  stateWords,
  wordsPerPlace,
  wordsPerState,
} from '../kernels/recordRequests.ts'

/**
 * What one partitioning task leaves: its records by bucket, all in one scratch file. Whenever its memory is full, the buckets are written
 * one after the other; that is a *run*, and what a bucket has of it a *segment*. So within a bucket records keep the order in which they came.
 *
 * Behind the segments stand, for each run and each bucket in it, three 32-bit integers (bytes, CRC-32 of these bytes, records), and behind
 * those the numbers of runs and of buckets; all little-endian.
 */

/** A record to be written: the bytes [start, end). */
interface ByteRun {
  bytes: Uint8Array
  start: number
  end: number
}

/** Where a segment stands, and what is in it. */
export interface Segment {
  offset: number
  bytes: number
  crc32: number
  rows: number
}

const entryBytes = 12
const footerBytes = 8
/** A run is written when its records take so much; regions have a few bytes more, in powers of two. */
const runBytes = 32 * 1024 * 1024 - 256
const largestChunk = 64 * 1024
const smallestChunk = 1024

/**
 * Writes such a file. Memory is one arena, cut into chunks of one size; a bucket has a chain of them, so that its bytes are copied once
 * on their way in and leave in long pieces. Whoever makes one releases it.
 */
export class PartitionWriter {
  readonly #writer: ScratchWriter
  readonly #buckets: number
  readonly #kernels = kernels()
  readonly #arena: Region
  readonly #chunkBytes: number
  readonly #chunkCount: number
  readonly #next: Region
  readonly #states: Region
  readonly #table: Uint8Array[] = []
  #chunks = 0
  #allRows = 0

  constructor(writer: ScratchWriter, buckets: number, arenaBytes = runBytes) {
    this.#writer = writer
    this.#buckets = buckets
    const share = arenaBytes / (4 * buckets)
    this.#chunkBytes = Math.max(smallestChunk, Math.min(largestChunk, 2 ** Math.floor(Math.log2(Math.max(1, share)))))
    const size = Math.max(arenaBytes, this.#chunkBytes * buckets)
    this.#chunkCount = Math.floor(size / this.#chunkBytes)
    const { memory } = this.#kernels
    this.#arena = memory.allocate(size)
    this.#next = memory.allocate(this.#chunkCount * 4)
    this.#states = memory.allocate(buckets * wordsPerState * 4)
    this.#clear()
  }

  add(bucket: number, record: ByteRun): void {
    const length = record.end - record.start
    const states = this.#states.words
    const state = bucket * wordsPerState
    if (length <= states[state + stateWords.room]!) this.#copy(bucket, record)
    else if (this.#makeRoom(bucket, length)) this.#copyOver(bucket, record)
    else return this.#writeAlone(bucket, record.bytes.subarray(record.start, record.end))
    states[state + stateWords.bytes]! += length
    states[state + stateWords.rows]! += 1
  }

  /** The same for many records, each with its bucket in `buckets`. */
  addAll(records: PlacedRecords, buckets: Region): void {
    for (let from = 0; from < records.count;) {
      const { reached, chunks } = this.#kernels.scatterRecords({
        records,
        buckets,
        from,
        arena: this.#arena,
        chunkBytes: this.#chunkBytes,
        chunkCount: this.#chunkCount,
        chunks: this.#chunks,
        next: this.#next,
        states: this.#states,
      })
      this.#chunks = chunks
      from = reached
      if (from < records.count) this.add(buckets.words[from]!, runOf(records, from++))
    }
  }

  finish(): FileRef {
    this.#writeRun()
    for (const entries of this.#table) this.#writer.write(entries)
    const footer = new DataView(new ArrayBuffer(footerBytes))
    footer.setUint32(0, this.#table.length, true)
    footer.setUint32(4, this.#buckets, true)
    this.#writer.write(new Uint8Array(footer.buffer))
    return this.#writer.finish(this.#allRows)
  }

  release(): void {
    for (const region of [this.#arena, this.#next, this.#states]) region.free()
  }

  #copy(bucket: number, { bytes, start, end }: ByteRun): void {
    const states = this.#states.words
    const state = bucket * wordsPerState
    const at = states[state + stateWords.at]!
    const length = end - start
    const arena = this.#arena.bytes
    if (length < 32) for (let index = 0; index < length; index++) arena[at + index] = bytes[start + index]!
    else arena.set(bytes.subarray(start, end), at)
    states[state + stateWords.at] = at + length
    states[state + stateWords.room]! -= length
  }

  /** A run ends only between records: false when the arena, now empty, is too small for this one. */
  #makeRoom(bucket: number, length: number): boolean {
    const room = this.#states.words[bucket * wordsPerState + stateWords.room]!
    const wanted = Math.ceil((length - room) / this.#chunkBytes)
    if (this.#chunks + wanted <= this.#chunkCount) return true
    this.#writeRun()
    return length <= this.#chunkCount * this.#chunkBytes
  }

  /** A record that does not fit into the bucket's chunk goes on in the next ones. */
  #copyOver(bucket: number, { bytes, start, end }: ByteRun): void {
    const states = this.#states.words
    const room = bucket * wordsPerState + stateWords.room
    for (let at = start; at < end;) {
      if (states[room] === 0) this.#addChunk(bucket)
      const length = Math.min(end - at, states[room]!)
      this.#copy(bucket, { bytes, start: at, end: at + length })
      at += length
    }
  }

  #addChunk(bucket: number): void {
    const chunk = this.#chunks++
    const states = this.#states.words
    const state = bucket * wordsPerState
    const last = states[state + stateWords.last]!
    if (last === noChunk) states[state + stateWords.first] = chunk
    else this.#next.words[last] = chunk
    this.#next.words[chunk] = noChunk
    states[state + stateWords.last] = chunk
    states[state + stateWords.at] = chunk * this.#chunkBytes
    states[state + stateWords.room] = this.#chunkBytes
  }

  #clear(): void {
    const states = this.#states.words.fill(0)
    for (let state = 0; state < this.#buckets * wordsPerState; state += wordsPerState) {
      states[state + stateWords.first] = noChunk
      states[state + stateWords.last] = noChunk
    }
    this.#chunks = 0
  }

  #writeRun(): void {
    if (this.#chunks === 0) return
    const entries = new DataView(new ArrayBuffer(this.#buckets * entryBytes))
    const states = this.#states.words
    for (let bucket = 0; bucket < this.#buckets; bucket++) {
      const bytes = states[bucket * wordsPerState + stateWords.bytes]!
      const rows = states[bucket * wordsPerState + stateWords.rows]!
      const checksum = this.#writeBucket(states[bucket * wordsPerState + stateWords.first]!, bytes)
      setEntry(entries, bucket, { bytes, crc32: checksum, rows })
      this.#allRows += rows
    }
    this.#table.push(new Uint8Array(entries.buffer))
    this.#clear()
  }

  #writeBucket(first: number, length: number): number {
    const next = this.#next.words
    let checksum = 0
    let left = length
    for (let chunk = first; left > 0; chunk = next[chunk]!) {
      const start = chunk * this.#chunkBytes
      const bytes = this.#arena.bytes.subarray(start, start + Math.min(left, this.#chunkBytes))
      checksum = crc32(bytes, checksum)
      this.#writer.write(bytes)
      left -= bytes.length
    }
    return checksum
  }

  /** A record that is larger than the arena is a run of its own. */
  #writeAlone(bucket: number, bytes: Uint8Array): void {
    this.#writer.write(bytes)
    const entries = new DataView(new ArrayBuffer(this.#buckets * entryBytes))
    setEntry(entries, bucket, { bytes: bytes.length, crc32: crc32(bytes), rows: 1 })
    this.#table.push(new Uint8Array(entries.buffer))
    this.#allRows += 1
  }
}

function runOf({ bytes, places }: PlacedRecords, record: number): ByteRun {
  const place = record * wordsPerPlace
  const start = places.words[place + placeWords.start]!
  return { bytes: bytes.bytes, start, end: places.words[place + placeWords.end]! }
}

function setEntry(entries: DataView, at: number, { bytes, crc32: checksum, rows }: Omit<Segment, 'offset'>): void {
  entries.setUint32(at * entryBytes, bytes, true)
  entries.setUint32(at * entryBytes + 4, checksum, true)
  entries.setUint32(at * entryBytes + 8, rows, true)
}

/** The segments of a file, by run and bucket. */
export interface PartitionTable {
  runs: number
  buckets: number
  segment(run: number, bucket: number): Segment
}

export function readPartitionTable(context: Pick<RunContext, 'path'>, ref: FileRef): PartitionTable {
  const fd = openSync(context.path(ref), 'r')
  try {
    const footer = viewOf(fd, ref, { offset: ref.bytes - footerBytes, bytes: footerBytes })
    const runs = footer.getUint32(0, true)
    const buckets = footer.getUint32(4, true)
    const bytes = runs * buckets * entryBytes
    const entries = viewOf(fd, ref, { offset: ref.bytes - footerBytes - bytes, bytes })
    return tableOf(entries, { runs, buckets })
  } finally {
    closeSync(fd)
  }
}

function viewOf(fd: number, ref: FileRef, { offset, bytes }: { offset: number; bytes: number }): DataView {
  if (offset < 0) throw new PartLost(ref.file, 'its table is damaged')
  const block = new Uint8Array(bytes)
  if (readAt(fd, block, offset) < bytes) throw new PartLost(ref.file, `it ends before byte ${offset + bytes}`)
  return new DataView(block.buffer)
}

function tableOf(entries: DataView, { runs, buckets }: { runs: number; buckets: number }): PartitionTable {
  const offsets = new Float64Array(runs * buckets)
  let offset = 0
  for (let at = 0; at < offsets.length; at++) {
    offsets[at] = offset
    offset += entries.getUint32(at * entryBytes, true)
  }
  const segment = (run: number, bucket: number): Segment => {
    const at = run * buckets + bucket
    return {
      offset: offsets[at]!,
      bytes: entries.getUint32(at * entryBytes, true),
      crc32: entries.getUint32(at * entryBytes + 4, true),
      rows: entries.getUint32(at * entryBytes + 8, true),
    }
  }
  return { runs, buckets, segment }
}
