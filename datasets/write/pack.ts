import { closeSync, openSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { z } from 'zod'
import { invariant } from '../../contract/invariant.ts'
import type { FileRef } from '../../contract/outcome.ts'
import { PartLost, type RunContext, type ScratchWriter } from '../../contract/run.ts'
import { readAt } from '../bytes/read.ts'

/**
 * Many files of a folder in one scratch file: their bytes one after the other, then the list of them as JSON, then its length and its CRC-32
 * (32-bit integers, little-endian). So a task may leave thousands of files, and no message ever carries the list.
 */
const packedFileSchema = z.strictObject({
  /** Below the folder, with slashes. */
  path: z.string(),
  bytes: z.int().min(0),
  crc32: z.int(),
})
type Packed = z.infer<typeof packedFileSchema>

/** A file of a pack: where in the pack its bytes begin. */
export interface PackedFile extends Packed {
  offset: number
}

const footerBytes = 8

export class PackWriter {
  readonly #writer: ScratchWriter
  readonly #files: Packed[] = []
  #rows = 0

  constructor(writer: ScratchWriter) {
    this.#writer = writer
  }

  /** What is written from now on is of this file. */
  begin(path: string): void {
    invariant(isBelow(path), `${path} is no path of a file below a folder`)
    this.#files.push({ path, bytes: 0, crc32: 0 })
  }

  write(bytes: Uint8Array): void {
    const file = this.#files.at(-1)
    invariant(file !== undefined, 'what is packed is of a file')
    this.#writer.write(bytes)
    file.bytes += bytes.length
    file.crc32 = crc32(bytes, file.crc32)
  }

  /** Ends a file of so many rows. */
  end(rows: number): void {
    this.#rows += rows
  }

  finish(): FileRef {
    const list = Buffer.from(JSON.stringify(this.#files))
    const footer = Buffer.alloc(footerBytes)
    footer.writeUint32LE(list.length, 0)
    footer.writeUint32LE(crc32(list), 4)
    this.#writer.write(list)
    this.#writer.write(footer)
    return this.#writer.finish(this.#rows)
  }
}

/** The files of a pack in their order. */
export function packedFiles(context: Pick<RunContext, 'path'>, ref: FileRef): PackedFile[] {
  const fd = openSync(context.path(ref), 'r')
  try {
    const footer = readExactly(fd, ref, { offset: ref.bytes - footerBytes, bytes: footerBytes })
    const bytes = footer.readUint32LE(0)
    const list = readExactly(fd, ref, { offset: ref.bytes - footerBytes - bytes, bytes })
    if (crc32(list) !== footer.readUint32LE(4)) throw new PartLost(ref.file, 'its list of files is damaged')
    let offset = 0
    return z
      .array(packedFileSchema)
      .parse(JSON.parse(list.toString('utf8')))
      .map((file) => {
        const placed = { ...file, offset }
        offset += file.bytes
        return placed
      })
  } finally {
    closeSync(fd)
  }
}

function readExactly(fd: number, ref: FileRef, { offset, bytes }: { offset: number; bytes: number }): Buffer {
  const block = Buffer.alloc(bytes)
  if (offset < 0 || readAt(fd, block, offset) < bytes) throw new PartLost(ref.file, 'its list of files is damaged')
  return block
}

function isBelow(path: string): boolean {
  return !path.includes('\0') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
}
