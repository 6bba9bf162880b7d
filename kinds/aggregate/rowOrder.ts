import { rmSync } from 'node:fs'
import type { FileRef } from '../../contract/outcome.ts'
import type { RunContext } from '../../contract/run.ts'
import { compareText } from '../../datasets/expression/order.ts'
import type { Value, ValueType } from '../../datasets/expression/types.ts'
import { ByteSink } from './byteSink.ts'
import { compareDecimals } from './decimalText.ts'
import { GroupCursor } from './groupFile.ts'
import { MinHeap } from './minHeap.ts'
import type { OrderColumn } from './order.ts'
import type { OutputColumn } from './shape.ts'

/**
 * Rows in the order that a person asked for, of any number: sorted in memory part by part, the parts written and merged. Rows that are equal
 * in it stay in the order in which they came; nulls come last in either direction.
 */
type Row = Value[]
type Context = Pick<RunContext, 'path' | 'progress' | 'scratch'>

const rowBytes = 64
const valueBytes = 32
const mostOpen = 64

export class RowSorter {
  readonly #context: Context
  readonly #compare: (one: Row, other: Row) => number
  readonly #mostBytes: number
  readonly #parts: FileRef[] = []
  #rows: Row[] = []
  #held = 0
  #files = 0

  constructor(context: Context, compare: (one: Row, other: Row) => number, mostBytes: number) {
    this.#context = context
    this.#compare = compare
    this.#mostBytes = mostBytes
  }

  add(row: Row): void {
    this.#rows.push(row)
    this.#held += rowBytes + row.reduce((sum: number, value) => sum + sizeOf(value), 0)
    if (this.#held > this.#mostBytes) this.#writePart()
  }

  /** All rows in order. */
  visit(take: (row: Row) => void): void {
    if (this.#parts.length === 0) {
      for (const row of this.#sorted()) take(row)
      return
    }
    this.#writePart()
    this.#merge(this.#parts, take)
    for (const part of this.#parts) rmSync(this.#context.path(part))
  }

  #sorted(): Row[] {
    const rows = this.#rows.toSorted(this.#compare)
    this.#rows = []
    this.#held = 0
    return rows
  }

  #writePart(): void {
    const writer = new RowFile(this.#context, `order${this.#files++}`)
    for (const row of this.#sorted()) writer.add(row)
    this.#parts.push(writer.finish())
    if (this.#parts.length < mostOpen) return
    const merged = new RowFile(this.#context, `order${this.#files++}`)
    const parts = this.#parts.splice(0)
    this.#merge(parts, (row) => merged.add(row))
    this.#parts.push(merged.finish())
    for (const part of parts) rmSync(this.#context.path(part))
  }

  #merge(parts: readonly FileRef[], take: (row: Row) => void): void {
    const cursors = parts.map((part, place) => ({
      cursor: new GroupCursor(this.#context, part),
      place,
      row: [] as Row,
    }))
    try {
      const heap = new MinHeap<(typeof cursors)[number]>(
        (one, other) => this.#compare(one.row, other.row) || one.place - other.place,
      )
      const advance = (each: (typeof cursors)[number]): void => {
        if (each.cursor.isAtEnd) return
        // This very task wrote it.
        each.row = JSON.parse(each.cursor.text()) as Row
        heap.push(each)
      }
      for (const each of cursors) advance(each)
      for (let first = heap.pop(); first !== undefined; first = heap.pop()) {
        take(first.row)
        advance(first)
      }
    } finally {
      for (const { cursor } of cursors) cursor.close()
    }
  }
}

/** Rows as JSON, each behind its length. */
class RowFile {
  readonly #writer: ReturnType<Context['scratch']>
  readonly #sink = new ByteSink()

  constructor(context: Context, name: string) {
    this.#writer = context.scratch(name)
  }

  add(row: Row): void {
    const json = Buffer.from(JSON.stringify(row))
    this.#sink.clear()
    this.#sink.varint(json.length)
    this.#sink.copy(json, 0, json.length)
    this.#writer.write(this.#sink.bytes.subarray(0, this.#sink.length))
  }

  finish(): FileRef {
    return this.#writer.finish()
  }
}

function sizeOf(value: Value): number {
  return valueBytes + (typeof value === 'string' ? 2 * value.length : 0)
}

export function compareRows(
  order: readonly OrderColumn[],
  columns: readonly OutputColumn[],
): (one: Row, other: Row) => number {
  return (one, other) => {
    for (const { place, isDescending } of order) {
      const [left, right] = [one[place]!, other[place]!]
      if (left === null || right === null) {
        if (left !== right) return left === null ? 1 : -1
        continue
      }
      const sign = compareValues(columns[place]!.type, left, right)
      if (sign !== 0) return isDescending ? -sign : sign
    }
    return 0
  }
}

function compareValues(type: ValueType, one: NonNullable<Value>, other: NonNullable<Value>): number {
  if (type === 'text') return compareText(String(one), String(other))
  if (typeof one === 'string' || typeof other === 'string') return compareDecimals(String(one), String(other))
  return Number(one) - Number(other)
}
