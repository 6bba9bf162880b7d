import { invariant } from '../../contract/invariant.ts'
import type { Value } from '../../datasets/expression/types.ts'
import { type ExactTotal, exactDeviation, roundQuotient, wholeTotal } from '../../datasets/statistics/exactSums.ts'
import { doubleAt } from './byteSink.ts'
import type { ByteView } from './groupFile.ts'
import { keyOrderOf, layoutOf } from './groups.ts'
import { KeptValues } from './keptValues.ts'
import type { GroupVisitor, MergedGroup } from './mergeGroups.ts'
import type { Measure, Shape, StateKind } from './shape.ts'
import { Counts, type State, Sums } from './states.ts'

const leastQuick = 2 ** -1000

/** From what is kept of a group to the row that a person sees: its key's values, then its measures. A number too long for a double is text. */
export class Figures implements GroupVisitor {
  readonly #shape: Shape<never>
  readonly #order: ReturnType<typeof keyOrderOf>
  readonly #take: (row: Value[]) => void
  /** By set: its measures. */
  readonly #ofSets: SetFigures[]
  #row: Value[] = []
  #plain: MergedGroup['plain'] = []
  #states: ReadonlyMap<number, State> = new Map()

  constructor(shape: Shape<never>, take: (row: Value[]) => void) {
    this.#shape = shape
    this.#order = keyOrderOf(shape)
    this.#take = take
    this.#ofSets = layoutOf(shape).sets.map(({ place }) => new SetFigures(shape, place))
  }

  begin({ key, rows, plain }: MergedGroup): void {
    const states = this.#statesOf(plain)
    const figures = this.#shape.measures.map((measure) => figureOf(measure, rows, states))
    this.#row = [...this.#order.values(key), ...figures]
    for (const set of this.#ofSets) set.begin(states)
  }

  /** By place; the groups of one merge share theirs. */
  #statesOf(plain: MergedGroup['plain']): ReadonlyMap<number, State> {
    if (plain !== this.#plain) {
      this.#plain = plain
      this.#states = new Map(plain.map(({ state, place }) => [place, state]))
    }
    return this.#states
  }

  value(set: number, value: ByteView, count: number): void {
    this.#ofSets[set]!.take(value, count)
  }

  endSet(set: number): void {
    this.#ofSets[set]!.end(this.#row)
  }

  end(): void {
    this.#take(this.#row)
  }
}

/** Null for what only its set knows. */
function figureOf(
  { op, type, isWhole, states: places }: Measure,
  rows: Counts,
  states: ReadonlyMap<number, State>,
): Value {
  const at = (kind: StateKind) => states.get(places[kind] ?? -1)
  switch (op) {
    case 'count':
      return countOf(places.count === undefined ? rows : at('count'))
    case 'sum':
      return countOf(at('count')) === 0 ? null : sumOf(at('sum'), isWhole)
    case 'mean':
      return countOf(at('count')) === 0 ? null : quotientOf(at('sum'), countOf(at('count')))
    case 'stddev':
      return exactDeviation(countOf(at('count')), totalOf(at('sum')), totalOf(at('squares')))
    case 'min':
      return keptOf(at('least'), type)
    case 'max':
      return keptOf(at('greatest'), type)
    case 'first':
    case 'last':
      return keptOf(at(op), type)
    default:
      return null
  }
}

function countOf(state: State | undefined): number {
  invariant(state instanceof Counts, 'aggregate: a measure has its count')
  return state.countOf(0)
}

function totalOf(state: State | undefined): ExactTotal {
  invariant(state instanceof Sums, 'aggregate: a measure has its sum')
  return state.sums.total(0)
}

/** The double nearest to the exact quotient. A total that is a double is divided as doubles are, whose quotient is that unless it is tiny. */
function quotientOf(state: State | undefined, divisor: number): number | null {
  const total = state instanceof Sums ? state.sums.double(0) : null
  const quotient = total === null ? 0 : total / divisor
  return Math.abs(quotient) >= leastQuick ? quotient : roundQuotient(totalOf(state), BigInt(divisor))
}

/** A whole one that no double holds has all its digits. */
function sumOf(state: State | undefined, isWhole: boolean): Value {
  const total = state instanceof Sums ? state.sums.double(0) : null
  if (total !== null && Math.abs(total) <= Number.MAX_SAFE_INTEGER) return total
  return (isWhole ? wholeTotal(totalOf(state)) : null) ?? roundQuotient(totalOf(state), 1n)
}

function keptOf(state: State | undefined, type: Measure['type']): Value {
  invariant(state instanceof KeptValues, 'aggregate: a measure has its value')
  return state.valueOf(0, type)
}

/** A quantile lies on the line between the values at two ranks; both are the same when it falls onto one. */
interface Quantile {
  column: number
  q: number
  /** Place of the state that counts the values. */
  count: number
  between: number
}

/** A rank that is looked for among the values, and what stands there. */
interface Rank {
  rank: number
  value: number
}

class SetFigures {
  readonly #distinct: number[] = []
  readonly #quantiles: Quantile[] = []
  #ranks: { low: Rank; high: Rank }[] = []
  #wanted: Rank[] = []
  #values = 0
  #seen = 0
  #next = 0

  constructor({ keys, measures }: Shape<never>, place: number) {
    for (const [at, { op, q, states }] of measures.entries()) {
      if (states.values !== place) continue
      if (op === 'countDistinct') this.#distinct.push(keys.length + at)
      else this.#quantiles.push({ column: keys.length + at, q, count: states.count ?? -1, between: 0 })
    }
  }

  begin(states: ReadonlyMap<number, State>): void {
    this.#values = 0
    this.#seen = 0
    this.#next = 0
    this.#ranks = this.#quantiles.map((quantile) => {
      const place = quantile.q * Math.max(0, countOf(states.get(quantile.count)) - 1)
      quantile.between = place - Math.floor(place)
      return { low: { rank: Math.floor(place), value: 0 }, high: { rank: Math.ceil(place), value: 0 } }
    })
    this.#wanted = this.#ranks.flatMap(({ low, high }) => [low, high]).toSorted((one, other) => one.rank - other.rank)
  }

  take({ bytes, start }: ByteView, count: number): void {
    this.#values += 1
    this.#seen += count
    for (; this.#next < this.#wanted.length && this.#wanted[this.#next]!.rank < this.#seen; this.#next++)
      this.#wanted[this.#next]!.value = doubleAt(bytes, start)
  }

  end(row: Value[]): void {
    for (const column of this.#distinct) row[column] = this.#values
    for (const [at, { column, between }] of this.#quantiles.entries()) {
      const { low, high } = this.#ranks[at]!
      row[column] = this.#seen === 0 ? null : low.value + (high.value - low.value) * between
    }
  }
}
