import { rmSync } from 'node:fs'
import type { FileRef } from '../../contract/outcome.ts'
import type { RunContext } from '../../contract/run.ts'
import { rejectRow, type RowBatch } from '../../datasets/table/batch.ts'
import { tableOf } from '../../datasets/table/context.ts'
import { type RowAt, rowScope } from '../../datasets/table/scope.ts'
import { GroupMarks } from './groupMarks.ts'
import { Groups } from './groups.ts'
import { GroupWriter } from './groupWriter.ts'
import type { AggregateParams } from './kind.ts'
import { mergeGroups } from './mergeGroups.ts'
import { readerOf, type SourceReader, type Taken } from './readSources.ts'
import { isGiven, type Shape, shapeOf } from './shape.ts'
import { sourceOf } from './sources.ts'

/** Reads the rows of a split into groups. Groups that outgrow their memory are written as they stand, in order, and merged at the end. */
type Context = RunContext<AggregateParams>

/** So many files are read side by side. */
const mostRuns = 64

export class GroupScan {
  readonly #context: Context
  readonly #groups: Groups
  readonly #shape: Shape<never>
  readonly #inputs = new Map<number, InputReader>()
  readonly #runs: FileRef[] = []
  #files = 0
  read = 0
  kept = 0

  constructor(context: Context, shape: Shape<never>) {
    this.#context = context
    this.#shape = shape
    this.#groups = new Groups(shape)
  }

  take(batch: RowBatch): void {
    const reader = this.#readerOf(batch.input)
    const { rejected, taken } = reader.read(batch)
    this.read += batch.rows - rejected
    for (let row = 0; row < batch.rows; row++) this.kept += taken[row]!
    this.#groups.add(reader.values, taken, batch.rows)
    if (this.#groups.heldBytes > this.#context.params.memoryBytes) this.#spill()
  }

  finish(): Record<string, FileRef> {
    const marks = new GroupMarks()
    const groups = this.#finishGroups(marks)
    return marks.isEmpty ? { groups } : { groups, marks: marks.finish(this.#context.scratch('marks')) }
  }

  #finishGroups(marks: GroupMarks): FileRef {
    if (this.#runs.length === 0) return this.#groups.empty(this.#context.scratch('groups'), marks)
    if (this.#groups.size > 0) this.#spill()
    return this.#mergeRuns('groups', marks)
  }

  #spill(): void {
    this.#runs.push(this.#groups.empty(this.#context.scratch(`run${this.#files++}`)))
    if (this.#runs.length === mostRuns) this.#runs.push(this.#mergeRuns(`run${this.#files++}`))
  }

  #mergeRuns(name: string, marks = new GroupMarks()): FileRef {
    const runs = this.#runs.splice(0)
    const visitor = new GroupWriter(this.#context.scratch(name), marks)
    mergeGroups(this.#context, runs, { shape: this.#shape, visitor })
    for (const run of runs) rmSync(this.#context.path(run))
    return visitor.finish()
  }

  #readerOf(input: number): InputReader {
    const reader = this.#inputs.get(input) ?? new InputReader(this.#context, input)
    this.#inputs.set(input, reader)
    return reader
  }
}

/** Reads the sources of a shape out of the rows of one input. */
class InputReader implements Taken {
  rows = new Uint8Array(0)
  readonly #context: Context
  readonly #where: SourceReader | null
  readonly #sources: SourceReader[]
  #rejected = 0

  constructor(context: Context, input: number) {
    this.#context = context
    const table = tableOf(context.inputs[input]!)
    const scope = rowScope(table)
    const { where } = context.params
    this.#where = isGiven(where) ? readerOf(sourceOf(where, { table, scope }), table) : null
    this.#sources = shapeOf<RowAt>(context.params, table, scope).sources.map((source) => readerOf(source, table))
  }

  get values() {
    return this.#sources.map(({ values }) => values)
  }

  refuse(at: RowAt, reason: string): void {
    if (this.rows[at.row] === 0) return
    this.rows[at.row] = 0
    this.#rejected += 1
    rejectRow(this.#context, at, reason)
  }

  /** Which rows count, as 1. A row of which anything cannot be used counts nowhere. */
  read(batch: RowBatch): { rejected: number; taken: Uint8Array } {
    if (this.rows.length < batch.rows) this.rows = new Uint8Array(batch.rows)
    this.rows.fill(1, 0, batch.rows)
    this.#rejected = 0
    if (this.#where !== null) this.#choose(this.#where, batch)
    for (const source of this.#sources) source.read(batch, this)
    return { rejected: this.#rejected, taken: this.rows }
  }

  #choose(where: SourceReader, batch: RowBatch): void {
    where.read(batch, this)
    const { nulls, numbers } = where.values
    for (let row = 0; row < batch.rows; row++) if (nulls[row] !== 0 || numbers[row] !== 1) this.rows[row] = 0
  }
}
