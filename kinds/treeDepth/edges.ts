import type { RunContext } from '../../contract/run.ts'
import { inputOf } from '../../datasets/bytes/read.ts'
import { fieldText, rowFlags } from '../../datasets/table/batch.ts'
import { tableOf } from '../../datasets/table/context.ts'
import type { RowAt } from '../../datasets/table/scope.ts'
import { numberReader } from '../../datasets/table/values.ts'
import type { TreeDepthParams } from './kind.ts'

/**
 * A node and its parent between the task that reads them and the one that numbers them: weight (a double), bytes of the name and of the
 * parent's (32-bit integers, -1 for none), name, parent; little-endian.
 */
const headBytes = 16
const noName = -1

interface ByteRun {
  bytes: Uint8Array
  start: number
  end: number
}

export class EdgeReader {
  readonly #id: number
  readonly #parent: number
  /** Null where every node weighs 1. */
  readonly #weight: { column: number; name: string; read: ReturnType<typeof numberReader> } | null
  #bytes = Buffer.alloc(1024)

  constructor(context: RunContext<TreeDepthParams>) {
    const table = tableOf(inputOf(context, 0))
    const { id, parent, weight } = context.params
    const columnOf = (name: string) => table.columns.findIndex((column) => column.name === name)
    this.#id = columnOf(id)
    this.#parent = columnOf(parent)
    this.#weight = weight === undefined ? null : { column: columnOf(weight), name: weight, read: numberReader(table) }
  }

  /** What is written of the row until the next is read, or why it cannot be used. */
  read(at: RowAt): ByteRun | string {
    const name = fieldText(at.batch, at.row, this.#id)
    if (name === null) return 'the node has no name'
    const weight = this.#weightOf(at)
    if (typeof weight === 'string') return weight
    return this.#encode(name, fieldText(at.batch, at.row, this.#parent), weight)
  }

  #weightOf({ batch, row }: RowAt): number | string {
    if (this.#weight === null) return 1
    const { column, name, read } = this.#weight
    const field = row * batch.columns + column
    if ((batch.flags[field]! & rowFlags.null) !== 0) return 0
    const weight = read(batch.bytes, batch.starts[field]!, batch.ends[field]!)
    return weight ?? `'${fieldText(batch, row, column)?.slice(0, 80) ?? ''}' in column ${name} is not a number`
  }

  #encode(name: string, parent: string | null, weight: number): ByteRun {
    const most = headBytes + 3 * (name.length + (parent?.length ?? 0))
    if (this.#bytes.length < most) this.#bytes = Buffer.alloc(2 * most)
    const bytes = this.#bytes
    const nameBytes = bytes.write(name, headBytes)
    const parentBytes = parent === null ? noName : bytes.write(parent, headBytes + nameBytes)
    bytes.writeDoubleLE(weight, 0)
    bytes.writeInt32LE(nameBytes, 8)
    bytes.writeInt32LE(parentBytes, 12)
    return { bytes, start: 0, end: headBytes + nameBytes + Math.max(0, parentBytes) }
  }
}

/** Edges as they were written, one after the other. */
export function eachEdge(block: Buffer, visit: (name: string, parent: string | null, weight: number) => void): void {
  for (let at = 0; at < block.length;) {
    const weight = block.readDoubleLE(at)
    const nameEnd = at + headBytes + block.readInt32LE(at + 8)
    const parentBytes = block.readInt32LE(at + 12)
    const end = nameEnd + Math.max(0, parentBytes)
    const name = block.toString('utf8', at + headBytes, nameEnd)
    visit(name, parentBytes === noName ? null : block.toString('utf8', nameEnd, end), weight)
    at = end
  }
}
