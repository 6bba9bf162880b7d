import { closeSync, openSync } from 'node:fs'
import { z } from 'zod'
import { invariant } from '../../contract/invariant.ts'
import { type FileRef, fileRefSchema } from '../../contract/outcome.ts'
import { type Part, PartLost, type RunContext, type StageAnswer } from '../../contract/run.ts'
import { readAt } from '../bytes/read.ts'
import { type PartitionTable, readPartitionTable, type Segment } from './partitionFile.ts'

/**
 * Which segments a bucket has in which of thousands of partition files, in one scratch file: a bucket's task reads its own row and no
 * more, and no message ever carries the list. A directory covers what the map tasks below it left, in cell order.
 *
 * Bucket after bucket, for each segment of it 20 bytes: offset (a double), then bytes, CRC-32 and records (32-bit integers). Behind that
 * the files as JSON, and its length, the number of segments per bucket and the number of buckets; all little-endian.
 */
const segmentBytes = 20
const footerBytes = 12
const partitionName = 'partition'
const directoryName = 'directory'

const filesSchema = z.array(z.strictObject({ file: fileRefSchema, runs: z.int().min(0) }))
/** Partition files in cell order, and how many runs each of them has. */
type Files = z.infer<typeof filesSchema>

/** A segment and the partition file in which it stands. */
export interface PlacedSegment extends Segment {
  file: FileRef
}

/** How a partitioning task answers. */
export function partitionAnswer(partition: FileRef): StageAnswer {
  return { value: { rows: partition.rows ?? 0 }, files: { [partitionName]: partition } }
}

const valueSchema = z.strictObject({ rows: z.int().min(0) })

/** The merge of partitioning tasks: one directory of all their files, and the number of their records. */
export function gatherPartitions(parts: Part[], context: Pick<RunContext, 'path' | 'scratch'>): StageAnswer {
  const rows = parts.reduce((sum, { value }) => sum + valueSchema.parse(value).rows, 0)
  const sources = parts.map((part) => openPart(part, context))
  try {
    const buckets = Math.max(0, ...sources.map((source) => source.buckets))
    const writer = context.scratch(directoryName)
    for (let bucket = 0; bucket < buckets; bucket++) for (const source of sources) writer.write(source.row(bucket))
    const files = sources.flatMap((source) => source.files)
    const list = Buffer.from(JSON.stringify(files))
    writer.write(list)
    const footer = new DataView(new ArrayBuffer(footerBytes))
    footer.setUint32(0, list.length, true)
    footer.setUint32(4, segmentsOf(files), true)
    footer.setUint32(8, buckets, true)
    writer.write(new Uint8Array(footer.buffer))
    return { value: { rows }, files: { [directoryName]: writer.finish() } }
  } finally {
    for (const source of sources) source.close()
  }
}

/** The segments of a bucket in the order of the cells that they came from. */
export function segmentsOfBucket(part: Part, bucket: number, context: Pick<RunContext, 'path'>): PlacedSegment[] {
  const ref = part.files[directoryName]
  invariant(ref !== undefined, 'a bucket is looked up in a directory')
  const directory = new Directory(context, ref)
  try {
    const row = directory.row(bucket)
    const view = new DataView(row.buffer, row.byteOffset, row.length)
    let at = 0
    return directory.files.flatMap(({ file, runs }) =>
      Array.from({ length: runs }, () => ({ file, ...segmentAt(view, at++) })).filter(({ bytes }) => bytes > 0),
    )
  } finally {
    directory.close()
  }
}

interface Source {
  files: Files
  buckets: number
  /** What it has of a bucket. */
  row(bucket: number): Uint8Array
  close(): void
}

function openPart(part: Part, context: Pick<RunContext, 'path'>): Source {
  const partition = part.files[partitionName]
  if (partition !== undefined) return partitionSource(readPartitionTable(context, partition), partition)
  const ref = part.files[directoryName]
  invariant(ref !== undefined, 'what is gathered is a partition or a directory')
  return new Directory(context, ref)
}

function partitionSource(table: PartitionTable, file: FileRef): Source {
  const row = (bucket: number) => {
    const view = new DataView(new ArrayBuffer(table.runs * segmentBytes))
    for (let run = 0; run < table.runs; run++) {
      const { offset, bytes, crc32, rows } = table.segment(run, bucket)
      const at = run * segmentBytes
      view.setFloat64(at, offset, true)
      view.setUint32(at + 8, bytes, true)
      view.setUint32(at + 12, crc32, true)
      view.setUint32(at + 16, rows, true)
    }
    return new Uint8Array(view.buffer)
  }
  return { files: [{ file, runs: table.runs }], buckets: table.buckets, row, close: () => undefined }
}

class Directory implements Source {
  readonly files: Files
  readonly buckets: number
  readonly #ref: FileRef
  readonly #fd: number
  readonly #rowBytes: number

  constructor(context: Pick<RunContext, 'path'>, ref: FileRef) {
    this.#ref = ref
    this.#fd = openSync(context.path(ref), 'r')
    const footer = this.#read(ref.bytes - footerBytes, footerBytes)
    const view = new DataView(footer.buffer)
    const listBytes = view.getUint32(0, true)
    this.#rowBytes = view.getUint32(4, true) * segmentBytes
    this.buckets = view.getUint32(8, true)
    const list = this.#read(this.#rowBytes * this.buckets, listBytes)
    this.files = filesSchema.parse(JSON.parse(Buffer.from(list).toString('utf8')))
  }

  row(bucket: number): Uint8Array {
    return this.#read(bucket * this.#rowBytes, this.#rowBytes)
  }

  close(): void {
    closeSync(this.#fd)
  }

  #read(offset: number, bytes: number): Uint8Array<ArrayBuffer> {
    const block = new Uint8Array(bytes)
    if (offset < 0 || readAt(this.#fd, block, offset) < bytes)
      throw new PartLost(this.#ref.file, 'its table is damaged')
    return block
  }
}

function segmentAt(view: DataView, index: number): Segment {
  const at = index * segmentBytes
  return {
    offset: view.getFloat64(at, true),
    bytes: view.getUint32(at + 8, true),
    crc32: view.getUint32(at + 12, true),
    rows: view.getUint32(at + 16, true),
  }
}

function segmentsOf(files: Files): number {
  return files.reduce((sum, { runs }) => sum + runs, 0)
}
