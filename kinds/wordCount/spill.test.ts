import { readFileSync, readdirSync } from 'node:fs'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FileRef } from '../../contract/outcome.ts'
import { type ScratchFolder, makeScratchFolder } from '../../tests/harness/scratchFolder.ts'
import { WordCounter } from './count.ts'
import { rankTable } from './rank.ts'
import { TableCursor } from './tableFile.ts'

let folder: ScratchFolder

beforeEach(() => {
  folder = makeScratchFolder()
})

afterEach(() => folder.remove())

function filesNamed(name: string): number {
  return readdirSync(folder.path).filter((file) => file.includes(name)).length
}

function blocksOf(words: string[]) {
  return words.map((word) => {
    const bytes = Buffer.from(`${word} `)
    return { bytes, start: 0, end: bytes.length, offset: 0, isCut: false, isLast: false }
  })
}

function readTable(file: FileRef): [string, number][] {
  const cursor = new TableCursor(folder.context.path(file))
  const rows: [string, number][] = []
  while (cursor.next()) rows.push([Buffer.from(cursor.word).toString('latin1'), cursor.times])
  cursor.close()
  return rows
}

const many = fc.array(
  fc.nat(60).map((number) => `w${number % 7 === 0 ? 'é'.repeat(number) : number}`),
  { maxLength: 300 },
)

/** Enough of them for at least two spills at the limits below, whatever is added. */
const some = Array.from({ length: 45 }, (_, number) => `v${number}`)

describe('beyond its memory', () => {
  test('a table is written in sorted runs whose merge is the table that never left memory', () => {
    fc.assert(
      fc.property(many, fc.integer({ min: 1, max: 600 }), (added, limit) => {
        const words = [...some, ...added]
        const spilling = new WordCounter(folder.context, 'words', limit)
        const holding = new WordCounter(folder.context, 'words')
        for (const block of blocksOf(words)) {
          spilling.take(block)
          holding.take(block)
        }
        expect(filesNamed('spilled')).toBeGreaterThan(1)
        const [spilled, held] = [spilling.finish(5), holding.finish(5)]
        expect(readTable(spilled.table)).toEqual(readTable(held.table))
        expect(spilled.distinct).toBe(held.distinct)
        expect(spilled.top.entries()).toEqual(held.top.entries())
        expect(spilling.total).toBe(words.length)
        expect(filesNamed('spilled')).toBe(0)
      }),
      { numRuns: 30 },
    )
  })

  test('ranking in parts gives the bytes of ranking at once', () => {
    fc.assert(
      fc.property(many, fc.integer({ min: 1, max: 3000 }), (words, limit) => {
        const counter = new WordCounter(folder.context, 'words')
        for (const block of blocksOf(words)) counter.take(block)
        const { table } = counter.finish(0)
        const [parted, whole] = [rankTable(folder.context, table, limit), rankTable(folder.context, table)]
        expect(readFileSync(folder.context.path(parted))).toEqual(readFileSync(folder.context.path(whole)))
        expect(parted.rows).toBe(new Set(words).size)
        expect(filesNamed('part')).toBe(0)
      }),
      { numRuns: 30 },
    )
  })

  test('words longer than a reading block come back whole', () => {
    const counter = new WordCounter(folder.context, 'whitespace')
    const words = ['a'.repeat(70_000), 'b', 'a'.repeat(200_000), 'c'.repeat(65_536)]
    for (const block of blocksOf(words)) counter.take(block)
    const expected = words.toSorted().map((word) => [word, 1])
    expect(readTable(counter.finish(0).table)).toEqual(expected)
  })
})
