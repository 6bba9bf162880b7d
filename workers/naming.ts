import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readSync, statSync } from 'node:fs'
import { crc32 as addToCrc32 } from 'node:zlib'
import { TaskFailure } from '../contract/run.ts'
import type { TaskContext } from './context.ts'

/** What giving an artifact its final name takes, be it a file or a folder. */
const blockBytes = 1024 * 1024

export interface NamePlaces {
  target: string
  final: string
  force: boolean
  /** A scratch file that says which file was about to get the final name: what stands there after a crash is ours or it is not. */
  intent: string
}

export interface FileHash {
  bytes: number
  sha256: string
  crc32: number
}

/** Each block counts as progress: an artifact may be long, and nothing but this is heard of it meanwhile. */
export function hashOf(
  path: string,
  context: Pick<TaskContext, 'progress'>,
  block: Buffer = Buffer.allocUnsafe(blockBytes),
): FileHash {
  const fd = openSync(path, 'r')
  try {
    const hash = createHash('sha256')
    let crc32 = 0
    let bytes = 0
    for (;;) {
      const got = readSync(fd, block)
      if (got === 0) return { sha256: hash.digest('hex'), crc32, bytes }
      bytes += got
      hash.update(block.subarray(0, got))
      crc32 = addToCrc32(block.subarray(0, got), crc32)
      context.progress(got, 0)
    }
  } finally {
    closeSync(fd)
  }
}

/** Which file or folder it is, whatever it is called. */
export function identityOf(path: string): string {
  const { dev, ino } = statSync(path, { bigint: true })
  return `${dev} ${ino}`
}

export function existing(final: string, cause?: unknown): TaskFailure {
  return new TaskFailure('output-exists', `cannot write ${final}: it exists already`, { cause })
}

/** So that the name, too, survives a loss of power. Windows has no such call and needs none. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
