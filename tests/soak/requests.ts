import type { JobRequest } from '../../contract/api.ts'
import type { Json } from '../../contract/json.ts'
import { segmentsOf } from '../../kinds/primes/segments.ts'
import type { Chance } from '../harness/chance.ts'
import { coreutilsCounts, numbersOracle, primesBelow, wordCountOracle, wordCounts } from '../process/oracles.ts'
import { makeNumbers, makeText } from '../process/texts.ts'
import type { Site } from './site.ts'

/** Jobs to ask for, and what comes of each by other means than Gristmill's own: plain, serial, in one process. */

export interface Expected {
  result: Json
  artifact: Buffer | null
}

/** Knows what should come of a job, of whose records or items some may have been set aside. */
export interface Oracle {
  /** The text of each record, where it is read from a file. */
  lines: readonly string[] | null
  /** Records, from 0 on, that have to be set aside whatever happens. */
  bad: readonly number[]
  expected(without: ReadonlySet<number>): Expected
}

export interface Request {
  name: string
  kind: string
  params: Record<string, Json>
  file: string | null
  out: string | null
  workers: number
  split: number | null
  /** Whether it writes an artifact. */
  writes: boolean
  oracle: Oracle
}

type Made = Omit<Request, 'name' | 'out' | 'workers'>
type Make = (chance: Chance) => Made

export class Requests {
  readonly #site: Site
  readonly #makers: Make[]
  #count = 0

  constructor(site: Site, chance: Chance) {
    this.#site = site
    this.#makers = [
      ...[200_000, 1_000_000, 3_000_000].map((bytes, index) => wordCount(site, chance, { bytes, index })),
      numbersOfFile(site, chance),
      sequence,
      sequence,
      candidates(site, chance),
      range,
      noOp,
      noOp,
      longNoOp,
      poison(site, chance),
    ]
  }

  next(chance: Chance): Request {
    const make = this.#makers[chance.between(0, this.#makers.length - 1)]!
    const made = make(chance)
    const name = `soak-${++this.#count}`
    const out = made.writes ? this.#site.out(name, chance.between(0, 1) === 0) : null
    return { ...made, name, out, workers: chance.between(1, 5) }
  }
}

export function wordsOf({ kind, name, params, file, out, workers, split }: Request): string[] {
  const given = Object.entries(params).flatMap(([key, value]) => [
    '-p',
    `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  ])
  const options = ['--name', name, '--workers', String(workers), '--json', '--quiet']
  const more = [...(split === null ? [] : ['--split', String(split)]), ...(out === null ? [] : ['--out', out])]
  return ['run', kind, ...(file === null ? [] : [file]), ...given, ...options, ...more]
}

export function callOf({ kind, name, params, file, out, workers, split }: Request): JobRequest {
  return {
    kind,
    params,
    name,
    workers,
    sources: file === null ? [] : [{ type: 'path', path: file }],
    ...(out === null ? {} : { out: { dir: out, choose: 'exact' as const } }),
    ...(split === null ? {} : { split }),
  }
}

const cell = 64 * 1024

/** Computed when first asked for, and once. */
function once<T>(compute: () => T): () => T {
  let kept: { value: T } | null = null
  return () => (kept ??= { value: compute() }).value
}

function wordCount(site: Site, chance: Chance, { bytes, index }: { bytes: number; index: number }): Make {
  const text = makeText(chance, bytes)
  const file = site.ground.file(`text-${index}.txt`, text)
  const answers = {
    words: once(() => answerOf(wordCountOracle(text, wordCounts(text)))),
    whitespace: once(() => answerOf(wordCountOracle(text, coreutilsCounts(file)))),
  }
  return (choice) => {
    const tokens = choice.between(0, 1) === 0 ? 'words' : 'whitespace'
    const oracle = { lines: null, bad: [], expected: answers[tokens] }
    return { kind: 'word-count', params: { tokens }, file, split: cell * choice.between(1, 4), writes: true, oracle }
  }
}

function answerOf({ csv, result }: ReturnType<typeof wordCountOracle>): Expected {
  return { result, artifact: csv }
}

const formulas: readonly [string, (x: number) => number][] = [
  ['x', (x) => x],
  ['x * 2', (x) => x * 2],
  ['x / 7', (x) => x / 7],
]

function numbersExpected(outputs: readonly number[]): Expected {
  return { result: numbersOracle(outputs), artifact: Buffer.from(outputs.map((output) => `${output}\n`).join('')) }
}

/** Puts bad lines among good ones; gives their places. */
function spoil(chance: Chance, lines: string[], bad: readonly string[]): number[] {
  const places = bad.map((line, index) => {
    const share = Math.floor(lines.length / bad.length)
    const place = index * share + chance.between(0, share - 1)
    lines[place] = line
    return place
  })
  return places
}

const keptOf = (lines: readonly string[], without: ReadonlySet<number>) =>
  lines.filter((_, index) => !without.has(index))

function numbersOfFile(site: Site, chance: Chance): Make {
  const lines = makeNumbers(chance, 30_000).trimEnd().split('\n')
  const bad = spoil(chance, lines, ['seven', '', '1e999', '--3', '=1+1', 'NaN', '12 13'])
  const file = site.ground.file('numbers.txt', `${lines.join('\n')}\n`)
  return (choice) => {
    const [formula, compute] = formulas[choice.between(0, formulas.length - 1)]!
    const expected = (without: ReadonlySet<number>) => numbersExpected(keptOf(lines, without).map(Number).map(compute))
    return { kind: 'numbers', params: { formula }, file, split: cell, writes: true, oracle: { lines, bad, expected } }
  }
}

function sequence(choice: Chance): Made {
  const to = choice.between(20_000, 120_000)
  const [formula, compute] = formulas[choice.between(0, formulas.length - 1)]!
  const expected = (without: ReadonlySet<number>) => {
    const items = Array.from({ length: to }, (_, index) => index).filter((index) => !without.has(index))
    return numbersExpected(items.map((index) => compute(index + 1)))
  }
  const split = choice.between(500, 4000)
  const oracle = { lines: null, bad: [], expected }
  return { kind: 'numbers', params: { formula, from: 1, to }, file: null, split, writes: true, oracle }
}

function candidates(site: Site, chance: Chance): Make {
  const primes = once(() => new Set(primesBelow(1_000_000)))
  const lines = Array.from({ length: 30_000 }, () => String(chance.between(0, 999_999)))
  const bad = spoil(chance, lines, ['-3', 'two', '', '1.5'])
  const file = site.ground.file('candidates.txt', `${lines.join('\n')}\n`)
  const expected = (without: ReadonlySet<number>) => {
    const checked = keptOf(lines, without).map(Number)
    const found = checked.filter((candidate) => primes().has(candidate)).sort((one, other) => one - other)
    return { result: { primes: found, checked: checked.length }, artifact: null }
  }
  const oracle = { lines, bad, expected }
  return () => ({ kind: 'primes', params: {}, file, split: cell, writes: false, oracle })
}

const primesOfRanges = once(() => primesBelow(3_000_001))

function range(choice: Chance): Made {
  const [from, to] = [choice.between(0, 500_000), choice.between(1_000_000, 3_000_000)]
  const { span } = segmentsOf({ from, to })
  const expected = (without: ReadonlySet<number>) => {
    const isIn = (prime: number) => prime >= from && prime <= to && !without.has(Math.floor((prime - from) / span))
    const found = primesOfRanges().filter(isIn)
    return { result: { count: found.length }, artifact: Buffer.from(found.map((prime) => `${prime}\n`).join('')) }
  }
  const params = { mode: 'range', from, to, list: true }
  const oracle = { lines: null, bad: [], expected }
  return { kind: 'primes', params, file: null, split: choice.between(1, 4), writes: true, oracle }
}

function noOp(choice: Chance): Made {
  return noOpOf({ tasks: choice.between(20, 300), ms: choice.between(0, 40) })
}

function noOpOf(params: { tasks: number; ms: number }): Made {
  const expected = () => ({ result: { tasks: params.tasks }, artifact: null })
  return { kind: 'no-op', params, file: null, split: null, writes: false, oracle: { lines: null, bad: [], expected } }
}

/** Longer than the fleet waits for a word: only heartbeats tell that the worker is well. */
function longNoOp(choice: Chance): Made {
  return noOpOf({ tasks: 2, ms: choice.between(6000, 7000) })
}

function poison(site: Site, chance: Chance): Make {
  const lines = Array.from({ length: 40_000 }, (_, index) => String(index))
  const bad = spoil(chance, lines, ['bad kill', 'bad exit', 'bad kill'])
  const file = site.ground.file('poison.txt', `${lines.join('\n')}\n`)
  const expected = (without: ReadonlySet<number>) => {
    const kept = keptOf(lines, without)
    // A harm that has not been set aside would make the sum NaN, and that is what should be seen.
    return { result: { sum: kept.reduce((sum, line) => sum + Number(line), 0), handled: kept.length }, artifact: null }
  }
  const oracle = { lines, bad, expected }
  return () => ({ kind: 'poison', params: { way: 'lines' }, file, split: cell, writes: false, oracle })
}
