import type { Input } from '../../contract/dataset.ts'
import type { OwnColumns } from '../../contract/table.ts'
import { type RowBatch, rowFlags } from './batch.ts'

/** Rows of one input as rows of the whole that several inputs are: each field in its column's place, null where the input has none. */
export function wholeRows({ table, name }: Pick<Input, 'table' | 'name'>): (batch: RowBatch) => RowBatch {
  if (table?.own === undefined) return (batch) => batch
  const widener = new Widener(table.own, table.own.file ?? name)
  return (batch) => widener.widen(batch)
}

/** What a column has in every row. */
interface Fixed {
  start: number
  end: number
  flags: number
}

class Widener {
  readonly #from: (number | Fixed)[]
  /** The texts that every row has. */
  readonly #fixed: Uint8Array
  #starts = new Uint32Array(0)
  #ends = new Uint32Array(0)
  #flags = new Uint8Array(0)
  #bytes = new Uint8Array(0)

  constructor({ from }: OwnColumns, file: string) {
    const texts: Buffer[] = []
    let length = 0
    this.#from = from.map((each) => {
      if (typeof each === 'number') return each
      const text = each === 'file' ? file : (each?.value ?? null)
      if (text === null) return { start: 0, end: 0, flags: rowFlags.null }
      const bytes = Buffer.from(text)
      texts.push(bytes)
      length += bytes.length
      return { start: length - bytes.length, end: length, flags: each === 'file' ? rowFlags.quoted : 0 }
    })
    this.#fixed = Buffer.concat(texts)
  }

  widen(batch: RowBatch): RowBatch {
    const columns = this.#from.length
    const before = this.#fixed.length
    this.#reserve(batch.rows * columns)
    const first = before > 0 ? this.#copyText(batch) : 0
    for (const [column, from] of this.#from.entries()) {
      if (typeof from === 'number') this.#move(batch, { from, to: column }, before > 0 ? before - first : 0)
      else this.#fill(batch.rows, column, from)
    }
    const [starts, ends, flags] = [this.#starts, this.#ends, this.#flags]
    return { ...batch, columns, bytes: before > 0 ? this.#bytes : batch.bytes, starts, ends, flags }
  }

  #reserve(fields: number): void {
    if (this.#starts.length >= fields) return
    this.#starts = new Uint32Array(fields)
    this.#ends = new Uint32Array(fields)
    this.#flags = new Uint8Array(fields)
  }

  /** The fixed texts, and behind them what the fields stand in; tells from which byte on that is. */
  #copyText({ bytes, rows, columns, starts, ends }: RowBatch): number {
    let first = bytes.length
    let last = 0
    for (let field = 0; field < rows * columns; field += 1) {
      const end = ends[field] ?? 0
      if ((starts[field] ?? 0) === end) continue
      first = Math.min(first, starts[field] ?? 0)
      last = Math.max(last, end)
    }
    first = Math.min(first, last)
    const length = this.#fixed.length + last - first
    if (this.#bytes.length < length) {
      this.#bytes = new Uint8Array(2 * length)
      this.#bytes.set(this.#fixed)
    }
    this.#bytes.set(bytes.subarray(first, last), this.#fixed.length)
    return first
  }

  #fill(rows: number, column: number, field: Fixed): void {
    const columns = this.#from.length
    for (let at = column; at < rows * columns; at += columns) {
      this.#starts[at] = field.start
      this.#ends[at] = field.end
      this.#flags[at] = field.flags
    }
  }

  #move(batch: RowBatch, { from, to }: { from: number; to: number }, by: number): void {
    const columns = this.#from.length
    for (let row = 0, own = from, at = to; row < batch.rows; row += 1, own += batch.columns, at += columns) {
      const start = batch.starts[own] ?? 0
      const end = batch.ends[own] ?? 0
      // What holds nothing may stand anywhere.
      this.#starts[at] = start === end ? 0 : start + by
      this.#ends[at] = start === end ? 0 : end + by
      this.#flags[at] = batch.flags[own] ?? 0
    }
  }
}
