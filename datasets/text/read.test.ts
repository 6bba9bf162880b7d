import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type PieceFixture, pieceFixture, piecesBetween } from '../testing/pieceFixture.ts'
import { isWhiteSpace, readText } from './read.ts'

interface Read {
  text: Buffer
  /** Offsets at which a piece's text begins and ends. */
  edges: [number, number][]
  blocks: number
  cutBlocks: number
}

function read(fixture: PieceFixture, cuts: number[]): Read {
  const parts: Buffer[] = []
  const result: Read = { text: Buffer.alloc(0), edges: [], blocks: 0, cutBlocks: 0 }
  let expectedOffset = 0
  for (const piece of piecesBetween(cuts, fixture.bytes)) {
    const seen: boolean[] = []
    const from = expectedOffset
    readText(fixture.context, piece, (block) => {
      if (block.end > block.start) expect(block.offset).toBe(expectedOffset)
      expectedOffset += block.end - block.start
      parts.push(Buffer.from(block.bytes.subarray(block.start, block.end)))
      seen.push(block.isLast)
      result.blocks += 1
      result.cutBlocks += block.isCut ? 1 : 0
      return 1
    })
    expect(seen.filter(Boolean)).toHaveLength(1)
    expect(seen.at(-1)).toBe(true)
    result.edges.push([from, expectedOffset])
  }
  return { ...result, text: Buffer.concat(parts) }
}

function check(content: Buffer, cuts: number[]): Read {
  const fixture = pieceFixture(content)
  try {
    const result = read(fixture, cuts)
    expect(result.text.equals(content)).toBe(true)
    for (const [from, to] of result.edges) {
      if (from < to && from > 0) expect(isRunBoundary(content, from)).toBe(true)
      if (from < to && to < content.length) expect(isRunBoundary(content, to)).toBe(true)
    }
    expect(fixture.told.bytes).toBe(content.length)
    expect(fixture.told.rows).toBe(result.blocks)
    expect(fixture.told.pieces).toHaveLength(cuts.length + 1)
    return result
  } finally {
    fixture.remove()
  }
}

function isRunBoundary(content: Buffer, at: number): boolean {
  return isWhiteSpace(content[at] ?? 32) || isWhiteSpace(content[at - 1] ?? 32)
}

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 })

test('however a text is cut, its pieces give it whole and in order, and never end inside a run', () => {
  const parts = fc.array(fc.constantFrom(' ', '\n', '\t', '\v', '\f', '\r', 'a', 'bcd', 'é', '😀', '\u00A0', '\0'), {
    maxLength: 40,
  })
  fc.assert(
    fc.property(parts, cuts, (words, points) => void check(Buffer.from(words.join('')), points)),
    { numRuns: 300 },
  )
})

test('runs longer than the buffer come in cut blocks that add up to them', () => {
  const sizes = fc.array(fc.tuple(fc.integer({ min: 0, max: 700_000 }), fc.constantFrom(' ', '\n', '')), {
    minLength: 1,
    maxLength: 4,
  })
  fc.assert(
    fc.property(sizes, cuts, (runs, points) => {
      check(Buffer.from(runs.map(([size, gap]) => '€'.repeat(Math.ceil(size / 3)) + gap).join('')), points)
    }),
    { numRuns: 20 },
  )
})

test("ordinary text never comes in cut blocks, and each block but the last ends at a word's end", () => {
  const words = Array.from({ length: 200_000 }, (_, index) => `word${index}`).join(' ')
  const result = check(Buffer.from(words), [0.1, 0.5, 0.51])
  expect(result.blocks).toBeGreaterThan(6)
  expect(result.cutBlocks).toBe(0)
})

test('a cut inside a long run keeps UTF-8 sequences whole', () => {
  const fixture = pieceFixture(Buffer.from(`x${'😀'.repeat(100_000)}`))
  try {
    readText(fixture.context, { input: 0, from: 0, to: fixture.bytes }, (block) => {
      expect(block.bytes.toString('utf8', block.start, block.end)).not.toContain('\uFFFD')
      return 0
    })
  } finally {
    fixture.remove()
  }
})

test('a piece inside a run that began before it owns nothing', () => {
  const fixture = pieceFixture(Buffer.from('abcdefgh ij'))
  try {
    const given: string[] = []
    readText(fixture.context, { input: 0, from: 2, to: 6 }, (block) => {
      given.push(block.bytes.toString('utf8', block.start, block.end))
      return 0
    })
    expect(given).toEqual([''])
  } finally {
    fixture.remove()
  }
})
