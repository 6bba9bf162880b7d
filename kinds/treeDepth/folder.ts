import { type Dirent, lstatSync, readdirSync } from 'node:fs'
import { mostExamples } from './kind.ts'
import type { Ways } from './paths.ts'
import type { Reached, Walkable } from './walk.ts'

/**
 * A folder as a hierarchy: a node is the way to a file or folder below it, as its bytes are on disk, one character each; the folder itself is
 * the empty way. Files weigh their sizes. Links are nodes and are not followed.
 */
const separator = Buffer.from('/')

export class FolderTree implements Walkable<string> {
  readonly unreadable: { count: number; examples: string[] } = { count: 0, examples: [] }
  readonly #root: Buffer
  /** Of what was met last, whether it is a folder: only those are looked into. */
  readonly #isFolder = new Map<string, boolean>()

  constructor(root: string) {
    this.#root = Buffer.from(root)
  }

  eachChild(node: string, visit: (child: string) => void): number {
    if (!this.#folder(node)) return 0
    const entries = this.#entriesOf(node)
    for (const entry of entries) {
      const child = node === '' ? nameOf(entry) : `${node}/${nameOf(entry)}`
      this.#isFolder.set(child, entry.isDirectory())
      visit(child)
    }
    return entries.length
  }

  weight(node: string): number {
    if (this.#isFolder.get(node) === true) return 0
    const stat = lstatSync(this.#path(node), { throwIfNoEntry: false })
    return stat?.isFile() === true ? stat.size : 0
  }

  /** Asked once of each node, which then need not be remembered. */
  #folder(node: string): boolean {
    const known = this.#isFolder.get(node)
    this.#isFolder.delete(node)
    return known ?? lstatSync(this.#path(node), { throwIfNoEntry: false })?.isDirectory() ?? false
  }

  /** By their bytes, whatever the order on the disk is. */
  #entriesOf(node: string): Dirent<Buffer>[] {
    try {
      const entries = readdirSync(this.#path(node), { withFileTypes: true, encoding: 'buffer' })
      return entries.sort((one, other) => Buffer.compare(one.name, other.name))
    } catch (error) {
      // Somebody may remove it while it is looked at.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      this.unreadable.count += 1
      if (this.unreadable.examples.length < mostExamples) this.unreadable.examples.push(readable(node))
      return []
    }
  }

  #path(node: string): Buffer {
    return node === '' ? this.#root : Buffer.concat([this.#root, separator, Buffer.from(node, 'latin1')])
  }
}

function nameOf({ name }: Dirent<Buffer>): string {
  return name.toString('latin1')
}

/** As a person reads it. */
function readable(way: string): string {
  return Buffer.from(way, 'latin1').toString('utf8')
}

/** The names on the way to a file or folder, the one that was given first. */
export class FolderWays implements Ways {
  readonly #name: string
  readonly #tree: FolderTree

  constructor(name: string, root: string) {
    this.#name = name
    this.#tree = new FolderTree(root)
  }

  *wayTo(node: Reached['node']): Generator<{ name: string; own: number }> {
    const parts = String(node) === '' ? [] : String(node).split('/')
    yield { name: this.#name, own: this.#tree.weight('') }
    for (const [at, part] of parts.entries())
      yield { name: readable(part), own: this.#tree.weight(parts.slice(0, at + 1).join('/')) }
  }
}
