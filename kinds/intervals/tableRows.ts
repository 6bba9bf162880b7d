import type { Part, RunContext, Split } from '../../contract/run.ts'
import { inputOf } from '../../datasets/bytes/read.ts'
import { type RowBatch, rejectRow, rowFlags } from '../../datasets/table/batch.ts'
import { type TableContext, tableOf } from '../../datasets/table/context.ts'
import { readTable } from '../../datasets/table/read.ts'
import type { ReadCounts } from './bedLines.ts'
import type { Bytes, PlaceEvent } from './event.ts'
import { GroupKey } from './groupKey.ts'
import { IntervalEvents } from './intervalEvents.ts'
import type { IntervalsParams } from './kind.ts'
import { type Positions, positionsFor } from './positions.ts'

/** Rows of tables as intervals. */
export type RowContext = TableContext & Pick<RunContext<IntervalsParams>, 'params'>

export async function readRowEvents(
  { split, context, index }: { split: Split; context: RowContext; index: readonly Part[] },
  visit: (event: PlaceEvent) => void,
): Promise<ReadCounts> {
  const rows = new IntervalRows(context, visit)
  let intervals = 0
  for await (const batch of readTable(split, context, index))
    for (let row = 0; row < batch.rows; row++) {
      const complaint = rows.add(batch, row)
      if (complaint === null) intervals += 1
      else rejectRow(context, { batch, row }, complaint)
    }
  return { intervals, skipped: 0 }
}

export class IntervalRows {
  readonly #events: IntervalEvents
  /** By input: each writes numbers in its own way. */
  readonly #positions: Positions[]
  readonly #group = new GroupKey()
  readonly #by: number[]
  readonly #columns: { start: number; end: number }
  readonly #start: Bytes = { bytes: new Uint8Array(0), start: 0, end: 0 }
  readonly #end: Bytes = { bytes: new Uint8Array(0), start: 0, end: 0 }

  constructor({ params, inputs }: Pick<RowContext, 'params' | 'inputs'>, visit: (event: PlaceEvent) => void) {
    this.#events = new IntervalEvents(visit)
    this.#positions = inputs.map((input) => positionsFor(params, tableOf(input)))
    const { columns } = tableOf(inputOf({ inputs }, 0))
    const columnOf = (wanted: string) => columns.findIndex(({ name }) => name === wanted)
    this.#by = params.by.map(columnOf)
    this.#columns = { start: columnOf(params.start), end: columnOf(params.end) }
  }

  /** Says why the row is none, or null. */
  add(batch: RowBatch, row: number): string | null {
    const first = row * batch.columns
    if (!look(this.#start, batch, first + this.#columns.start)) return 'it has no start'
    if (!look(this.#end, batch, first + this.#columns.end)) return 'it has no end'
    this.#group.begin()
    for (const column of this.#by) this.#group.field(batch, first + column)
    return this.#events.add(this.#group, this.#positions[batch.input]!, { start: this.#start, end: this.#end })
  }
}

/** False for a field without anything. */
function look(target: Bytes, { bytes, starts, ends, flags }: RowBatch, field: number): boolean {
  target.bytes = bytes
  target.start = starts[field]!
  target.end = ends[field]!
  return (flags[field]! & rowFlags.null) === 0 && target.start < target.end
}
