import { spawnSync } from 'node:child_process'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chanceOf } from '../../tests/harness/chance.ts'
import { type PlanRequest, type PlanRun, runPlan } from '../../tests/harness/runPlan.ts'
import { kind } from './kind.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'

/** Property tests touch many small files, which takes long where cores are shared. */
const slowMs = 30_000

const wordCount = { plan, run }

interface Expected {
  result: {
    lines: number
    bytes: number
    totalWords: number
    distinctWords: number
    top: { word: string; count: number }[]
  }
  csv: string
}

/** Words in the slowest and plainest way: decode, match, lower-case, count, sort. */
function wordsOf(files: Uint8Array[]): Expected {
  const words = files.flatMap((file) => {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(file)
    return [...text.matchAll(/[\p{L}\p{M}\p{Nd}]+(['’][\p{L}\p{M}\p{Nd}]+)*/gu)].map(([word]) => word.toLowerCase())
  })
  return expectedOf(files, words, 'utf8')
}

/** Tokens between ASCII white space, one character per byte. */
function tokensOf(files: Uint8Array[]): Expected {
  const tokens = files.flatMap(
    (file) =>
      Buffer.from(file)
        .toString('latin1')
        .match(/[^ \t\n\v\f\r]+/g) ?? [],
  )
  return expectedOf(files, tokens, 'latin1')
}

function expectedOf(files: Uint8Array[], words: string[], encoding: 'utf8' | 'latin1'): Expected {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  const rows = [...counts].map(([word, count]) => ({ bytes: Buffer.from(word, encoding), count }))
  rows.sort((one, other) => other.count - one.count || Buffer.compare(one.bytes, other.bytes))
  const csv = rows.map(({ bytes, count }) => {
    const word = bytes.toString('latin1')
    return `${/[",]/.test(word) ? `"${word.replaceAll('"', '""')}"` : word},${count}\n`
  })
  const top = rows.slice(0, 20).map(({ bytes, count }) => {
    const word = bytes.toString('utf8')
    return Buffer.from(word).equals(bytes) ? { word, count } : { word, count, invalid: true }
  })
  const lines = files
    .map((file) => Buffer.from(file).toString('latin1'))
    .map((text) => text.split('\n').length - (text === '' || text.endsWith('\n') ? 1 : 0))
  return {
    result: {
      lines: lines.reduce((sum, count) => sum + count, 0),
      bytes: files.reduce((sum, file) => sum + file.length, 0),
      totalWords: words.length,
      distinctWords: rows.length,
      top,
    },
    csv: `word,count\n${csv.join('')}`,
  }
}

function csvOf(done: PlanRun): string {
  return done.artifacts.get('words.csv')?.toString('latin1') ?? 'missing'
}

async function count(request: Omit<PlanRequest, 'kind'>): Promise<Expected> {
  const done = await runPlan({ kind: wordCount, ...request })
  return { result: kind.result.parse(done.result), csv: csvOf(done) }
}

const nasty: [string, string | Uint8Array][] = [
  ['an empty file', ''],
  ['a file of one line', 'one line'],
  ['no final newline', 'a b\nc'],
  ['CRLF', 'a b\r\nb c\r\n\r\nc'],
  ['a byte order mark', '\ufeffword \ufeffword'],
  ['nothing but a byte order mark', '\ufeff'],
  ['nothing but white space', ' \n\t\r\n\v\f  '],
  ['a line longer than many cells', `${'long '.repeat(300)}${'x'.repeat(700)} end`],
  ['characters of two to four bytes', 'naïve Straße ΟΔΥΣΣΕΥΣ 東京 𝒳𝒴 é́ Ǆ İstanbul ÀÉ'],
  [
    'invalid UTF-8 inside words',
    Buffer.from('ab\xffcd \xe2\x82 caf\xe9 \xf0\x9f\x98 \xc0\xaf x\xed\xa0\x80y', 'latin1'),
  ],
  ['control characters', 'a\u0001b\u0007c \u001b[1mbold\u007f \u0085 \u00a0 \u2028 \u3000'],
  ['apostrophes', "don't 'quoted' '' ' rock'n'roll o''clock dogs' 'tis l’été l'été aujourd’hui’ ’’ é' 'é'é it's' a'"],
  ['digits and underscores', '007 1,000 3.14 snake_case x86-64 ٣٤ Ⅷ ²'],
  ['what CSV must quote', '"a" a,b ",", "" \' "x'],
  ['letters in both cases', 'Word WORD word wORD ÉTÉ été Été \u212a k K'],
]

describe.each(['words', 'whitespace'] as const)('counting %s', (tokens) => {
  const oracle = tokens === 'words' ? wordsOf : tokensOf

  test.each(nasty)('%s', async (_name, content) => {
    const files = [Buffer.from(content as string)]
    const expected = oracle(files)
    expect(await count({ params: { tokens }, files })).toEqual(expected)
    for (const cellBytes of [1, 2, 3, 7, 64])
      expect(await count({ params: { tokens }, files, cellBytes, seed: cellBytes })).toEqual(expected)
  })

  test(
    'any bytes, cells, cuts and orders give what the plainest way gives',
    async () => {
      const part = fc.oneof(
        {
          weight: 6,
          arbitrary: fc.constantFrom(
            'the',
            'The',
            'don',
            "'",
            '’',
            'é',
            'É',
            ' ',
            '\n',
            '\r\n',
            'a',
            ',',
            '"',
            '東',
            'Σ',
          ),
        },
        { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) },
        { weight: 1, arbitrary: fc.uint8Array({ maxLength: 4 }) },
      )
      const file = fc
        .array(part, { minLength: 40, maxLength: 150 })
        .map((parts) => Buffer.concat(parts.map((bytes) => Buffer.from(bytes as string))))
      await fc.assert(
        fc.asyncProperty(
          fc.array(file, { minLength: 1, maxLength: 3 }),
          fc.integer(),
          fc.integer({ min: 1, max: 10 }),
          async (files, seed, cellBytes) => {
            const done = await runPlan({ kind: wordCount, params: { tokens }, files, seed, cellBytes })
            expect({ result: done.result, csv: csvOf(done) }).toEqual(oracle(files))
            expect(done.tasks).toBeGreaterThanOrEqual(4)
            expect(done.bytes).toBe(files.reduce((sum, bytes) => sum + bytes.length, 0))
          },
        ),
        { numRuns: 20 },
      )
    },
    slowMs,
  )
})

describe('word-count', () => {
  test('by white space equals coreutils under LC_ALL=C', async () => {
    const chance = chanceOf(7)
    const ends = [9, 10, 11, 12, 13, 32]
    const byte = () => (chance.between(0, 3) === 0 ? ends[chance.between(0, 5)]! : chance.between(1, 255))
    const bytes = Buffer.from(Array.from({ length: 20_000 }, byte))
    const text = Buffer.concat([Buffer.from('the cat\tthe  dog\r\n\n"the",cat\n'), bytes])
    const pipe = (input: Buffer, command: string, ...args: string[]) =>
      spawnSync(command, args, { input, env: { ...process.env, LC_ALL: 'C' }, maxBuffer: 1 << 28 }).stdout
    const lines = pipe(pipe(text, 'tr', '-s', '[:space:]', '\n'), 'grep', '-a', '-v', '^$')
    const counted = pipe(pipe(lines, 'sort'), 'uniq', '-c')
    const done = await runPlan({
      kind: wordCount,
      params: { tokens: 'whitespace' },
      files: [text],
      cellBytes: 64,
      seed: 5,
    })
    const rows = csvOf(done)
      .split('\n')
      .slice(1, -1)
      .map((row) => {
        const [, quoted, plain, times] = /^(?:"((?:[^"]|"")*)"|([^",]*)),(\d+)$/s.exec(row) ?? []
        return { word: quoted?.replaceAll('""', '"') ?? plain ?? 'unreadable', times: Number(times) }
      })
    rows.sort((one, other) => (one.word < other.word ? -1 : 1))
    expect(rows.map(({ word, times }) => `${String(times).padStart(7)} ${word}\n`).join('')).toBe(
      counted.toString('latin1'),
    )
    expect(done.tasks).toBeGreaterThanOrEqual(4)
    expect(rows.length).toBeGreaterThan(100)
  })

  test('a merge is a result already, so that a part of the answer can be shown', () => {
    const merged = { lines: 1, bytes: 2, totalWords: 1, distinctWords: 1, top: [{ word: 'a', count: 1 }] }
    expect(kind.result.parse(plan.partialResult(merged, kind.params.parse({})))).toEqual(merged)
  })

  test('shows as many words as asked for', async () => {
    const files = ['b b b a a c']
    expect((await count({ params: { top: 2 }, files })).result.top).toEqual([
      { word: 'b', count: 3 },
      { word: 'a', count: 2 },
    ])
    expect((await count({ params: { top: 0 }, files, cellBytes: 1, seed: 1 })).result.top).toEqual([])
    expect(
      (
        await count({
          params: { top: 5000 },
          files: [Array.from({ length: 6000 }, (_, n) => n).join(' ')],
          cellBytes: 512,
          seed: 2,
        })
      ).result.top,
    ).toHaveLength(5000)
  })

  test('a run of bytes longer than a block is one token', async () => {
    const files = [Buffer.from(`${'x'.repeat(600_000)} ${'é'.repeat(300_000)} ${'a b '.repeat(100_000)}`)]
    expect(await count({ files, seed: 3 })).toEqual(wordsOf(files))
    expect(await count({ params: { tokens: 'whitespace' }, files, seed: 4 })).toEqual(tokensOf(files))
  })
})
