import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Kernels } from './requests.ts'
import { bothKernels } from './testing/both.ts'
import { TokenCounter, type TokenPlace } from './tokens.ts'

const [wasm, twin] = bothKernels()
const patterns = { words: /[0-9A-Za-z'\u0080-\u00ff]+/g, whitespace: /[^ \t\n\v\f\r]+/g }

interface Counted {
  counts: Record<string, number>
  lines: number
}

/** By the engine's regular expressions, a character per byte. */
function expected(text: string, tokens: 'words' | 'whitespace'): Counted {
  const counted: Counted = { counts: {}, lines: text.split('\n').length - 1 }
  for (const [found] of text.matchAll(patterns[tokens])) {
    const token = tokens === 'words' ? found.replaceAll(/[A-Z]/g, (capital) => capital.toLowerCase()) : found
    note(counted, token, 1)
  }
  return counted
}

function note({ counts }: Counted, token: string, times: number): void {
  counts[`=${token}`] = (counts[`=${token}`] ?? 0) + times
}

function count(using: Kernels, text: string, tokens: 'words' | 'whitespace'): Counted {
  const counter = new TokenCounter(tokens, { using, blockBytes: 64 })
  const counted: Counted = { counts: {}, lines: 0 }
  const textOf = ({ bytes, start, end }: TokenPlace) => Buffer.from(bytes.subarray(start, end)).toString('latin1')
  const drained = (token: TokenPlace, times: number) => note(counted, textOf(token), times)
  const other = (token: TokenPlace) => {
    const found = textOf(token)
    expect(found.length).toBeGreaterThan(16)
    note(counted, tokens === 'words' ? found.replaceAll(/[A-Z]/g, (capital) => capital.toLowerCase()) : found, 1)
  }
  counted.lines = counter.count(Buffer.from(text, 'latin1'), { drained, other })
  counter.drain(drained)
  expect(counter.size).toBe(0)
  counter.release()
  return counted
}

const piece = fc.oneof(
  fc.constantFrom('a', 'Word', "don't", "'", 'é', '\u00ff', '12', 'A1', 'exactlysixteen16', 'seventeenletters1'),
  fc.constantFrom(
    ' ',
    '\n',
    '\t',
    '\r\n',
    '\v',
    '\f',
    '.',
    ',',
    '\0',
    '@',
    '[',
    '`',
    '{',
    '/',
    ':',
    '\u001f',
    '\u000e',
  ),
  fc.integer({ min: 1, max: 140 }).map((length) => 'x'.repeat(length)),
)
const texts = fc.array(piece, { maxLength: 150 }).map((pieces) => pieces.join(''))

test.each(['words', 'whitespace'] as const)('every token of %s is counted, and every line feed', (tokens) => {
  fc.assert(
    fc.property(texts, (text) => {
      const known = expected(text, tokens)
      expect(count(wasm, text, tokens)).toEqual(known)
      expect(count(twin, text, tokens)).toEqual(known)
    }),
    { numRuns: 500 },
  )
})

test.each([
  ['the WASM module', wasm],
  ['its twin', twin],
])('with more tokens than there is room for, %s counts them all', (_, using) => {
  const distinct = Array.from({ length: 40_000 }, (_unused, index) => `t${index}`)
  const long = Array.from({ length: 5000 }, (_unused, index) => `a token that is long ${index}`.replaceAll(' ', ''))
  const text = [...distinct, ...long, ...distinct].join(' ')
  const { counts } = count(using, text, 'whitespace')
  expect(Object.keys(counts)).toHaveLength(45_000)
  expect(new Set(distinct.map((token) => counts[`=${token}`]))).toEqual(new Set([2]))
})
