import type { Table } from '../../contract/table.ts'
import { inputOf, readExactly } from '../bytes/read.ts'
import type { TableContext } from '../table/context.ts'
import { Decompressed } from './decompress.ts'
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
  /** Of what is compressed: bytes of the file to be decompressed, and which place of the text their first one is. All of it unless given. */
  origin?: Origin
}

export interface Origin {
  from: number
  to: number
  place: number
}

export function openText(place: TextPlace): TextStream {
  return transcoded(openSource(place), place.table.encoding)
}

/** The same without transcoding. */
export function openSource(place: TextPlace): TextStream {
  const input = inputOf(place.context, place.input)
  const fd = place.context.open(place.input)
  const { compression } = place.table
  if (compression === null) return openFile(place, { fd, bytes: input.bytes, path: input.path })
  const { from, to, place: start } = place.origin ?? { from: 0, to: input.bytes, place: 0 }
  const stream = new Decompressed({ fd, path: input.path, compression, from, to })
  return new Part(stream, { from: place.from - start, to: place.to === null ? null : place.to - start })
}

function openFile({ from, to }: TextPlace, file: { fd: number; bytes: number; path: string }): TextStream {
  const end = Math.min(to ?? file.bytes, file.bytes)
  let at = Math.min(from, end)
  return {
    read(target) {
      const bytes = target.subarray(0, Math.min(target.length, end - at))
      readExactly(file.fd, bytes, { offset: at, path: file.path })
      at += bytes.length
      return bytes.length
    },
    fraction: () => (end > from ? (at - from) / (end - from) : 1),
    close: () => undefined,
  }
}

/** A part of a stream that can only be read from its start. */
class Part implements TextStream {
  readonly #stream: TextStream
  readonly #from: number
  readonly #to: number | null
  #skip: number
  #at: number

  constructor(stream: TextStream, { from, to }: { from: number; to: number | null }) {
    this.#stream = stream
    this.#from = from
    this.#to = to
    this.#skip = from
    this.#at = from
  }

  async read(target: Uint8Array): Promise<number> {
    const room = target.subarray(0, Math.min(target.length, (this.#to ?? Infinity) - this.#at))
    while (this.#skip > 0) {
      const got = await this.#stream.read(new Uint8Array(Math.min(this.#skip, 64 * 1024)))
      if (got === 0) return 0
      this.#skip -= got
    }
    if (room.length === 0) return 0
    const got = await this.#stream.read(room)
    this.#at += got
    return got
  }

  fraction(): number {
    if (this.#to !== null) return (this.#at - this.#from) / Math.max(1, this.#to - this.#from)
    return this.#stream.fraction()
  }

  close(): void {
    this.#stream.close()
  }
}

/** Reads until `target` has no room for another character or the text ends; returns how much came. */
export async function fill(stream: Pick<TextStream, 'read'>, target: Uint8Array): Promise<number> {
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
