/**
 * Where the frames of a Zstandard file begin and end, from their headers alone (RFC 8878, section 3). Decoders stop after the first frame;
 * with this each frame can be given one of its own, and frames can be read side by side.
 */
export type ReadHeader = (offset: number, length: number) => Buffer

export interface Frame {
  from: number
  to: number
  /** Holds no text. */
  isSkippable: boolean
}

const magic = 0xfd2fb528
const skippableMagic = 0x184d2a50

export class NotZstd extends Error {
  override name = 'NotZstd'
}

/** The frames in [from, to). Beyond so many block headers the rest is told as one frame, so that asking takes no longer for a larger file. */
export function* zstdFrames(
  read: ReadHeader,
  range: { from: number; to: number; mostHeaders?: number },
): Generator<Frame> {
  const budget = { headers: range.mostHeaders ?? Infinity }
  for (let at = range.from; at < range.to;) {
    const frame = frameAt(read, { at, end: range.to, budget })
    if (frame === null) {
      yield { from: at, to: range.to, isSkippable: false }
      return
    }
    yield frame
    at = frame.to
  }
}

interface Place {
  at: number
  end: number
  budget: { headers: number }
}

function frameAt(read: ReadHeader, { at, end, budget }: Place): Frame | null {
  const header = read(at, 18)
  if (header.length < 5) throw new NotZstd(`it ends inside a frame that begins at byte ${at}`)
  const mark = header.readUInt32LE(0)
  if ((mark & 0xfffffff0) >>> 0 === skippableMagic) {
    if (header.length < 8) throw new NotZstd(`it ends inside a frame that begins at byte ${at}`)
    return { from: at, to: at + 8 + header.readUInt32LE(4), isSkippable: true }
  }
  if (mark !== magic) throw new NotZstd(`byte ${at} begins no frame`)
  const descriptor = header[4] as number
  const to = blocksEnd(read, { at: at + headerBytes(descriptor), end, budget })
  return to === null ? null : { from: at, to: to + ((descriptor & 4) === 0 ? 0 : 4), isSkippable: false }
}

function headerBytes(descriptor: number): number {
  const isSingle = (descriptor & 0x20) !== 0
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0
  const size = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0
  return 5 + (isSingle ? 0 : 1) + dictionary + size
}

/** Null when too many headers have been looked at. */
function blocksEnd(read: ReadHeader, { at, end, budget }: Place): number | null {
  for (let next = at; ;) {
    budget.headers -= 1
    if (budget.headers < 0) return null
    const header = read(next, 3)
    if (header.length < 3) throw new NotZstd(`it ends inside a frame, at byte ${end}`)
    const block = header.readUIntLE(0, 3)
    const isRunLength = ((block >> 1) & 3) === 1
    next += 3 + (isRunLength ? 1 : block >> 3)
    if ((block & 1) === 1) return next
  }
}
