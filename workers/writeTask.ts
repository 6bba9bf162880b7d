import { closeSync, constants, fdatasyncSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { crashPoint } from '../contract/crashPoint.ts'
import { invariant } from '../contract/invariant.ts'
import type { Answer, FileRef } from '../contract/outcome.ts'
import type { TaskOrder } from '../contract/workerMessages.ts'
import type { TaskContext } from './context.ts'
import { lostRef } from './scratch.ts'

/**
 * A `write` task: copies whole scratch files to their places in an artifact's temporary file, which other workers fill at the same time.
 * It never shortens that file and never touches bytes outside its copies, so that it can be repeated.
 */
const blockBytes = 1024 * 1024
/** A task that copies as much syncs it: else the publishing one would wait for all of a long artifact at once, and seem to be stuck. */
const worthSyncBytes = 8 * 1024 * 1024

export function runWrite(order: TaskOrder, context: TaskContext): Answer {
  const { target, copies } = order
  invariant(target !== undefined && copies !== undefined, `write task ${order.seq} has no target or no copies`)
  mkdirSync(dirname(target), { recursive: true })
  const fd = openSync(target, constants.O_RDWR | constants.O_CREAT)
  try {
    const block = Buffer.allocUnsafe(blockBytes)
    for (const copy of copies) copyFile(copy.from, { fd, offset: copy.offset, block, context })
    if (copies.reduce((sum, copy) => sum + copy.from.bytes, 0) >= worthSyncBytes) fdatasyncSync(fd)
  } finally {
    closeSync(fd)
  }
  return {}
}

interface Destination {
  fd: number
  offset: number
  block: Buffer
  context: TaskContext
}

function copyFile(from: FileRef, to: Destination): void {
  const source = openSync(to.context.path(from), 'r')
  try {
    let checksum = 0
    let done = 0
    while (done < from.bytes) {
      const got = readSync(source, to.block, 0, Math.min(blockBytes, from.bytes - done), done)
      if (got === 0) throw lostRef(from, `it ends at byte ${done}`)
      const bytes = to.block.subarray(0, got)
      checksum = crc32(bytes, checksum)
      writeAll(to.fd, bytes, to.offset + done)
      done += got
      to.context.progress(got, 0)
      crashPoint('artifact-copied')
    }
    if (checksum !== from.crc32) throw lostRef(from, 'its checksum is wrong')
    to.context.progress(0, from.rows ?? 0)
  } finally {
    closeSync(source)
  }
}

export function writeAll(fd: number, bytes: Uint8Array, offset: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, offset + done)
}
