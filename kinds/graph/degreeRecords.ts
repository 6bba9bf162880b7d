import type { Part, RunContext } from '../../contract/run.ts'
import { segmentsOfBucket } from '../../datasets/shuffle/directory.ts'
import { PartitionWriter } from '../../datasets/shuffle/partitionFile.ts'
import { readSegment } from '../../datasets/shuffle/readSegment.ts'

/**
 * What goes between the tasks that count edges, always about one node: the input (a 32-bit integer) and the row's offset (a double) of where it is
 * named, and on which side, three counts, the bytes of its name and of another's (32-bit integers), then both names; little-endian.
 */
export interface NodeRecord {
  input: number
  offset: number
  /** 0 when it is what comes first in its row, 1 when it depends on that. */
  side: number
  /** In how many rows it comes first. */
  rows: number
  /** Different edges to it and from it, once they are counted. */
  incoming: number
  outgoing: number
  /** Where its name and, if need be, the other's stand. */
  bytes: Uint8Array
  start: number
  end: number
  other: { start: number; end: number } | null
}

const headBytes = 32
const none = 0xffffffff

export class NodeRecordWriter {
  readonly #writer: PartitionWriter
  #bytes = new Uint8Array(1024)
  #view = new DataView(this.#bytes.buffer)

  constructor(context: Pick<RunContext, 'scratch'>, { buckets, arenaBytes }: { buckets: number; arenaBytes: number }) {
    this.#writer = new PartitionWriter(context.scratch('partition'), buckets, arenaBytes)
  }

  add(bucket: number, record: NodeRecord): void {
    const { input, offset, side, rows, incoming, outgoing, bytes, start, end, other } = record
    const nameEnd = headBytes + end - start
    const recordEnd = nameEnd + (other === null ? 0 : other.end - other.start)
    this.#reserve(recordEnd)
    const view = this.#view
    view.setUint32(0, 2 * input + side, true)
    view.setFloat64(4, offset, true)
    view.setUint32(12, incoming, true)
    view.setUint32(16, outgoing, true)
    view.setUint32(20, end - start, true)
    view.setUint32(24, other === null ? none : other.end - other.start, true)
    view.setUint32(28, rows, true)
    this.#bytes.set(bytes.subarray(start, end), headBytes)
    if (other !== null) this.#bytes.set(bytes.subarray(other.start, other.end), nameEnd)
    this.#writer.add(bucket, { bytes: this.#bytes, start: 0, end: recordEnd })
  }

  finish(): ReturnType<PartitionWriter['finish']> {
    return this.#writer.finish()
  }

  release(): void {
    this.#writer.release()
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#bytes.length) return
    this.#bytes = new Uint8Array(2 * bytes)
    this.#view = new DataView(this.#bytes.buffer)
  }
}

/** A bucket's records in the order of their rows, each valid until the next. */
export function* recordsOfBucket(
  directory: Part,
  bucket: number,
  context: Pick<RunContext, 'path' | 'progress'>,
): Generator<NodeRecord> {
  for (const segment of segmentsOfBucket(directory, bucket, context)) {
    const bytes = new Uint8Array(segment.bytes)
    readSegment(context, segment, bytes)
    const view = new DataView(bytes.buffer)
    for (let at = 0; at < bytes.length;) {
      const record = recordAt(view, bytes, at)
      at = record.other?.end ?? record.end
      yield record
    }
    context.progress(0, segment.rows)
  }
}

function recordAt(view: DataView, bytes: Uint8Array, at: number): NodeRecord {
  const place = view.getUint32(at, true)
  const start = at + headBytes
  const end = start + view.getUint32(at + 20, true)
  const otherBytes = view.getUint32(at + 24, true)
  return {
    input: Math.floor(place / 2),
    side: place % 2,
    offset: view.getFloat64(at + 4, true),
    rows: view.getUint32(at + 28, true),
    incoming: view.getUint32(at + 12, true),
    outgoing: view.getUint32(at + 16, true),
    bytes,
    start,
    end,
    other: otherBytes === none ? null : { start: end, end: end + otherBytes },
  }
}
