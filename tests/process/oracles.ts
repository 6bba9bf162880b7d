import { execFileSync } from 'node:child_process'

/** Answers by other means than Gristmill's own: coreutils, awk, and the plainest JavaScript that can be right. */

interface Counted {
  word: Buffer
  times: number
}

/** What coreutils count in a file, in the order of bytes. */
export function coreutilsCounts(path: string): Counted[] {
  const pipeline = `LC_ALL=C; export LC_ALL; tr -s '[:space:]' '\\n' <"$0" | grep -v '^$' | sort | uniq -c`
  const output = execFileSync('sh', ['-c', pipeline, path], { maxBuffer: 2 ** 28 })
  // Latin-1 maps bytes to characters one to one.
  const lines = output.toString('latin1').split('\n').slice(0, -1)
  return lines.map((line) => {
    const [, times, word] = /^ *(\d+) ([^]*)$/.exec(line) ?? []
    if (times === undefined || word === undefined) throw new Error(`uniq said ${line}`)
    return { word: Buffer.from(word, 'latin1'), times: Number(times) }
  })
}

/** `wc -l`, and one more for a last line that has no line feed. */
export function lineCount(text: Buffer): number {
  const feeds = text.reduce((sum, byte) => (byte === 10 ? sum + 1 : sum), 0)
  return text.length > 0 && text.at(-1) !== 10 ? feeds + 1 : feeds
}

/** Words as the manual defines them, of the whole text at once. */
export function wordCounts(text: Buffer): Counted[] {
  const decoded = new TextDecoder('utf-8', { ignoreBOM: true }).decode(text)
  const counts = new Map<string, number>()
  for (const [word] of decoded.matchAll(/[\p{L}\p{M}\p{Nd}]+(?:['’][\p{L}\p{M}\p{Nd}]+)*/gu)) {
    const lower = word.toLowerCase()
    counts.set(lower, (counts.get(lower) ?? 0) + 1)
  }
  return [...counts].map(([word, times]) => ({ word: Buffer.from(word), times }))
}

export function wordCountOracle(text: Buffer, counts: Counted[], top = 20) {
  const ranked = counts.toSorted((one, other) => other.times - one.times || Buffer.compare(one.word, other.word))
  return {
    csv: Buffer.concat([Buffer.from('word,count\n'), ...ranked.map(csvRow)]),
    result: {
      lines: lineCount(text),
      bytes: text.length,
      totalWords: counts.reduce((sum, { times }) => sum + times, 0),
      distinctWords: counts.length,
      top: ranked.slice(0, top).map(({ word, times }) => {
        const text = word.toString('utf8')
        return { word: text, count: times, ...(Buffer.from(text).equals(word) ? {} : { invalid: true }) }
      }),
    },
  }
}

function csvRow({ word, times }: Counted): Buffer {
  const plain = word.toString('latin1')
  const field = /[",]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
  return Buffer.from(`${field},${times}\n`, 'latin1')
}

/** Every finite double is an integer multiple of 2^-1074. */
const unitExponent = 1074n

function scaled(value: number): bigint {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, value)
  const word = bits.getBigUint64(0)
  const exponent = (word >> 52n) & 0x7ffn
  const fraction = word & 0xfffffffffffffn
  const magnitude = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n)
  return word >> 63n === 0n ? magnitude : -magnitude
}

/** The sum without any rounding, then rounded once, to nearest and ties to even. */
export function exactSum(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + scaled(value), 0n)
  const magnitude = sum < 0n ? -sum : sum
  const excess = BigInt(Math.max(0, magnitude.toString(2).length - 53))
  const half = excess === 0n ? 0n : 1n << (excess - 1n)
  const kept = magnitude >> excess
  const rest = magnitude - (kept << excess)
  const up = excess > 0n && (rest > half || (rest === half && kept % 2n === 1n))
  // Powers of two down to the smallest double; 53 bits times them is exact.
  const value = Number(kept + (up ? 1n : 0n)) * 2 ** Number(excess - unitExponent)
  return sum < 0n ? -value : value
}

/** JSON has no negative zero. */
export function numbersOracle(computed: readonly number[]) {
  const outputs = computed.map((value) => value + 0)
  return {
    count: outputs.length,
    sum: exactSum(outputs),
    min: outputs.reduce((least, value) => Math.min(least, value), Infinity),
    max: outputs.reduce((most, value) => Math.max(most, value), -Infinity),
    first: outputs.slice(0, 20),
    last: outputs.slice(-20),
  }
}

/** `expression` of each line's number, by awk in doubles; integers only. */
export function awkOutputs(path: string, expression: string): string {
  return execFileSync('awk', [`{ x = $1; printf "%.0f\\n", ${expression} }`, path], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, LC_ALL: 'C' },
  })
}

/** The sieve of Eratosthenes, all of it in one array. */
export function primesBelow(end: number): number[] {
  const composite = new Uint8Array(end)
  const primes: number[] = []
  for (let candidate = 2; candidate < end; candidate++) {
    if (composite[candidate] === 1) continue
    primes.push(candidate)
    for (let multiple = candidate * candidate; multiple < end; multiple += candidate) composite[multiple] = 1
  }
  return primes
}
