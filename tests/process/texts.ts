import type { Chance } from '../harness/chance.ts'

/** Texts to count and numbers to compute with: the same for the same seed, so that a failure can be seen again. */

function pick<T>(chance: Chance, list: readonly [T, ...T[]]): T {
  return list[chance.between(0, list.length - 1)] ?? list[0]
}

const words: [string, ...string[]] = [
  'the',
  'The',
  'mill',
  "don't",
  'rock’n’roll',
  "''quoted''",
  'straße',
  'ÉTÉ',
  'été',
  'İstanbul',
  'слово',
  'Слово',
  '日本語',
  'κόσμος',
  '١٢٣',
  'a,b',
  'say "x"',
  'x_y',
  '42nd',
  '3.14',
  '𝒳𝓎',
  'e\u0301',
  '—',
  '😀',
  '\u00a0',
  'ﬁne',
]
const gaps: [string, ...string[]] = [' ', ' ', ' ', '\n', '  ', '\t', '\v', '\f', '\n\n', ' \n']

/** About `bytes` bytes of many scripts, with all the white space there is. It ends in a line feed. */
export function makeText(chance: Chance, bytes: number): Buffer {
  const parts: string[] = []
  for (let length = 0; length < bytes;) {
    const word = chance.between(1, 10) <= 3 ? `w${chance.between(0, 4000)}` : pick(chance, words)
    const part = word + pick(chance, gaps)
    parts.push(part)
    length += Buffer.byteLength(part)
  }
  return Buffer.from(`${parts.join('')}\n`)
}

/** Numbers as people write them, one to a line: integers, fractions, exponents, signs, and values that cancel out. */
export function makeNumbers(chance: Chance, count: number, ending = '\n'): string {
  const lines = Array.from({ length: count }, () => {
    const value = (chance.between(-1e9, 1e9) / 2e9) * 10 ** chance.between(-8, 12)
    return pick(chance, [
      String(value),
      String(Math.round(value)),
      value.toExponential(),
      `+${Math.abs(value).toFixed(3)}`,
      ` ${value.toFixed(1)}\t`,
      '1e15',
      '-1e15',
      '.5',
    ])
  })
  return lines.join(ending) + ending
}
