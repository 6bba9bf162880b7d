/** Texts to count and numbers to compute with: seeded, so that a failure can be seen again. */
export type Random = () => number

/** Marsaglia's xorshift of 32 bits: numbers in [0, 1). */
export function seeded(seed: number): Random {
  let state = seed >>> 0 || 1
  return () => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 2 ** 32
  }
}

export function integer(random: Random, from: number, to: number): number {
  return from + Math.floor(random() * (to - from + 1))
}

export function pick<T>(random: Random, list: readonly T[]): T {
  const chosen = list[integer(random, 0, list.length - 1)]
  if (chosen === undefined) throw new Error('nothing to pick from')
  return chosen
}

const words = [
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
const gaps = [' ', ' ', ' ', '\n', '  ', '\t', '\v', '\f', '\n\n', ' \n']

/** About `bytes` bytes of many scripts, with all the white space there is. It ends in a line feed. */
export function makeText(random: Random, bytes: number): Buffer {
  const parts: string[] = []
  for (let length = 0; length < bytes; ) {
    const word = random() < 0.3 ? `w${integer(random, 0, 4000)}` : pick(random, words)
    const part = word + pick(random, gaps)
    parts.push(part)
    length += Buffer.byteLength(part)
  }
  return Buffer.from(`${parts.join('')}\n`)
}

/** Numbers as people write them, one to a line: integers, fractions, exponents, signs, and values that cancel out. */
export function makeNumbers(random: Random, count: number, ending = '\n'): string {
  const lines = Array.from({ length: count }, () => {
    const value = (random() - 0.5) * 10 ** integer(random, -8, 12)
    return pick(random, [
      () => String(value),
      () => String(Math.round(value)),
      () => value.toExponential(),
      () => `+${Math.abs(value).toFixed(3)}`,
      () => ` ${value.toFixed(1)}\t`,
      () => '1e15',
      () => '-1e15',
      () => '.5',
    ])()
  })
  return lines.join(ending) + ending
}
