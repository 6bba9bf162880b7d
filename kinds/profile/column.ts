import { compareText } from '../../datasets/expression/order.ts'
import type { Notation } from '../../datasets/sniff/values.ts'
import { ExactSum, readTotal, totalOf, writeTotal } from '../../datasets/statistics/exactSum.ts'
import { FrequentValues } from '../../datasets/statistics/frequent.ts'
import { ByteHash } from '../../datasets/statistics/hash.ts'
import { HyperLogLog } from '../../datasets/statistics/hyperLogLog.ts'
import { mergeMoments, noMoments, type Moments } from '../../datasets/statistics/moments.ts'
import { Quantiles } from '../../datasets/statistics/quantiles.ts'
import { characterCount } from './characters.ts'
import { classes, classify, type ValueClass } from './classify.ts'
import { countValues, mostExactValues, type ColumnPartial, type SketchState } from './partial.ts'

/** Columns of some cells become one of all of them, so that the answer follows from how cells are folded alone. */
export function mergeColumns(one: ColumnPartial, other: ColumnPartial, notation: Notation): ColumnPartial {
  return {
    nulls: one.nulls + other.nulls,
    empty: one.empty + other.empty,
    values: mergeValues(one.values, other.values, notation),
  }
}

type Values = ColumnPartial['values']

function mergeValues(one: Values, other: Values, notation: Notation): Values {
  if ('exact' in one && 'exact' in other) {
    const exact = countValues([one.exact, other.exact])
    if (exact.values.length <= mostExactValues) return { exact }
  }
  const sketch = sketchOf(one, notation)
  sketch.merge(sketchOf(other, notation))
  return { sketch: sketch.state() }
}

function sketchOf(values: Values, notation: Notation): Sketch {
  if ('sketch' in values) return Sketch.from(values.sketch, notation)
  const sketch = new Sketch(notation)
  const { exact } = values
  for (const [at, value] of exact.values.entries()) sketch.add(value, exact.counts[at]!)
  return sketch
}

/** Text as a bound: as much of it as a person reads. */
const mostBoundCharacters = 200

/** Values in bounded memory. */
export class Sketch {
  readonly #notation: Notation
  readonly #counts = new Map<ValueClass, number>()
  #distinct = new HyperLogLog()
  #frequent = new FrequentValues()
  #quantiles = new Quantiles()
  #moments: Moments = noMoments
  readonly #sum = new ExactSum()
  /** What came by merging, and what doubles lack of long integers. */
  #mergedSum = 0n
  #numbers: [number, number] | null = null
  #instants: [number, number] | null = null
  #texts: [string, string] | null = null
  #lengths: SketchState['lengths'] = null
  readonly #hash = new ByteHash()

  constructor(notation: Notation) {
    this.#notation = notation
  }

  static from(state: SketchState, notation: Notation): Sketch {
    const sketch = new Sketch(notation)
    for (const [name, count] of Object.entries(state.counts)) sketch.#counts.set(name as ValueClass, count)
    sketch.#distinct = HyperLogLog.from(state.distinct)
    sketch.#frequent = FrequentValues.from(state.frequent)
    sketch.#quantiles = Quantiles.from(state.quantiles)
    sketch.#moments = state.moments
    sketch.#mergedSum = readTotal(state.sum)
    sketch.#numbers = state.numbers
    sketch.#instants = state.instants
    sketch.#texts = state.texts
    sketch.#lengths = state.lengths
    return sketch
  }

  /** A value that came `count` times. */
  add(text: string, count: number): void {
    const { class: found, value, lost } = classify(text, this.#notation)
    this.#counts.set(found, (this.#counts.get(found) ?? 0) + count)
    const bytes = Buffer.from(text)
    this.#hash.of(bytes, 0, bytes.length)
    this.#distinct.add(this.#hash.high, this.#hash.low)
    this.#frequent.add(text, count)
    this.#texts = widen(this.#texts, text, compareText)
    const length = characterCount(text)
    this.#widenLengths({ shortest: length, longest: length, sum: length * count })
    if (value === null) return
    if (lost !== 0n) this.#mergedSum += totalOf(lost * BigInt(count))
    if (found === 'date' || found === 'timestamp') this.#instants = widen(this.#instants, value, bySize)
    else this.#addNumber(value, count)
  }

  #widenLengths(lengths: NonNullable<SketchState['lengths']>): void {
    const before = this.#lengths ?? { ...lengths, sum: 0 }
    this.#lengths = {
      shortest: Math.min(before.shortest, lengths.shortest),
      longest: Math.max(before.longest, lengths.longest),
      sum: before.sum + lengths.sum,
    }
  }

  #addNumber(value: number, count: number): void {
    this.#numbers = widen(this.#numbers, value, bySize)
    this.#moments = mergeMoments(this.#moments, { count, mean: value, squares: 0 })
    this.#quantiles.add(value, count)
    this.#sum.addTimes(value, count)
  }

  merge(other: Sketch): void {
    for (const [name, count] of other.#counts) this.#counts.set(name, (this.#counts.get(name) ?? 0) + count)
    this.#distinct.merge(other.#distinct)
    this.#frequent.merge(other.#frequent)
    this.#quantiles.merge(other.#quantiles)
    this.#moments = mergeMoments(this.#moments, other.#moments)
    this.#mergedSum += other.#total()
    for (const value of other.#numbers ?? []) this.#numbers = widen(this.#numbers, value, bySize)
    for (const value of other.#instants ?? []) this.#instants = widen(this.#instants, value, bySize)
    for (const value of other.#texts ?? []) this.#texts = widen(this.#texts, value, compareText)
    if (other.#lengths !== null) this.#widenLengths(other.#lengths)
  }

  #total(): bigint {
    return this.#sum.total() + this.#mergedSum
  }

  state(): SketchState {
    return {
      counts: Object.fromEntries(classes.map((name) => [name, this.#counts.get(name) ?? 0])) as SketchState['counts'],
      distinct: this.#distinct.text(),
      frequent: this.#frequent.state(),
      quantiles: this.#quantiles.state(),
      moments: this.#moments,
      sum: writeTotal(this.#total()),
      numbers: this.#numbers,
      instants: this.#instants,
      texts: this.#texts?.map((text) => text.slice(0, mostBoundCharacters)) as [string, string] | null,
      lengths: this.#lengths,
    }
  }
}

const bySize = (one: number, other: number): number => one - other

function widen<T>(bounds: [T, T] | null, value: T, compare: (one: T, other: T) => number): [T, T] {
  if (bounds === null) return [value, value]
  const [least, most] = bounds
  if (compare(value, least) < 0) return [value, most]
  return compare(value, most) > 0 ? [least, value] : bounds
}
