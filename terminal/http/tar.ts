import { createReadStream } from 'node:fs'

/**
 * Files as one tar (POSIX.1-2001): whatever an old header has no room for, long names and sizes from 8 GiB on, stands in a header of
 * its own before it. Its length is known before its first byte.
 */
export interface TarFile {
  /** In the tar, with slashes. */
  name: string
  /** Where it lies. */
  path: string
  bytes: number
  /** Epoch milliseconds. */
  modifiedAt: number
}

const blockBytes = 512
const mostNameBytes = 100
const mostOctalBytes = 8 ** 11 - 1

export function tarBytes(files: readonly TarFile[]): number {
  const each = files.map((file) => headOf(file).length + padded(file.bytes))
  return each.reduce((sum, bytes) => sum + bytes, 2 * blockBytes)
}

export async function* tarOf(files: readonly TarFile[]): AsyncGenerator<Uint8Array> {
  for (const file of files) {
    yield headOf(file)
    let read = 0
    if (file.bytes > 0)
      for await (const chunk of createReadStream(file.path, { end: file.bytes - 1 })) {
        const bytes = chunk as Buffer
        read += bytes.length
        yield bytes
      }
    if (read < file.bytes) throw new Error(`${file.path} has become shorter while it was sent`)
    yield Buffer.alloc(padded(file.bytes) - file.bytes)
  }
  yield Buffer.alloc(2 * blockBytes)
}

function padded(bytes: number): number {
  return Math.ceil(bytes / blockBytes) * blockBytes
}

function headOf({ name, bytes, modifiedAt }: TarFile): Buffer {
  const seconds = Math.floor(modifiedAt / 1000)
  const isLong = Buffer.byteLength(name) > mostNameBytes
  const isLarge = bytes > mostOctalBytes
  const own = header({ name, bytes: isLarge ? 0 : bytes, seconds, type: '0' })
  if (!isLong && !isLarge) return own
  const records = [...(isLong ? [record('path', name)] : []), ...(isLarge ? [record('size', String(bytes))] : [])]
  const extended = Buffer.from(records.join(''))
  const body = Buffer.alloc(padded(extended.length))
  extended.copy(body)
  return Buffer.concat([header({ name: 'pax', bytes: extended.length, seconds, type: 'x' }), body, own])
}

/** `27 path=…\n`, where the number is the bytes of all of it, itself included. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`
  let bytes = Buffer.byteLength(rest)
  while (Buffer.byteLength(`${bytes}${rest}`) > bytes) bytes += 1
  return `${bytes}${rest}`
}

interface Header {
  name: string
  bytes: number
  seconds: number
  type: '0' | 'x'
}

function header({ name, bytes, seconds, type }: Header): Buffer {
  const block = Buffer.alloc(blockBytes)
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`
  Buffer.from(name).copy(block, 0, 0, mostNameBytes)
  block.write(octal(0o644, 8), 100)
  block.write(octal(0, 8), 108)
  block.write(octal(0, 8), 116)
  block.write(octal(bytes, 12), 124)
  block.write(octal(seconds, 12), 136)
  block.write('        ', 148)
  block.write(type, 156)
  block.write('ustar\x0000', 257, 'latin1')
  const sum = block.reduce((all, byte) => all + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}
