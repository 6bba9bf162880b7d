import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { crashPoint } from '../contract/crashPoint.ts'
import type { Json } from '../contract/json.ts'
import { invariant } from '../contract/invariant.ts'
import type { FileRef } from '../contract/outcome.ts'
import { PartLost, type ScratchWriter } from '../contract/run.ts'

/**
 * Files of a job's scratch folder: what one attempt leaves for later tasks. They are never synced: a lost one is made again, and size
 * and checksum tell a lost one. Everything here takes the folder's absolute path; a reference is relative to it.
 */

const bufferBytes = 256 * 1024

/** A scratch file being written. `abandon` removes it; after `finish` that does nothing. */
export class ScratchFile implements ScratchWriter {
  readonly #path: string
  readonly #file: string
  readonly #fd: number
  #buffer = Buffer.allocUnsafe(bufferBytes)
  #used = 0
  #bytes = 0
  #crc32 = 0
  #isOpen = true

  constructor(folder: string, file: string) {
    this.#file = file
    this.#path = join(folder, file)
    this.#fd = openSync(this.#path, 'w')
  }

  write(bytes: Uint8Array | string): void {
    const source = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
    if (source.length > bufferBytes - this.#used) this.#flush()
    if (source.length >= bufferBytes) {
      this.#append(source)
      return
    }
    this.#buffer.set(source, this.#used)
    this.#used += source.length
  }

  finish(rows?: number): FileRef {
    invariant(this.#isOpen, `scratch file ${this.#file} was finished twice`)
    this.#flush()
    this.#close()
    crashPoint('scratch-written')
    const ref = { file: this.#file, bytes: this.#bytes, crc32: this.#crc32 }
    return rows === undefined ? ref : { ...ref, rows }
  }

  abandon(): void {
    if (!this.#isOpen) return
    this.#close()
    rmSync(this.#path, { force: true })
  }

  #close(): void {
    this.#isOpen = false
    // A task may leave thousands of files: what is written needs no memory.
    this.#buffer = Buffer.alloc(0)
    closeSync(this.#fd)
  }

  #flush(): void {
    this.#append(this.#buffer.subarray(0, this.#used))
    this.#used = 0
  }

  #append(bytes: Uint8Array): void {
    this.#crc32 = crc32(bytes, this.#crc32)
    for (let done = 0; done < bytes.length;) done += writeSync(this.#fd, bytes, done)
    this.#bytes += bytes.length
  }
}

/** The absolute path of a scratch file whose size is right. */
export function pathOfRef(folder: string, ref: FileRef): string {
  invariant(/^[\w.-]+$/.test(ref.file), `${ref.file} is not the name of a scratch file`)
  const path = join(folder, ref.file)
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat?.size === ref.bytes) return path
  throw lostRef(ref, stat === undefined ? 'it is missing' : `it has ${stat.size} bytes instead of ${ref.bytes}`)
}

export function lostRef(ref: FileRef, why: string): PartLost {
  return new PartLost(ref.file, why)
}

/** A value that had been moved to a scratch file. */
export function readValue(folder: string, ref: FileRef): Json {
  const bytes = readFileSync(pathOfRef(folder, ref))
  if (crc32(bytes) !== ref.crc32) throw lostRef(ref, 'its checksum is wrong')
  return JSON.parse(bytes.toString('utf8')) as Json
}
