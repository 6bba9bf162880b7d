import type { Region } from '../memory.ts'
import type { Kernels } from '../requests.ts'
import { placeBytes, type PlacedRecords } from '../recordRequests.ts'

/** Lines in kernels' memory, each closed by a line feed that it must not have itself. */
export function placedLines(using: Kernels, lines: readonly Uint8Array[]): PlacedRecords {
  const text = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]))
  return placed(using, text, { count: lines.length, isKeyed: false })
}

/** Keyed records of less than 128 bytes each, whose texts are given. */
export function placedKeyed(using: Kernels, records: readonly { key: Uint8Array; text: string }[]): PlacedRecords {
  const blocks = records.map(({ key, text }) =>
    Buffer.concat([Buffer.from([key.length, Buffer.byteLength(text)]), key, Buffer.from(text)]),
  )
  return placed(using, Buffer.concat(blocks), { count: records.length, isKeyed: true })
}

function placed(
  using: Kernels,
  text: Uint8Array,
  { count, isKeyed }: { count: number; isKeyed: boolean },
): PlacedRecords {
  const bytes = using.memory.allocate(text.length)
  const capacity = count + 64
  const places = using.memory.allocate(capacity * placeBytes)
  bytes.bytes.set(text)
  const answer = using.placeRecords({ isKeyed, bytes, from: 0, to: text.length, places, count: 0, capacity })
  return { bytes, places, count: answer.count }
}

export function free(records: PlacedRecords, ...others: Region[]): void {
  for (const region of [records.bytes, records.places, ...others]) region.free()
}
