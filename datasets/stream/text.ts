import type { Table } from '../../contract/table.ts'
import { inputOf, readExactly } from '../bytes/read.ts'
import type { TableContext } from '../table/context.ts'
import type { TextStream } from './textStream.ts'
import { transcoded } from './transcode.ts'

/** Opens the text of an input between two places. */
export interface TextPlace {
  context: TableContext
  input: number
  table: Table
  from: number
  /** Where it ends, or null for the end of the source. */
  to: number | null
}

export function openText(place: TextPlace): TextStream {
  return transcoded(openBytes(place), place.table.encoding)
}

/** The same without transcoding. */
function openBytes(place: TextPlace): TextStream {
  const { context, from, to } = place
  const input = inputOf(context, place.input)
  const fd = context.open(place.input)
  const end = Math.min(to ?? input.bytes, input.bytes)
  let at = Math.min(from, end)
  return {
    read(target) {
      const bytes = target.subarray(0, Math.min(target.length, end - at))
      readExactly(fd, bytes, { offset: at, path: input.path })
      at += bytes.length
      return bytes.length
    },
    fraction: () => (end > from ? (at - from) / (end - from) : 1),
    close: () => undefined,
  }
}

/** Reads until `target` has no room for another character or the text ends; returns how much came. */
export async function fill(stream: TextStream, target: Uint8Array): Promise<number> {
  let filled = 0
  for (let got = 1; got > 0; filled += got) got = await stream.read(target.subarray(filled))
  return filled
}

/** How many bytes of the source a part of its text stands for. */
export function sourceBytes(table: Pick<Table, 'encoding'>, bytes: Uint8Array): number {
  switch (table.encoding) {
    case 'utf-8':
      return bytes.length
    case 'latin-1':
      return characters(bytes).leads
    default: {
      const { leads, fours } = characters(bytes)
      return 2 * (leads + fours)
    }
  }
}

function characters(bytes: Uint8Array): { leads: number; fours: number } {
  let leads = 0
  let fours = 0
  for (const byte of bytes) {
    if ((byte & 0xc0) !== 0x80) leads += 1
    if (byte >= 0xf0) fours += 1
  }
  return { leads, fours }
}
