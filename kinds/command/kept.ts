import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { z } from 'zod'
import type { Input } from '../../contract/dataset.ts'
import { canonicalJson } from '../../contract/json.ts'
import type { RunContext } from '../../contract/run.ts'
import { markUsed, readKept, trimKept, writeKept } from '../../datasets/table/keptFiles.ts'
import { type CommandParams, kind } from './kind.ts'
import type { Item } from './template.ts'
import type { Launch } from './commandLine.ts'

/**
 * What items have come to, kept in the home for later jobs: what was printed, the files that were left, and when. An item is the same
 * when its program (the file by its place, size and time), its words, where it runs, the input and the version of the kind are the same;
 * a value that names a file is the same while that file is. What is here may go at any time: then the item is run again.
 */
type KeepingContext = Pick<RunContext<CommandParams>, 'indexes' | 'log' | 'params'>

const folderName = 'commands'
const mostBytes = 2 * 1024 * 1024 * 1024
/** Of one item: more is not kept. */
const mostItemBytes = 64 * 1024 * 1024

const headSchema = z.strictObject({
  startedAt: z.number(),
  runMs: z.number(),
  printedBytes: z.int(),
  stderr: z.string(),
  /** What was printed comes first, then the files one after the other. */
  outputBytes: z.int().min(0),
  files: z.array(z.strictObject({ path: z.string(), bytes: z.int().min(0) })),
})
type Head = z.output<typeof headSchema>

export interface FileOfItem {
  /** Below the item's folder, with slashes. */
  path: string
  content: Uint8Array
}

export interface KeptItem extends Omit<Head, 'files'> {
  output: Uint8Array
  files: FileOfItem[]
}

interface LeftByItem {
  output: string
  out: string
  paths: readonly string[]
}

export interface ItemIdentity {
  item: Item
  /** Of an item that is a file. */
  input: Input | null
  /** With a mark in the place of the item's own folder, which is another one each time. */
  launch: Launch
  program: string
}

export class KeptItems {
  readonly #context: KeepingContext
  readonly #folder: string | null

  constructor(context: KeepingContext) {
    this.#context = context
    const { indexes, params } = context
    this.#folder = indexes === null || !params.reuse ? null : join(indexes, folderName)
  }

  keyOf({ item, input, launch, program }: ItemIdentity): string {
    const { version, folder = null, mostOutputBytes, collect = null } = this.#context.params
    const asked = [kind.version, version, folder, mostOutputBytes, collect, launch.program, ...launch.words]
    const values = [item.text, ...item.values].map((value) => (folder === null ? value : resolve(folder, value)))
    const of = input === null ? values.map(stampOf) : versionOf(input)
    const identity = { asked, program: stampOf(program), of }
    return createHash('sha256').update(canonicalJson(identity)).digest('hex')
  }

  find(key: string): KeptItem | null {
    const path = this.#pathOf(key)
    if (path === null) return null
    const kept = this.#unlessRefused('what was done cannot be looked up', () => readKept(path)) ?? null
    if (kept === null || kept === 'damaged') return null
    this.#unlessRefused('its use is not noted', () => markUsed(path, new Date()))
    return unpacked(kept)
  }

  /** What an item left, in a file and in a folder. */
  keepFrom(key: string, head: Omit<Head, 'files'>, { output, out, paths }: LeftByItem): void {
    const path = this.#pathOf(key)
    const left = [output, ...paths.map((file) => join(out, file))]
    if (path === null || left.reduce((sum, each) => sum + statSync(each).size, 0) > mostItemBytes) return
    const bodies = left.map((each) => readFileSync(each))
    const files = paths.map((file, index) => ({ path: file, bytes: bodies[index + 1]?.length ?? 0 }))
    const line = JSON.stringify({ ...head, files } satisfies Head)
    this.#unlessRefused('what was done is not kept', () => {
      mkdirSync(dirname(path), { recursive: true })
      writeKept(path, line, Buffer.concat(bodies))
    })
  }

  /** To be called when some may have been kept. */
  trim(now: number): void {
    const folder = this.#folder
    if (folder !== null) this.#unlessRefused('what was done is not removed', () => trimKept(folder, { mostBytes, now }))
  }

  #pathOf(key: string): string | null {
    return this.#folder === null ? null : join(this.#folder, `${key.slice(0, 40)}.done`)
  }

  /** Work goes on without what the system refuses here. */
  #unlessRefused<Result>(otherwise: string, act: () => Result): Result | undefined {
    try {
      return act()
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error
      this.#context.log(`${otherwise}: ${error.message}`)
      return undefined
    }
  }
}

function unpacked({ head, body }: { head: string; body: Uint8Array }): KeptItem {
  const { files, ...rest } = headSchema.parse(JSON.parse(head))
  let at = rest.outputBytes
  const output = body.subarray(0, at)
  const contents = files.map(({ path, bytes }) => ({ path, content: body.subarray(at, (at += bytes)) }))
  return { ...rest, output, files: contents }
}

/** What tells one version of a file from another; null for what is no file. */
function stampOf(path: string): (number | string)[] | null {
  if (!isAbsolute(path) || path.includes('\0')) return null
  const stat = statUnlessStrange(path)
  return stat?.isFile() === true ? [path, stat.size, stat.mtimeMs, stat.ino] : null
}

function statUnlessStrange(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch (error) {
    // A text that merely looks like a path may be too long for one, or lie in a folder that nobody may enter.
    if (error instanceof Error && 'code' in error) return undefined
    throw error
  }
}

function versionOf({ path, fingerprint: { bytes, modifiedAt, inode, headTail } }: Input): (string | number)[] {
  return [path, bytes, modifiedAt, inode, headTail]
}

/** The files in an item's folder, in the order of their paths; of what is neither file nor folder nothing is claimed. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .map((path) => (process.platform === 'win32' ? path.replaceAll('\\', '/') : path))
    .toSorted()
}
