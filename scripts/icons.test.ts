import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packIcns, packIco } from './iconContainers.ts'
import { drawing, icoSizes, iconsFolder, pngName, record, sha256, sizes, type IconRecord } from './icons.ts'

const read = (name: string): Buffer => readFileSync(join(iconsFolder, name))
const images = (wanted: readonly number[]) => wanted.map((size) => ({ size, png: read(pngName(size)) }))

/** From the image's own header. */
function pngSize(png: Buffer): { signature: string; width: number; height: number; colourType: number } {
  return {
    signature: png.toString('latin1', 1, 4),
    width: png.readUInt32BE(16),
    height: png.readUInt32BE(20),
    colourType: png.readUInt8(25),
  }
}

/** Reads an .ico as its specification says, to tell what was packed. */
function unpackIco(file: Buffer): { width: number; png: Buffer }[] {
  expect(file.readUInt32LE(0)).toBe(0x0001_0000)
  return Array.from({ length: file.readUInt16LE(4) }, (_, index) => {
    const entry = 6 + 16 * index
    const [bytes, offset] = [file.readUInt32LE(entry + 8), file.readUInt32LE(entry + 12)]
    return { width: file.readUInt8(entry) || 256, png: file.subarray(offset, offset + bytes) }
  })
}

function unpackIcns(file: Buffer): Map<string, Buffer> {
  expect(file.toString('latin1', 0, 4)).toBe('icns')
  expect(file.readUInt32BE(4)).toBe(file.length)
  const blocks = new Map<string, Buffer>()
  for (let at = 8; at < file.length; at += file.readUInt32BE(at + 4))
    blocks.set(file.toString('latin1', at, at + 4), file.subarray(at + 8, at + file.readUInt32BE(at + 4)))
  return blocks
}

describe('the icons', () => {
  it('are all made from the drawing as it is now, and nothing else lies beside them', () => {
    const made = JSON.parse(read(record).toString()) as IconRecord
    expect(made.drawing, 'the drawing changed; run npm run icons').toBe(sha256(read(drawing)))
    expect(readdirSync(iconsFolder).sort()).toEqual([drawing, record, ...Object.keys(made.files)].sort())
    for (const [name, hash] of Object.entries(made.files)) expect(sha256(read(name)), name).toBe(hash)
  })

  it.each(sizes)('%i pixels are that many, with transparency', (size) => {
    expect(pngSize(read(pngName(size)))).toEqual({ signature: 'PNG', width: size, height: size, colourType: 6 })
  })

  it('Windows’ holds every size up to 256, byte for byte', () => {
    const unpacked = unpackIco(read('gristmill.ico'))
    expect(unpacked.map(({ width }) => width)).toEqual(icoSizes)
    for (const { width, png } of unpacked) expect(png.equals(read(pngName(width))), `${width}`).toBe(true)
  })

  it('macOS’ holds each type at its size, byte for byte', () => {
    const expected = { ic11: 32, ic12: 64, ic07: 128, ic13: 256, ic08: 256, ic14: 512, ic09: 512, ic10: 1024 }
    const unpacked = unpackIcns(read('gristmill.icns'))
    expect([...unpacked.keys()]).toEqual(Object.keys(expected))
    for (const [type, size] of Object.entries(expected))
      expect(unpacked.get(type)?.equals(read(pngName(size))), type).toBe(true)
  })
})

describe('the containers', () => {
  it('an .ico refuses an image that its table cannot describe', () => {
    expect(() => packIco(images([512]))).toThrow('up to 256 pixels, not 512')
  })

  it('an .icns names the size that is missing', () => {
    expect(() => packIcns(images([32, 64]))).toThrow('needs an image of 128 pixels')
  })
})
