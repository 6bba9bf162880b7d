import type { Table } from '../../contract/table.ts'
import { expressionComplaint } from '../../datasets/expression/compile.ts'
import { ExpressionError, type Scope, type ValueType } from '../../datasets/expression/types.ts'
import type { AggregateParams } from './kind.ts'
import { type AskedMeasure, joinOpen, MeasureError, type MeasureOp, readMeasures } from './measures.ts'
import { namedSource, type Source, sourceOf } from './sources.ts'

/**
 * What a job asks for over one table: the sources that have to be read, the columns that make a group, what is to be kept of each group,
 * and the columns that come of it. Everything that has to be kept is kept once, however many measures need it. Pure.
 */
export const stateKinds = ['count', 'sum', 'squares', 'least', 'greatest', 'first', 'last', 'values'] as const
export type StateKind = (typeof stateKinds)[number]

/** What is kept of a source in each group; `values` are all its different values with their counts. */
export interface KeptState {
  kind: StateKind
  source: number
}

export interface OutputColumn {
  name: string
  type: ValueType
}

export interface Measure extends OutputColumn {
  op: MeasureOp
  q: number
  /** Of a column of integers, whose sum keeps all its digits. */
  isWhole: boolean
  /** Places in `states`, by kind; a count of rows has none. */
  states: Partial<Record<StateKind, number>>
}

export interface Shape<Row> {
  sources: Source<Row>[]
  /** Places in `sources`, and what they are called. */
  keys: (OutputColumn & { source: number })[]
  states: KeptState[]
  measures: Measure[]
  /** Keys, then measures. */
  columns: OutputColumn[]
}

/** Says in one line which param is wrong, and how. */
export class ShapeError extends Error {
  override name = 'ShapeError'
}

type Asked = Pick<AggregateParams, 'by' | 'measures' | 'where'>

export function shapeOf<Row>(asked: Asked, table: Pick<Table, 'columns'>, scope: Scope<Row>): Shape<Row> {
  const { where } = asked
  const complaint = isGiven(where) ? expressionComplaint(where, scope, 'boolean') : null
  if (complaint !== null) throw new ShapeError(`where: ${complaint}`)
  const maker = new ShapeMaker(table, scope)
  within('by', () => {
    for (const text of joinOpen(asked.by)) maker.addKey(text)
  })
  within('measures', () => {
    for (const measure of readMeasures(asked.measures)) maker.addMeasure(measure)
  })
  return maker.shape
}

export function isGiven(where: string | undefined): where is string {
  return where !== undefined && where.trim() !== ''
}

/** What values are made of, in the order in which they are asked for. */
export function typesOfShape({ sources }: Shape<never>): { text: string; type: ValueType }[] {
  return sources.map(({ text, type }) => ({ text, type }))
}

function within(param: string, make: () => void): void {
  try {
    make()
  } catch (error) {
    if (error instanceof ExpressionError || error instanceof MeasureError)
      throw new ShapeError(`${param}: ${error.message}`, { cause: error })
    throw error
  }
}

const statesOf: Record<MeasureOp, readonly StateKind[]> = {
  count: ['count'],
  countDistinct: ['values'],
  sum: ['count', 'sum'],
  mean: ['count', 'sum'],
  min: ['least'],
  max: ['greatest'],
  stddev: ['count', 'sum', 'squares'],
  median: ['count', 'values'],
  quantile: ['count', 'values'],
  first: ['first'],
  last: ['last'],
}
const ofNumbers: ReadonlySet<MeasureOp> = new Set(['sum', 'mean', 'stddev', 'median', 'quantile'])
const counts: ReadonlySet<MeasureOp> = new Set(['count', 'countDistinct'])

class ShapeMaker<Row> {
  readonly shape: Shape<Row> = { sources: [], keys: [], states: [], measures: [], columns: [] }
  readonly #table: Pick<Table, 'columns'>
  readonly #scope: Scope<Row>

  constructor(table: Pick<Table, 'columns'>, scope: Scope<Row>) {
    this.#table = table
    this.#scope = scope
  }

  addKey(text: string): void {
    const { name, source } = namedSource(text, { table: this.#table, scope: this.#scope })
    const column = this.#column(name, source.type)
    this.shape.keys.push({ ...column, source: this.#place(source) })
  }

  addMeasure({ op, of, q, name }: AskedMeasure): void {
    const source = of === null ? null : sourceOf(of, { table: this.#table, scope: this.#scope })
    if (source !== null && ofNumbers.has(op) && source.type !== 'number')
      throw new MeasureError(`${op} takes numbers, and ${of} is ${source.type}`)
    const called = name ?? this.#nameOf({ op, q, of }, source)
    const type = source === null || counts.has(op) || ofNumbers.has(op) ? 'number' : source.type
    const column = this.#column(called, type)
    const states = source === null ? {} : this.#keep(statesOf[op], this.#place(source))
    const share = op === 'median' ? 0.5 : (q ?? 0)
    this.shape.measures.push({ ...column, op, q: share, isWhole: this.#isWhole(source), states })
  }

  #isWhole(source: Source<Row> | null): boolean {
    return this.#table.columns[source?.column ?? -1]?.type === 'integer'
  }

  #nameOf({ op, q, of }: Pick<AskedMeasure, 'op' | 'q' | 'of'>, source: Source<Row> | null): string {
    if (source === null) return op
    if (source.name === null) throw new MeasureError(`${op}(${of}) has no name; write name = ${op}(${of})`)
    return q === null ? `${op}_${source.name}` : `${op}_${q}_${source.name}`
  }

  #column(name: string, type: ValueType): OutputColumn {
    const { columns } = this.shape
    if (columns.some((column) => column.name === name)) throw new MeasureError(`two columns would be called ${name}`)
    const column = { name, type }
    columns.push(column)
    return column
  }

  #place(source: Source<Row>): number {
    const { sources } = this.shape
    const known = sources.findIndex(({ text }) => text === source.text)
    return known >= 0 ? known : sources.push(source) - 1
  }

  #keep(kinds: readonly StateKind[], source: number): Measure['states'] {
    const { states } = this.shape
    const places = kinds.map((kind) => {
      const known = states.findIndex((state) => state.kind === kind && state.source === source)
      return [kind, known >= 0 ? known : states.push({ kind, source }) - 1] as const
    })
    return Object.fromEntries(places)
  }
}
