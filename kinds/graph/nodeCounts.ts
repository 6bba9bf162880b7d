import { ByteTable } from '../../datasets/bytes/byteTable.ts'
import type { NodeRecord } from './degreeRecords.ts'
import { DistinctEdges } from './distinctEdges.ts'

/** Counts the different edges of some nodes, from the records of all rows that name them, which come in the order of these rows. */
export class NodeCounts {
  readonly #nodes = new ByteTable()
  readonly #others = new ByteTable()
  readonly #incoming = new DistinctEdges()
  readonly #outgoing = new DistinctEdges()
  /** By node. */
  readonly #counts: Pick<NodeRecord, 'input' | 'offset' | 'side' | 'rows' | 'incoming' | 'outgoing'>[] = []

  add({ input, offset, side, rows, bytes, start, end, other }: NodeRecord): void {
    const node = this.#nodes.numberOf(bytes, start, end)
    const counts = (this.#counts[node] ??= { input, offset, side, rows: 0, incoming: 0, outgoing: 0 })
    counts.rows += rows
    if (other === null) return
    const another = this.#others.numberOf(bytes, other.start, other.end)
    if (side === 0) counts.outgoing += this.#outgoing.add(node, another) ? 1 : 0
    else counts.incoming += this.#incoming.add(node, another) ? 1 : 0
  }

  *each(): Generator<NodeRecord> {
    const { bytes } = this.#nodes
    for (const [node, counts] of this.#counts.entries())
      yield { ...counts, bytes, start: this.#nodes.startOf(node), end: this.#nodes.endOf(node), other: null }
  }
}
