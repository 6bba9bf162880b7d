import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { rowsOf } from '../testing/rowsKind.ts'

/** 300 rows, some of them over several lines. */
const text = `n,text\n${Array.from({ length: 300 }, (_, row) => `${row},"line ${row}\n""second"", ünd"`).join('\n')}\n`

/** Cut where it hurts: inside records and characters. */
function framesOf(content: string, sizes: readonly number[], compress: (part: Buffer) => Buffer): Buffer {
  const bytes = Buffer.from(content)
  const frames: Buffer[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1
    frames.push(compress(bytes.subarray(at, at + size)))
    at += size
  }
  return Buffer.concat(frames)
}

const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3])
const plain = await rowsOf({ files: [text] })

describe('what is compressed reads like what is not', () => {
  test('gzip of many members, by one worker', async () => {
    const found = await rowsOf({
      files: [framesOf(text, [1000, 7, 333], (part) => gzipSync(part))],
      cellBytes: 64,
      seed: 1,
    })
    expect(found.rows).toEqual(plain.rows)
    expect(found.stages).toEqual({ scan: 1, join: 1 })
  })

  test.each([1, 2, 3, 4, 5])('zstd of many frames, frames side by side (%i)', async (seed) => {
    const frames = framesOf(text, [1000 + seed, 7, 333, 50 * seed], (part) => zstdCompressSync(part))
    const found = await rowsOf({ files: [Buffer.concat([skippable, frames, skippable])], cellBytes: 16, seed })
    expect(found.rows).toEqual(plain.rows)
    expect(found.stages['scan']).toBeGreaterThan(2)
  })

  test('an unbalanced quote in it is told at its place of the text', async () => {
    const broken = `${text}5,"never\n6,closed\n`
    const expected = await rowsOf({ files: [broken] })
    expect(expected.rejects).toMatchObject([
      { row: 301, reason: 'a quote is opened and never closed', raw: '5,"never' },
    ])
    const frames = framesOf(broken, [700, 90], (part) => zstdCompressSync(part))
    const found = await rowsOf({ files: [frames], cellBytes: 16, seed: 3 })
    expect(found.rows).toEqual(expected.rows)
    expect(found.rejects).toEqual(expected.rejects)
  })
})

describe('what is damaged is refused in a line', () => {
  test.each([
    ['gzip', gzipSync(text)],
    ['zstd', zstdCompressSync(text)],
  ])('%s that was cut off', async (_, bytes) => {
    await expect(rowsOf({ files: [bytes.subarray(0, bytes.length - 20)] })).rejects.toThrow(
      /cannot decompress .*: it ends/,
    )
  })

  test('a few bytes that would fill a disk', async () => {
    const bomb = zstdCompressSync(Buffer.alloc(256 * 1024 * 1024, 'a'))
    await expect(rowsOf({ files: [bomb] })).rejects.toThrow(/which no honest file does/)
  })
})
