import type { RunContext, StageAnswer } from '../../contract/run.ts'
import { nameColumns } from '../../datasets/table/columns.ts'
import { BlockWriter } from '../../datasets/write/blocks.ts'
import { makeRowWriter, type RowWriter } from '../../datasets/write/rows.ts'
import { areEqual, copyBytes } from './event.ts'
import { groupFields } from './groupKey.ts'
import { hasDepth, type IntervalsParams } from './kind.ts'
import { LengthSum, unitOf } from './lengths.ts'
import { type Positions, positionsFor } from './positions.ts'
import type { Region, Sweep } from './sweep.ts'

/** Regions as they are written: lines of BED, or rows of CSV with the names of the input's columns. */
interface RegionWriter {
  header(): void
  /** Says of whom the regions behind it are. */
  group(fields: readonly (Uint8Array | null)[]): void
  region(start: string, end: string, depth: number | null): void
}

export class RegionOutput {
  readonly #params: IntervalsParams
  readonly #block: BlockWriter
  readonly #writer: RegionWriter
  readonly #positions: Positions
  readonly #lengths: LengthSum
  #group = new Uint8Array(0)
  #hasGroup = false
  #regions = 0

  constructor(context: Pick<RunContext<IntervalsParams>, 'params' | 'scratch'>) {
    const { params } = context
    this.#params = params
    this.#block = new BlockWriter(context.scratch('regions'), 'none')
    this.#writer = params.format === 'bed' ? new BedWriter(this.#block) : new CsvWriter(this.#block, params)
    this.#positions = positionsFor(params, { decimal: '.', thousands: '', dayFirst: false })
    this.#lengths = new LengthSum(params.positions)
  }

  header(): void {
    this.#writer.header()
  }

  take({ group, start, end, depth }: Region): void {
    const isKnown = this.#hasGroup && areEqual({ bytes: this.#group, start: 0, end: this.#group.length }, group)
    if (!isKnown) {
      this.#group = group.bytes.slice(group.start, group.end)
      this.#hasGroup = true
      this.#writer.group(groupFields(group))
    }
    this.#lengths.add(start, end)
    this.#regions += 1
    const shown = hasDepth(this.#params.operation) ? depth : null
    this.#writer.region(this.#positions.text(start, 'start'), this.#positions.text(end, 'end'), shown)
  }

  finish({ intervals, keys }: Pick<Sweep, 'intervals' | 'keys'>, skipped: number): StageAnswer {
    const unit = unitOf(this.#params.positions)
    const value = { intervals, skipped, keys, regions: this.#regions, length: this.#lengths.total, unit }
    return { value, files: { regions: this.#block.finish(this.#regions) } }
  }
}

class BedWriter implements RegionWriter {
  readonly #block: BlockWriter
  #chromosome: Uint8Array = new Uint8Array(0)

  constructor(block: BlockWriter) {
    this.#block = block
  }

  header(): void {
    // BED has none.
  }

  group([chromosome]: readonly (Uint8Array | null)[]): void {
    this.#chromosome = chromosome ?? new Uint8Array(0)
  }

  region(start: string, end: string, depth: number | null): void {
    const block = this.#block
    const text = depth === null ? `\t${start}\t${end}\n` : `\t${start}\t${end}\t${depth}\n`
    block.reserve(this.#chromosome.length + text.length)
    copyBytes(this.#chromosome, { from: 0, to: this.#chromosome.length }, { bytes: block.bytes, at: block.length })
    block.length += this.#chromosome.length
    // All of it is ASCII; a short text is written faster so than by a call.
    for (let at = 0; at < text.length; at++) block.bytes[block.length++] = text.charCodeAt(at)
    block.endRecord()
  }
}

class CsvWriter implements RegionWriter {
  readonly #writer: RowWriter
  readonly #names: string[]
  #fields: readonly (Uint8Array | null)[] = []

  constructor(block: BlockWriter, { by, start, end, operation, spreadsheetSafe }: IntervalsParams) {
    const depth = hasDepth(operation) ? ['depth'] : []
    this.#names = nameColumns([...by, start, end, ...depth])
    this.#writer = makeRowWriter(block, { format: 'csv', names: this.#names, bare: [], spreadsheetSafe })
  }

  header(): void {
    this.#writer.header(this.#names)
  }

  group(fields: readonly (Uint8Array | null)[]): void {
    this.#fields = fields
  }

  region(start: string, end: string, depth: number | null): void {
    const writer = this.#writer
    writer.begin()
    for (const field of this.#fields)
      if (field === null) writer.nothing()
      else writer.bytes(field, 0, field.length)
    writer.text(start)
    writer.text(end)
    if (depth !== null) writer.text(String(depth))
    writer.end()
  }
}
