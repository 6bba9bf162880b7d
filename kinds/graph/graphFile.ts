import { closeSync, openSync } from 'node:fs'
import { z } from 'zod'
import { invariant } from '../../contract/invariant.ts'
import type { FileRef } from '../../contract/outcome.ts'
import { type Part, PartLost, type RunContext, type StageAnswer } from '../../contract/run.ts'
import { ByteTable } from '../../datasets/bytes/byteTable.ts'
import { readAt } from '../../datasets/bytes/read.ts'
import type { Tick } from './ticks.ts'

/**
 * The graph of a run of rows in three scratch files: the names of its nodes one after the other, where each of them ends (32-bit integers), and
 * its edges, the sources of all and then the targets of all (32-bit integers); little-endian, as every machine has them that this runs on.
 * Nodes are numbered in the order in which the rows name them, so folding neighbours gives the graph of both runs, whatever was cut where.
 */
export interface Graph {
  nodes: number
  names: Names
  sources: Int32Array
  targets: Int32Array
  /** How many rows named edges. */
  rows: number
}

/** Node n is called by the bytes [ends[n - 1], ends[n]) of `bytes`. */
export class Names {
  readonly bytes: Uint8Array
  readonly #ends: Uint32Array

  constructor(bytes: Uint8Array, ends: Uint32Array) {
    this.bytes = bytes
    this.#ends = ends
  }

  startOf(node: number): number {
    return node === 0 ? 0 : this.#ends[node - 1]!
  }

  endOf(node: number): number {
    return this.#ends[node]!
  }

  textOf(node: number): string {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset).toString('utf8', this.startOf(node), this.endOf(node))
  }
}

/** What is kept of edges. */
export interface EdgeKeeper {
  add(source: number, target: number): void
  edges(): { sources: Int32Array; targets: Int32Array }
}

const valueSchema = z.strictObject({ rows: z.int(), nodes: z.int() })
type Files = Pick<RunContext, 'path'>

export class GraphBuilder {
  readonly #names = new ByteTable()
  readonly #kept: EdgeKeeper
  #rows = 0

  constructor(kept: EdgeKeeper) {
    this.#kept = kept
  }

  node(bytes: Uint8Array, start: number, end: number): number {
    return this.#names.numberOf(bytes, start, end)
  }

  edge(source: number, target: number): void {
    this.#rows += 1
    this.#kept.add(source, target)
  }

  /** The rows of this graph come behind those before. */
  fold({ nodes, names, sources, targets, rows }: Graph, tick: Tick): void {
    const numbers = new Int32Array(nodes)
    for (let node = 0; node < nodes; node += 1) {
      tick()
      numbers[node] = this.#names.numberOf(names.bytes, names.startOf(node), names.endOf(node))
    }
    for (let edge = 0; edge < sources.length; edge += 1) {
      tick()
      this.#kept.add(numbers[sources[edge]!]!, numbers[targets[edge]!]!)
    }
    this.#rows += rows
  }

  finish(context: Pick<RunContext, 'scratch'>): StageAnswer {
    const names = this.#names
    const nodes = names.size
    const ends = Uint32Array.from({ length: nodes }, (_, node) => names.endOf(node))
    const { sources, targets } = this.#kept.edges()
    const write = (name: string, ...blocks: Uint8Array[]): FileRef => {
      const writer = context.scratch(name)
      for (const block of blocks) writer.write(block)
      return writer.finish()
    }
    const bytes = names.bytes.subarray(0, ends.at(-1) ?? 0)
    return {
      value: { rows: this.#rows, nodes },
      files: {
        names: write('names', bytes),
        ends: write('ends', bytesOf(ends)),
        edges: write('edges', bytesOf(sources), bytesOf(targets)),
      },
    }
  }
}

export function readGraph(part: Part | undefined, context: Files): Graph {
  invariant(part !== undefined, 'graph: a graph is there')
  const { rows, nodes } = valueSchema.parse(part.value)
  const names = new Names(read(part, 'names', context), new Uint32Array(read(part, 'ends', context).buffer))
  const edges = new Int32Array(read(part, 'edges', context).buffer)
  const count = edges.length / 2
  return { nodes, names, sources: edges.subarray(0, count), targets: edges.subarray(count), rows }
}

function read(part: Part, name: string, context: Files): Uint8Array<ArrayBuffer> {
  const ref = part.files[name]
  invariant(ref !== undefined, `graph: a graph has ${name}`)
  const bytes = new Uint8Array(ref.bytes)
  const fd = openSync(context.path(ref), 'r')
  try {
    if (readAt(fd, bytes, 0) < bytes.length) throw new PartLost(ref.file, `it ends before byte ${bytes.length}`)
  } finally {
    closeSync(fd)
  }
  return bytes
}

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array | Uint32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
