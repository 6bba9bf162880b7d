import { closeSync, openSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import type { FileRef } from '../../contract/outcome.ts'
import { PartLost, type RunContext, type ScratchWriter } from '../../contract/run.ts'
import { readAt } from '../bytes/read.ts'

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
/** A run is written when its records take so much. */
const runBytes = 32 * 1024 * 1024
const largestChunk = 64 * 1024
const smallestChunk = 1024

/** One for all tasks of a worker: making it anew would cost as much as filling it. */
let spareArena: Uint8Array | null = null

/**
 * Writes such a file. Memory is one arena, cut into chunks of one size; a bucket has a chain of them, so that its bytes are copied once
 * on their way in and leave in long pieces.
 */
export class PartitionWriter {
  readonly #writer: ScratchWriter
  readonly #buckets: number
  readonly #arena: Uint8Array
  readonly #chunkBytes: number
  /** By chunk: the next one of its bucket, or -1. */
  readonly #next: Int32Array
  readonly #first: Int32Array
  readonly #last: Int32Array
  /** By bucket: where in the arena its next byte goes, and how many fit there. */
  readonly #at: Uint32Array
  readonly #room: Uint32Array
  readonly #bytes: Uint32Array
  readonly #rows: Uint32Array
  readonly #table: Uint8Array[] = []
  #chunks = 0
  #allRows = 0

  constructor(writer: ScratchWriter, buckets: number, arenaBytes = runBytes) {
    this.#writer = writer
    this.#buckets = buckets
    const share = arenaBytes / (4 * buckets)
    this.#chunkBytes = Math.max(smallestChunk, Math.min(largestChunk, 2 ** Math.floor(Math.log2(Math.max(1, share)))))
    const size = Math.max(arenaBytes, this.#chunkBytes * buckets)
    this.#arena = spareArena?.length === size ? spareArena : new Uint8Array(size)
    spareArena = null
    this.#next = new Int32Array(Math.floor(size / this.#chunkBytes))
    this.#first = new Int32Array(buckets).fill(-1)
    this.#last = new Int32Array(buckets).fill(-1)
    this.#at = new Uint32Array(buckets)
    this.#room = new Uint32Array(buckets)
    this.#bytes = new Uint32Array(buckets)
    this.#rows = new Uint32Array(buckets)
  }

  add(bucket: number, record: ByteRun): void {
    const length = record.end - record.start
    if (length <= this.#room[bucket]!) this.#copy(bucket, record)
    else if (this.#makeRoom(bucket, length)) this.#copyOver(bucket, record)
    else return this.#writeAlone(bucket, record.bytes.subarray(record.start, record.end))
    this.#bytes[bucket]! += length
    this.#rows[bucket]! += 1
  }

  finish(): FileRef {
    this.#writeRun()
    for (const entries of this.#table) this.#writer.write(entries)
    const footer = new DataView(new ArrayBuffer(footerBytes))
    footer.setUint32(0, this.#table.length, true)
    footer.setUint32(4, this.#buckets, true)
    this.#writer.write(new Uint8Array(footer.buffer))
    spareArena = this.#arena
    return this.#writer.finish(this.#allRows)
  }

  #copy(bucket: number, { bytes, start, end }: ByteRun): void {
    const at = this.#at[bucket]!
    const length = end - start
    if (length < 32) for (let index = 0; index < length; index++) this.#arena[at + index] = bytes[start + index]!
    else this.#arena.set(bytes.subarray(start, end), at)
    this.#at[bucket] = at + length
    this.#room[bucket]! -= length
  }

  /** A run ends only between records: false when the arena, now empty, is too small for this one. */
  #makeRoom(bucket: number, length: number): boolean {
    const wanted = Math.ceil((length - this.#room[bucket]!) / this.#chunkBytes)
    if (this.#chunks + wanted <= this.#next.length) return true
    this.#writeRun()
    return length <= this.#next.length * this.#chunkBytes
  }

  /** A record that does not fit into the bucket's chunk goes on in the next ones. */
  #copyOver(bucket: number, { bytes, start, end }: ByteRun): void {
    for (let at = start; at < end;) {
      if (this.#room[bucket] === 0) this.#addChunk(bucket)
      const length = Math.min(end - at, this.#room[bucket]!)
      this.#copy(bucket, { bytes, start: at, end: at + length })
      at += length
    }
  }

  #addChunk(bucket: number): void {
    const chunk = this.#chunks++
    const last = this.#last[bucket]!
    if (last === -1) this.#first[bucket] = chunk
    else this.#next[last] = chunk
    this.#last[bucket] = chunk
    this.#next[chunk] = -1
    this.#at[bucket] = chunk * this.#chunkBytes
    this.#room[bucket] = this.#chunkBytes
  }

  #writeRun(): void {
    if (this.#rows.every((rows) => rows === 0)) return
    const entries = new DataView(new ArrayBuffer(this.#buckets * entryBytes))
    for (let bucket = 0; bucket < this.#buckets; bucket++) {
      const checksum = this.#writeBucket(bucket)
      setEntry(entries, bucket, { bytes: this.#bytes[bucket]!, crc32: checksum, rows: this.#rows[bucket]! })
      this.#allRows += this.#rows[bucket]!
    }
    this.#table.push(new Uint8Array(entries.buffer))
    for (const each of [this.#room, this.#bytes, this.#rows]) each.fill(0)
    for (const each of [this.#first, this.#last]) each.fill(-1)
    this.#chunks = 0
  }

  #writeBucket(bucket: number): number {
    let checksum = 0
    let left = this.#bytes[bucket]!
    for (let chunk = this.#first[bucket]!; left > 0; chunk = this.#next[chunk]!) {
      const start = chunk * this.#chunkBytes
      const bytes = this.#arena.subarray(start, start + Math.min(left, this.#chunkBytes))
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
