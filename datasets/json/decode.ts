import type { Table } from '../../contract/table.ts'
import { rowFlags } from '../table/batch.ts'
import { type RecordBlock, type RecordDecoder, type Row, fillNulls } from '../table/sieve.ts'
import { type Member, NameTree, visitMembers } from './members.ts'
import { BadJson, skipSpace } from './scan.ts'
import { unescapeInto } from './unescape.ts'

/**
 * Objects as rows: a missing member is null, a name that is no column makes a record no row (unless `ragged` is `pad`: then it is left
 * out). Numbers stand as they are written, nested values by their path or as their JSON.
 */
export class JsonDecoder implements RecordDecoder<RecordBlock> {
  readonly #table: Table
  readonly #columns: ReadonlyMap<string, number>
  readonly #tree = new NameTree()

  constructor(table: Table) {
    this.#table = table
    this.#columns = NameTree.of(table.columns.map(({ name }) => name))
  }

  whole(): null {
    return null
  }

  decode(block: RecordBlock, record: number, row: Row): string | null {
    const { bytes, recordStarts } = block
    const to = recordStarts[record + 1] ?? 0
    const from = skipSpace(bytes, recordStarts[record] ?? 0, to)
    if (bytes[from] !== 0x7b) return 'it is no object'
    fillNulls(row, 0, this.#table.columns.length)
    const unknown: { name: string | null } = { name: null }
    const visit = (member: Member, of: NameTree) => {
      if (of.column >= 0) put(bytes, member, { row, column: of.column })
      else unknown.name ??= of.path
    }
    try {
      const rules = { bytes, to, flatten: this.#table.flatten, columns: this.#columns, visit }
      let end = skipSpace(bytes, visitMembers(from, rules, { tree: this.#tree, depth: 0 }), to)
      // The elements of an array are apart by commas.
      if (this.#table.format === 'json' && bytes[end] === 0x2c) end = skipSpace(bytes, end + 1, to)
      if (end < to) return 'something follows the object'
    } catch (error) {
      if (error instanceof BadJson) return `not JSON: ${error.message}`
      throw error
    }
    if (unknown.name === null || this.#table.ragged === 'pad') return null
    return `${JSON.stringify(unknown.name)} is no column of the table`
  }

  single(text: Uint8Array): RecordBlock {
    const bytes = new Uint8Array(2 * text.length)
    bytes.set(text)
    const recordStarts = Uint32Array.of(0, text.length)
    return { bytes, arena: text.length, records: 1, recordStarts, offsets: new Float64Array(1) }
  }
}

function put(bytes: Uint8Array, member: Member, { row, column }: { row: Row; column: number }): void {
  const to = row.base + column
  if (member.kind === 'null') {
    row.flags[to] = rowFlags.null
    return
  }
  row.flags[to] = member.kind === 'text' ? rowFlags.quoted : 0
  row.starts[to] = member.start
  row.ends[to] = member.end
  if (!member.isEscaped) return
  row.starts[to] = row.arena
  row.arena = unescapeInto(bytes, member, row.arena)
  row.ends[to] = row.arena
}
