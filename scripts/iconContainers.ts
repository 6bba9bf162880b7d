/**
 * The two icon containers, around PNG images as they are: Windows' .ico (since Vista) and macOS' .icns (since 10.7). Both formats are
 * a table and the images behind it.
 */
export interface SizedPng {
  /** Width and height in pixels. */
  size: number
  png: Buffer
}

const icoHeaderBytes = 6
const icoEntryBytes = 16
const icoLargest = 256

/** Little-endian: reserved 0, type 1 (icon), count; then 16 bytes per image. A size of 256 is written as 0. */
export function packIco(images: readonly SizedPng[]): Buffer {
  const table = Buffer.alloc(icoHeaderBytes + icoEntryBytes * images.length)
  table.writeUInt16LE(1, 2)
  table.writeUInt16LE(images.length, 4)
  let offset = table.length
  for (const [index, { size, png }] of images.entries()) {
    if (size > icoLargest) throw new RangeError(`an .ico holds images of up to ${icoLargest} pixels, not ${size}`)
    const entry = icoHeaderBytes + icoEntryBytes * index
    table.writeUInt8(size % icoLargest, entry)
    table.writeUInt8(size % icoLargest, entry + 1)
    table.writeUInt16LE(1, entry + 4)
    table.writeUInt16LE(32, entry + 6)
    table.writeUInt32LE(png.length, entry + 8)
    table.writeUInt32LE(offset, entry + 12)
    offset += png.length
  }
  return Buffer.concat([table, ...images.map(({ png }) => png)])
}

/** The types whose image is a PNG everywhere; the sizes at twice the density come first in use. 16 and 32 are scaled from them. */
const icnsTypes: readonly [type: string, size: number][] = [
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
]
const icnsHeaderBytes = 8

/** Big-endian: `icns` and the whole length; then type, length with these 8 bytes, image. */
export function packIcns(images: readonly SizedPng[]): Buffer {
  const bySize = new Map(images.map(({ size, png }) => [size, png]))
  const blocks = icnsTypes.map(([type, size]) => {
    const png = bySize.get(size)
    if (png === undefined) throw new RangeError(`an .icns needs an image of ${size} pixels`)
    return block(type, png)
  })
  return block('icns', Buffer.concat(blocks))
}

function block(type: string, content: Buffer): Buffer {
  const header = Buffer.alloc(icnsHeaderBytes)
  header.write(type, 'latin1')
  header.writeUInt32BE(icnsHeaderBytes + content.length, 4)
  return Buffer.concat([header, content])
}
