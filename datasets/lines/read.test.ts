import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Piece } from '../../contract/dataset.ts'
import { TaskFailure } from '../../contract/run.ts'
import { type PieceFixture, pieceFixture, piecesBetween } from '../testing/pieceFixture.ts'
import { lineText, longestLineBytes, readLines } from './read.ts'

interface Met {
  offset: number
  text: string
}

/** The oracle: the whole file at once, by the definition. */
function serial(content: Buffer): Met[] {
  const marked = content.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))
  const lines: Met[] = []
  let start = marked ? 3 : 0
  while (start < content.length) {
    const newline = content.indexOf(10, start)
    const end = newline < 0 ? content.length : newline
    const text = content.toString('latin1', start, end)
    lines.push({ offset: start, text: newline < 0 ? text : text.replace(/\r$/, '') })
    start = end + 1
  }
  return lines
}

function readPieces(fixture: PieceFixture, pieces: Piece[]): Met[] {
  const met: Met[] = []
  for (const piece of pieces) {
    let expected = 0
    const lines = readLines(fixture.context, piece, (line) => {
      expect(line.record).toBe(expected)
      expected += 1
      met.push({ offset: line.offset, text: line.bytes.toString('latin1', line.start, line.end) })
    })
    expect(lines).toBe(expected)
  }
  return met
}

function check(content: Buffer, cuts: number[]): void {
  const fixture = pieceFixture(content)
  try {
    const pieces = piecesBetween(cuts, content.length)
    expect(readPieces(fixture, pieces)).toEqual(serial(content))
    expect(fixture.told.bytes).toBe(content.length)
    expect(fixture.told.rows).toBe(serial(content).length)
    expect(fixture.told.pieces).toHaveLength(pieces.length)
  } finally {
    fixture.remove()
  }
}

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 })
const mark = fc.constantFrom('', '\uFEFF')

test('however a small file is cut, its lines are met once each, in order, at their offsets', () => {
  const text = fc.array(fc.constantFrom('\n', '\r\n', '\r', 'a', 'bc', 'é', '😀', ' '), { maxLength: 40 })
  fc.assert(
    fc.property(mark, text, cuts, (bom, parts, points) => check(Buffer.from(bom + parts.join('')), points)),
    { numRuns: 300 },
  )
})

test('lines longer than the reading buffer are met whole, wherever the cuts fall', () => {
  const length = fc.integer({ min: 0, max: 600_000 })
  const lines = fc.array(fc.tuple(length, fc.constantFrom('\n', '\r\n')), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(lines, fc.boolean(), cuts, (parts, ended, points) => {
      const text = parts.map(([size, end]) => 'xyz'.repeat(Math.ceil(size / 3)) + end).join('')
      check(Buffer.from(ended ? text : `${text}tail`), points)
    }),
    { numRuns: 15 },
  )
})

test('a file that is empty, or nothing but a byte order mark, has no line', () => {
  check(Buffer.alloc(0), [])
  check(Buffer.from('\uFEFF'), [0.3, 0.7])
  expect(serial(Buffer.from('\uFEFF'))).toEqual([])
})

test('a line over 64 MiB is refused by name and place', () => {
  const content = Buffer.alloc(longestLineBytes + 10, 'x')
  content[3] = 10
  const fixture = pieceFixture(content)
  try {
    const read = () => readLines(fixture.context, { input: 0, from: 0, to: content.length }, () => undefined)
    expect(read).toThrow(TaskFailure)
    expect(read).toThrow(/line at byte 4 is longer than 64 MiB/)
  } finally {
    fixture.remove()
  }
})

test('an input that is shorter than it was is reported as changed', () => {
  const fixture = pieceFixture(Buffer.from('a\nb\n'))
  try {
    const inputs = fixture.context.inputs.map((input) => ({ ...input, bytes: 100 }))
    const read = () => readLines({ ...fixture.context, inputs }, { input: 0, from: 0, to: 100 }, () => undefined)
    expect(read).toThrow(/it ends at byte 4/)
  } finally {
    fixture.remove()
  }
})

test('a reader inside a reader does not disturb the outer one', () => {
  const fixture = pieceFixture(Buffer.from('one\ntwo\n'))
  try {
    const met: string[] = []
    readLines(fixture.context, { input: 0, from: 0, to: 8 }, (line) => {
      readLines(fixture.context, { input: 0, from: 4, to: 8 }, (inner) => met.push(lineText(inner)))
      met.push(lineText(line))
    })
    expect(met).toEqual(['two', 'one', 'two', 'two'])
  } finally {
    fixture.remove()
  }
})

test('a line that the context does not want is counted but not visited; its text is there for whoever keeps it', () => {
  const fixture = pieceFixture(Buffer.from(`one\n${'x'.repeat(5000)}\nthree`))
  try {
    const met: string[] = []
    const asked: (number | string)[] = []
    const record: typeof fixture.context.record = (place, raw) => {
      asked.push(place.offset, place.record, raw())
      return place.offset !== 4
    }
    const lines = readLines({ ...fixture.context, record }, { input: 0, from: 0, to: 6000 }, (line) =>
      met.push(lineText(line)),
    )
    expect(lines).toBe(3)
    expect(met).toEqual(['one', 'three'])
    expect(asked).toEqual([0, 0, 'one', 4, 1, 'x'.repeat(4096), 5005, 2, 'three'])
  } finally {
    fixture.remove()
  }
})

test('a line that a person has put right takes the place of what stands there; offsets and the count stay', () => {
  const fixture = pieceFixture(Buffer.from('one\ntwo\nthree\n'))
  try {
    const met: string[] = []
    const mended = () =>
      new Map([
        [4, Buffer.from('a longer text')],
        [8, Buffer.from('')],
      ])
    const lines = readLines({ ...fixture.context, mended }, { input: 0, from: 0, to: 14 }, (line) =>
      met.push(`${line.offset} ${line.record} ${lineText(line)}`),
    )
    expect(lines).toBe(3)
    expect(met).toEqual(['0 0 one', '4 1 a longer text', '8 2 '])
  } finally {
    fixture.remove()
  }
})
