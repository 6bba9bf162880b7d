import { closeSync, openSync, readSync } from 'node:fs'
import { invariant } from '../../contract/invariant.ts'
import type { FileRef } from '../../contract/outcome.ts'
import type { Part, RunContext } from '../../contract/run.ts'
import { type Adjacency, adjacencyOf } from '../../datasets/graph/adjacency.ts'
import type { Ways } from './paths.ts'
import type { Reached, Walkable } from './walk.ts'

/**
 * A hierarchy by numbers. Node n has its children in one run of `children`; node `nodes`, which is none, has the roots. Numbers follow the order in
 * which nodes are first named, so that they do not depend on how the work was cut. Nodes on cycles, and below them, hang on no root.
 */
export interface Forest {
  nodes: number
  parents: Int32Array
  weights: Float64Array
  names: string[]
}

export const noParent = -1
const files = ['starts', 'children', 'parents', 'weights', 'nameEnds', 'names'] as const
type FileName = (typeof files)[number]

/** Writes it, for tasks that look only at some of its nodes. */
export function writeForest(forest: Forest, context: Pick<RunContext, 'scratch'>): Record<FileName, FileRef> {
  const { starts, targets } = childrenOf(forest)
  const write = (name: FileName, blocks: Iterable<Uint8Array>): FileRef => {
    const writer = context.scratch(name)
    for (const block of blocks) writer.write(block)
    return writer.finish()
  }
  return {
    starts: write('starts', [bytesOf(starts)]),
    children: write('children', [bytesOf(targets)]),
    parents: write('parents', [bytesOf(forest.parents)]),
    weights: write('weights', [bytesOf(forest.weights)]),
    nameEnds: write('nameEnds', [bytesOf(endsOf(forest.names))]),
    names: write(
      'names',
      forest.names.map((name) => Buffer.from(name)),
    ),
  }
}

/** A node's children keep the order of their numbers; the roots stand behind those of the last node. */
function childrenOf({ nodes, parents }: Forest): Adjacency {
  const sources = parents.map((parent) => placeOf(parent, nodes))
  return adjacencyOf(nodes + 1, { sources, targets: parents.map((_, node) => node) })
}

function placeOf(parent: number, nodes: number): number {
  return parent === noParent ? nodes : parent
}

function endsOf(names: readonly string[]): Float64Array {
  let end = 0
  return Float64Array.from(names, (name) => (end += Buffer.byteLength(name)))
}

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array | Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** Looks at a written forest; only pages of it are in memory. */
export class ForestReader implements Walkable<number>, Ways {
  readonly nodes: number
  readonly unreadable = { count: 0, examples: [] }
  readonly #pages: Record<FileName, PagedFile>

  constructor(part: Part | undefined, nodes: number, context: Pick<RunContext, 'path'>) {
    this.nodes = nodes
    this.#pages = Object.fromEntries(
      files.map((name) => {
        const ref = part?.files[name]
        invariant(ref !== undefined, `tree-depth: a forest has ${name}`)
        return [name, new PagedFile(context.path(ref))]
      }),
    ) as Record<FileName, PagedFile>
  }

  /** `visit` gets each child, in the order of their numbers; of node `nodes`, the roots. */
  eachChild(node: number, visit: (child: number) => void): number {
    const end = this.#pages.starts.int32(node + 1)
    const start = this.#pages.starts.int32(node)
    for (let at = start; at < end; at += 1) visit(this.#pages.children.int32(at))
    return end - start
  }

  weight(node: number): number {
    return this.#pages.weights.float64(node)
  }

  /** From the root on. */
  *wayTo(node: Reached['node']): Generator<{ name: string; own: number }> {
    const nodes: number[] = []
    for (let at = Number(node); at !== noParent; at = this.#pages.parents.int32(at)) nodes.push(at)
    for (const each of nodes.reverse()) yield { name: this.#name(each), own: this.weight(each) }
  }

  close(): void {
    for (const pages of Object.values(this.#pages)) pages.close()
  }

  #name(node: number): string {
    const start = node === 0 ? 0 : this.#pages.nameEnds.float64(node - 1)
    return this.#pages.names.text(start, this.#pages.nameEnds.float64(node))
  }
}

const pageBytes = 64 * 1024
const mostPages = 64

/** Numbers of a file, little-endian as every machine has them that this runs on, by a few pages that are kept. */
class PagedFile {
  readonly #fd: number
  readonly #pages = new Map<number, DataView>()
  #lastNumber = -1
  #last: DataView = new DataView(new ArrayBuffer(0))

  constructor(path: string) {
    this.#fd = openSync(path, 'r')
  }

  int32(at: number): number {
    return this.#page(Math.floor((4 * at) / pageBytes)).getInt32((4 * at) % pageBytes, true)
  }

  float64(at: number): number {
    return this.#page(Math.floor((8 * at) / pageBytes)).getFloat64((8 * at) % pageBytes, true)
  }

  text(start: number, end: number): string {
    const number = Math.floor(start / pageBytes)
    if (end <= (number + 1) * pageBytes) {
      const { buffer } = this.#page(number)
      return Buffer.from(buffer).toString('utf8', start % pageBytes, end - number * pageBytes)
    }
    const bytes = Buffer.alloc(end - start)
    readSync(this.#fd, bytes, 0, bytes.length, start)
    return bytes.toString('utf8')
  }

  close(): void {
    closeSync(this.#fd)
  }

  #page(number: number): DataView {
    if (number === this.#lastNumber) return this.#last
    const page = this.#pages.get(number) ?? this.#read(number)
    this.#pages.delete(number)
    this.#pages.set(number, page)
    this.#lastNumber = number
    this.#last = page
    return page
  }

  #read(number: number): DataView {
    const [oldest] = this.#pages.keys()
    if (this.#pages.size >= mostPages && oldest !== undefined) this.#pages.delete(oldest)
    const bytes = new Uint8Array(pageBytes)
    readSync(this.#fd, bytes, 0, pageBytes, number * pageBytes)
    return new DataView(bytes.buffer)
  }
}
