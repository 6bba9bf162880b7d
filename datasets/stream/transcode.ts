import type { Table } from '../../contract/table.ts'
import type { TextStream } from './textStream.ts'

/** Text of other encodings as UTF-8, block by block; a character that a block cuts waits for the next. Lone surrogates become U+FFFD. */
const blockBytes = 64 * 1024
/** No code unit of any of them takes more bytes than this in UTF-8. */
const mostGrowth = 3

export function transcoded(source: TextStream, encoding: Table['encoding']): TextStream {
  return encoding === 'utf-8' ? source : new Transcoder(source, encoding)
}

class Transcoder implements TextStream {
  readonly #source: TextStream
  readonly #encoding: Table['encoding']
  readonly #block = Buffer.allocUnsafe(blockBytes)
  /** Bytes of the block that wait for more. */
  #kept = 0

  constructor(source: TextStream, encoding: Table['encoding']) {
    this.#source = source
    this.#encoding = encoding
  }

  async read(target: Uint8Array): Promise<number> {
    const room = Math.min(blockBytes, Math.floor(target.length / mostGrowth) & ~3)
    if (room === 0) return 0
    for (;;) {
      const got = await this.#source.read(this.#block.subarray(this.#kept, room))
      const filled = this.#kept + got
      if (filled === 0) return 0
      const whole = got === 0 ? filled : this.#wholeUnits(filled)
      const text = this.#decode(whole)
      this.#block.copyWithin(0, whole, filled)
      this.#kept = filled - whole
      if (text.length > 0) return Buffer.from(target.buffer, target.byteOffset, target.byteLength).write(text, 'utf8')
    }
  }

  fraction(): number {
    return this.#source.fraction()
  }

  close(): void {
    this.#source.close()
  }

  #wholeUnits(filled: number): number {
    if (this.#encoding === 'latin-1') return filled
    const whole = filled & ~1
    if (whole === 0) return 0
    const high = this.#block[whole - (this.#encoding === 'utf-16le' ? 1 : 2)] as number
    return high >= 0xd8 && high < 0xdc ? whole - 2 : whole
  }

  #decode(length: number): string {
    if (this.#encoding === 'latin-1') return latin1(this.#block.subarray(0, length))
    const even = length & ~1
    if (this.#encoding === 'utf-16be') this.#block.subarray(0, even).swap16()
    const text = this.#block.toString('utf16le', 0, even).toWellFormed()
    // Half a code unit at the very end of a file.
    return even < length ? `${text}\uFFFD` : text
  }
}

/** A text from its start, as UTF-8; what its end cuts is left out. */
export function decoded(bytes: Buffer, encoding: Table['encoding']): Buffer {
  if (encoding === 'utf-8') return bytes
  if (encoding === 'latin-1') return Buffer.from(latin1(bytes))
  const even = Buffer.from(bytes.subarray(0, bytes.length & ~1))
  if (encoding === 'utf-16be') even.swap16()
  return Buffer.from(even.toString('utf16le').toWellFormed())
}

/** As the web and Windows mean it: 0x80 to 0x9f are printable, too. */
function latin1(bytes: Uint8Array): string {
  return new TextDecoder('windows-1252').decode(bytes)
}

/** One byte for each code unit: ASCII as it is, everything else as 0x80. What a dialect is made of is ASCII. */
export function narrowed(bytes: Uint8Array, encoding: Table['encoding']): Uint8Array {
  if (encoding === 'utf-8' || encoding === 'latin-1') return bytes
  const narrow = new Uint8Array(bytes.length >> 1)
  const [low, high] = encoding === 'utf-16le' ? [0, 1] : [1, 0]
  for (let unit = 0; unit < narrow.length; unit += 1)
    narrow[unit] =
      bytes[2 * unit + high] === 0 && (bytes[2 * unit + low] as number) < 0x80
        ? (bytes[2 * unit + low] as number)
        : 0x80
  return narrow
}

export function unitBytes(encoding: Table['encoding']): 1 | 2 {
  return encoding === 'utf-16le' || encoding === 'utf-16be' ? 2 : 1
}
