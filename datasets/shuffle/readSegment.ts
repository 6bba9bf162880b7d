import { closeSync, openSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { PartLost, type RunContext } from '../../contract/run.ts'
import { readAt } from '../bytes/read.ts'
import type { PlacedSegment } from './directory.ts'

/** Fills `target` with a segment's bytes. A damaged one is lost: whoever wrote its file writes it again. */
export function readSegment(context: Pick<RunContext, 'path'>, segment: PlacedSegment, target: Uint8Array): void {
  const { file, offset, bytes, crc32: checksum } = segment
  const fd = openSync(context.path(file), 'r')
  try {
    const place = target.subarray(0, bytes)
    if (readAt(fd, place, offset) < bytes || crc32(place) !== checksum)
      throw new PartLost(file.file, `its bytes from ${offset} on are damaged`)
  } finally {
    closeSync(fd)
  }
}
