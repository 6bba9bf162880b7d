import type { ValueType } from '../../datasets/expression/types.ts'
import { kernels } from '../../datasets/kernels/kernels.ts'
import { placeBytes, placeWords, sortWorkBytes, wordsPerPlace } from '../../datasets/kernels/recordRequests.ts'
import { ByteSink } from './byteSink.ts'
import type { ByteTable } from '../../datasets/bytes/byteTable.ts'
import { type Part, readPart } from './groupKey.ts'

/**
 * Keys of groups by the order of bytes: what a kernel sorts. For each column a class (1 for a value, 2 for null, which comes last) and the
 * value: eight bytes of a number as they stand in the key, or a text in which a zero byte is followed by 255 and which two of them end.
 */
const value = 1
const nothing = 2

/** The numbers of a table's keys in their order; null where a number has more digits than a double, whose order no eight bytes tell. */
export function sortedKeys(table: ByteTable, types: readonly ValueType[]): Uint32Array | null {
  const sink = new ByteSink()
  const ends = new Uint32Array(table.size)
  for (let entry = 0; entry < table.size; entry++) {
    if (!writeSortable(sink, types, { bytes: table.bytes, at: table.startOf(entry) })) return null
    ends[entry] = sink.length
  }
  return sortSortable(sink, ends)
}

function sortSortable(sink: ByteSink, ends: Uint32Array): Uint32Array {
  const using = kernels()
  const count = ends.length
  const [bytes, places] = [using.memory.allocate(sink.length), using.memory.allocate(count * placeBytes)]
  const [work, order] = [using.memory.allocate(sortWorkBytes(count)), using.memory.allocate(count * 4)]
  bytes.bytes.set(sink.bytes.subarray(0, sink.length))
  const { words } = places
  for (let entry = 0; entry < count; entry++) {
    const start = entry === 0 ? 0 : ends[entry - 1]!
    const place = entry * wordsPerPlace
    words[place + placeWords.start] = start
    words[place + placeWords.keyStart] = start
    words[place + placeWords.keyEnd] = ends[entry]!
    words[place + placeWords.end] = ends[entry]!
  }
  using.sortRecords({ records: { bytes, places, count }, work, order })
  const sorted = order.words.slice(0, count)
  for (const region of [bytes, places, work, order]) region.free()
  return sorted
}

function writeSortable(
  sink: ByteSink,
  types: readonly ValueType[],
  { bytes, at }: { bytes: Uint8Array; at: number },
): boolean {
  const part: Part = { at, length: 0 }
  for (const type of types) {
    readPart(bytes, part)
    if (part.length < 0) {
      sink.varint(nothing)
      continue
    }
    if (type !== 'text' && part.length > 8) return false
    sink.varint(value)
    if (type === 'text') writeText(sink, bytes, part)
    else sink.copy(bytes, part.at, part.at + part.length)
    part.at += part.length
  }
  return true
}

function writeText(sink: ByteSink, bytes: Uint8Array, { at, length }: Part): void {
  sink.reserve(2 * length + 2)
  for (let from = at; from < at + length; from++) {
    const byte = bytes[from]!
    sink.bytes[sink.length++] = byte
    if (byte === 0) sink.bytes[sink.length++] = 255
  }
  sink.bytes[sink.length++] = 0
  sink.bytes[sink.length++] = 0
}
