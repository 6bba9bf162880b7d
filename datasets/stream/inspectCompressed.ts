import { readAt } from '../bytes/read.ts'
import { Decompressed } from './decompress.ts'
import { fill } from './text.ts'
import { type Frame, zstdFrames } from './zstdFrames.ts'

/** What is compressed, looked at from its first bytes: its text's head, and the cells in which it can be read side by side. */
export interface CompressedFile {
  fd: number
  path: string
  bytes: number
  cellBytes: number
}

export interface CompressedText {
  text: { head: Buffer; later: readonly Buffer[]; bytes: number; isWhole: boolean }
  notes: string[]
  /** The first cell holds all that is before the data. */
  cellEnds(dataStart: number): Promise<number[]>
}

const headBytes = 256 * 1024
const mostCells = 4096
/** More headers would take too long to look at. */
const mostHeaders = 20_000

export function compressionOf(head: Buffer): 'gzip' | 'zstd' | null {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  const mark = head.length < 4 ? 0 : head.readUInt32LE(0)
  return mark === 0xfd2fb528 || (mark & 0xfffffff0) >>> 0 === 0x184d2a50 ? 'zstd' : null
}

export async function inspectCompressed(file: CompressedFile, compression: 'gzip' | 'zstd'): Promise<CompressedText> {
  const { fd, path, bytes } = file
  const stream = new Decompressed({ fd, path, compression, from: 0, to: bytes })
  try {
    const head = Buffer.alloc(headBytes)
    const filled = await fill(stream, head)
    const isWhole = filled < headBytes
    const estimated = isWhole ? filled : Math.round(filled / Math.max(1e-9, stream.fraction()))
    const text = { head: head.subarray(0, filled), later: [], bytes: estimated, isWhole }
    if (compression === 'gzip')
      return { text, notes: ['gzip cannot be split: one worker reads it'], cellEnds: () => Promise.resolve([bytes]) }
    const read = (at: number, length: number) => headerAt(fd, at, length)
    const frames = [...zstdFrames(read, { from: 0, to: bytes, mostHeaders })]
    const notes = frames.length === 1 ? ['it is one frame of zstd, which cannot be split: one worker reads it'] : []
    return {
      text,
      notes,
      cellEnds: async (dataStart) => groupFrames(frames, await framesHolding(file, frames, dataStart), file),
    }
  } finally {
    stream.close()
  }
}

function headerAt(fd: number, at: number, length: number): Buffer {
  const header = Buffer.alloc(length)
  return header.subarray(0, readAt(fd, header, at))
}

/** How many frames it takes to hold so many bytes of text. */
async function framesHolding({ fd, path }: CompressedFile, frames: readonly Frame[], bytes: number): Promise<number> {
  let held = 0
  for (const [index, frame] of frames.entries()) {
    if (held >= bytes) return index
    const stream = new Decompressed({ fd, path, compression: 'zstd', from: frame.from, to: frame.to })
    held += await fill(stream, Buffer.alloc(bytes - held))
    stream.close()
  }
  return frames.length
}

function groupFrames(frames: readonly Frame[], first: number, { bytes, cellBytes }: CompressedFile): number[] {
  const least = Math.max(cellBytes, Math.ceil(bytes / mostCells))
  const ends: number[] = []
  let from = 0
  for (const [index, frame] of frames.entries()) {
    if (index + 1 < first || frame.to - from < least) continue
    ends.push(frame.to)
    from = frame.to
  }
  return from === bytes ? ends : [...ends, bytes]
}
