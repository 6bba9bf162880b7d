import { instantText } from '../../datasets/expression/instants.ts'
import { compareText } from '../../datasets/expression/order.ts'
import type { Notation } from '../../datasets/sniff/values.ts'
import { ExactSum, readTotal, roundTotal, totalOf, wholeOf } from '../../datasets/statistics/exactSum.ts'
import { FrequentValues } from '../../datasets/statistics/frequent.ts'
import { distinctStandardError, HyperLogLog } from '../../datasets/statistics/hyperLogLog.ts'
import { standardDeviation } from '../../datasets/statistics/moments.ts'
import { Quantiles, rankError } from '../../datasets/statistics/quantiles.ts'
import { characterCount } from './characters.ts'
import { type Classified, classify, type ValueClass } from './classify.ts'
import { histogramBounds, histogramOf, quantileShares } from './histogram.ts'
import type { ColumnResult, ProfileParams } from './kind.ts'
import type { ExactValues, SketchState, TablePartial } from './partial.ts'
import { typeOfColumn, type ColumnKind } from './typeOfColumn.ts'

/** From what is known of a table to what a person is told. Pure. */
export function describeTable(
  { rows, names, notation, columns }: TablePartial,
  { top }: Pick<ProfileParams, 'top'>,
): { rows: number; columns: ColumnResult[] } {
  const described = columns.map((column, at): ColumnResult => {
    const { nulls, empty, values } = column
    const facts = 'exact' in values ? new ExactFacts(values.exact, notation) : new SketchedFacts(values.sketch)
    return {
      name: names[at] ?? '',
      ...describe(facts, top),
      rows,
      nulls,
      empty,
      distinct: facts.distinct + (empty > 0 ? 1 : 0),
    }
  })
  return { rows, columns: described }
}

/** What a description is made of, whether values or sketches of them are at hand. */
interface Facts {
  counts: Record<ValueClass, number>
  distinct: number
  distinctError: number
  numbers: NumberFacts | null
  instants: [number, number] | null
  texts: [string, string] | null
  lengths: SketchState['lengths']
  top(most: number): { values: { value: string; count: number }[]; missed: number }
}

interface NumberFacts {
  bounds: [number, number]
  /** Without rounding (datasets/statistics/exactSum.ts). */
  total: bigint
  mean: number
  stddev: number | null
  quantiles: (shares: readonly number[]) => number[]
  quantileError: number
  countsBelow: (bounds: readonly number[]) => number[]
  count: number
}

type Described = Omit<ColumnResult, 'name' | 'rows' | 'nulls' | 'empty' | 'distinct'>

function describe(facts: Facts, most: number): Described {
  const { type, mostly, fits } = typeOfColumn(facts.counts)
  const meant = mostly ?? type
  const { values, missed } = facts.top(most)
  const numbers = meant === 'integer' || meant === 'decimal' ? facts.numbers : null
  const count = Object.values(facts.counts).reduce((sum, each) => sum + each, 0)
  const [min, max] = boundsOf(facts, meant)
  return {
    type,
    mostly,
    fits,
    distinctError: facts.distinctError,
    min,
    max,
    ...figuresOf(numbers, meant),
    top: values,
    topMissed: missed,
    shortest: facts.lengths?.shortest ?? null,
    longest: facts.lengths?.longest ?? null,
    meanLength: facts.lengths === null ? null : facts.lengths.sum / count,
  }
}

type Figures = Pick<Described, 'sum' | 'mean' | 'stddev' | 'quantiles' | 'quantileError' | 'histogram'>

function figuresOf(numbers: NumberFacts | null, meant: ColumnKind): Figures {
  if (numbers === null) return { sum: null, mean: null, stddev: null, quantiles: [], quantileError: 0, histogram: [] }
  const found = numbers.quantiles(quantileShares)
  return {
    sum: (meant === 'integer' ? wholeOf(numbers.total) : null) ?? roundTotal(numbers.total),
    mean: numbers.mean,
    stddev: numbers.stddev,
    quantiles: quantileShares.map((q, at) => ({ q, value: found[at] ?? numbers.bounds[0] })),
    quantileError: numbers.quantileError,
    histogram: histogramOf(histogramBounds(...numbers.bounds), numbers),
  }
}

function boundsOf(facts: Facts, meant: ColumnKind): [ColumnResult['min'], ColumnResult['max']] {
  if (meant === 'integer' || meant === 'decimal') return facts.numbers?.bounds ?? [null, null]
  if (meant !== 'date' && meant !== 'timestamp') return facts.texts ?? [null, null]
  const [least, most] = facts.instants ?? [null, null]
  const text = (ms: number | null): string | null => (ms === null ? null : instantText({ type: meant, ms }))
  return [text(least), text(most)]
}

interface Entry extends Classified {
  text: string
  count: number
}

/** All values are known. */
class ExactFacts implements Facts {
  readonly counts: Facts['counts'] = { integer: 0, decimal: 0, boolean: 0, date: 0, timestamp: 0, text: 0 }
  readonly distinct: number
  readonly distinctError = 0
  readonly numbers: NumberFacts | null
  readonly instants: [number, number] | null
  readonly texts: [string, string] | null
  readonly lengths: SketchState['lengths']
  readonly #entries: Entry[]

  constructor({ values, counts }: ExactValues, notation: Notation) {
    this.#entries = values.map((text, at) => ({ text, count: counts[at]!, ...classify(text, notation) }))
    for (const { class: found, count } of this.#entries) this.counts[found] += count
    this.distinct = values.length
    const valued = this.#entries.filter(({ value }) => value !== null)
    const isInstant = ({ class: found }: Entry): boolean => found === 'date' || found === 'timestamp'
    this.instants = span(valued.filter(isInstant).map(({ value }) => value!))
    this.numbers = exactNumbers(valued.filter((entry) => !isInstant(entry)))
    const texts = values.toSorted(compareText)
    this.texts = texts.length === 0 ? null : [cut(texts[0]!), cut(texts.at(-1)!)]
    this.lengths = lengthsOf(this.#entries)
  }

  top(most: number) {
    const values = this.#entries
      .toSorted((one, other) => other.count - one.count || compareText(one.text, other.text))
      .slice(0, most)
    return { values: values.map(({ text: value, count }) => ({ value, count })), missed: 0 }
  }
}

const mostBoundCharacters = 200
const cut = (text: string): string => text.slice(0, mostBoundCharacters)

function span(values: readonly number[]): [number, number] | null {
  if (values.length === 0) return null
  return values.reduce<[number, number]>(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Infinity, -Infinity],
  )
}

function lengthsOf(entries: readonly Entry[]): SketchState['lengths'] {
  const lengths = entries.map(({ text, count }) => ({ length: characterCount(text), count }))
  const bounds = span(lengths.map(({ length }) => length))
  if (bounds === null) return null
  const sum = lengths.reduce((total, { length, count }) => total + length * count, 0)
  return { shortest: bounds[0], longest: bounds[1], sum }
}

/** Every figure from the values themselves: the sum without rounding, the spread by a second pass, quantiles by rank. */
function exactNumbers(entries: readonly Entry[]): NumberFacts | null {
  const sorted = entries
    .map(({ value, lost, count }) => ({ value: value!, lost, count }))
    .toSorted((one, other) => one.value - other.value)
  const bounds = span(sorted.map(({ value }) => value))
  if (bounds === null) return null
  const count = sorted.reduce((total, each) => total + each.count, 0)
  const exact = new ExactSum()
  for (const each of sorted) exact.addTimes(each.value, each.count)
  const lost = sorted.reduce((sum, each) => sum + each.lost * BigInt(each.count), 0n)
  const total = exact.total() + totalOf(lost)
  const mean = roundTotal(total / BigInt(count)) ?? 0
  return {
    bounds,
    total,
    mean,
    stddev: standardDeviation({ count, mean, squares: squaresAround(mean, sorted) }),
    quantiles: (shares) => shares.map((share) => quantileOf(sorted, share * (count - 1))),
    quantileError: 0,
    countsBelow: (limits) =>
      limits.map((limit) => sorted.reduce((below, each) => below + (each.value < limit ? each.count : 0), 0)),
    count,
  }
}

/** The mean is rounded: what that costs is what the distances from it add up to. */
function squaresAround(mean: number, entries: readonly { value: number; lost: bigint; count: number }[]): number {
  let [squares, sum, count] = [0, 0, 0]
  for (const each of entries) {
    const distance = each.value - mean + Number(each.lost)
    squares += each.count * distance ** 2
    sum += each.count * distance
    count += each.count
  }
  return squares === Infinity ? squares : Math.max(0, squares - sum ** 2 / count)
}

/** The value at a rank between 0 and the count - 1; between two neighbours on the line between them. */
function quantileOf(sorted: readonly { value: number; count: number }[], rank: number): number {
  const at = (wanted: number): number => {
    let before = 0
    const found = sorted.find(({ count }) => (before += count) > wanted)
    return (found ?? sorted.at(-1)!).value
  }
  const [below, above] = [at(Math.floor(rank)), at(Math.ceil(rank))]
  return below === above ? below : below + (above - below) * (rank - Math.floor(rank))
}

/** Only sketches of the values are at hand. */
class SketchedFacts implements Facts {
  readonly counts: Facts['counts']
  readonly distinct: number
  readonly distinctError = distinctStandardError
  readonly numbers: NumberFacts | null
  readonly instants: [number, number] | null
  readonly texts: [string, string] | null
  readonly lengths: SketchState['lengths']
  readonly #frequent: FrequentValues

  constructor(sketch: SketchState) {
    this.counts = sketch.counts
    this.distinct = HyperLogLog.from(sketch.distinct).estimate()
    this.numbers = sketchedNumbers(sketch)
    this.instants = sketch.instants
    this.texts = sketch.texts
    this.lengths = sketch.lengths
    this.#frequent = FrequentValues.from(sketch.frequent)
  }

  top(most: number) {
    return this.#frequent.top(most)
  }
}

function sketchedNumbers({ numbers, moments, sum: total, quantiles: state }: SketchState): NumberFacts | null {
  if (numbers === null) return null
  const quantiles = Quantiles.from(state)
  const [least, most] = numbers
  return {
    bounds: numbers,
    total: readTotal(total),
    mean: roundTotal(readTotal(total) / BigInt(moments.count)) ?? moments.mean,
    stddev: standardDeviation(moments),
    // The ends are known.
    quantiles: (shares) =>
      quantiles.at(shares).map((value, at) => (shares[at] === 0 ? least : shares[at] === 1 ? most : (value ?? least))),
    quantileError: rankError,
    countsBelow: (limits) => quantiles.countsBelow(limits),
    count: moments.count,
  }
}
