import { closeSync, openSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { invariant } from '../../contract/invariant.ts'
import type { FileRef } from '../../contract/outcome.ts'
import { type Part, PartLost, type RunContext, type ScratchWriter, type StageAnswer } from '../../contract/run.ts'
import { readAt } from '../../datasets/bytes/read.ts'
import type { Item } from './template.ts'

/**
 * Items listed in scratch files, so that a task finds its own without reading the others: their values as lines of JSON in one file, and
 * where each line ends, as a little-endian double, in the other. Lists of neighbours are put one behind the other.
 */
const names = { values: 'values', ends: 'ends' } as const
const endBytes = 8
const blockBytes = 256 * 1024

type ListContext = Pick<RunContext, 'path' | 'scratch'>

export class ItemListWriter {
  readonly #values: ScratchWriter
  readonly #ends: ScratchWriter
  #bytes = 0
  #items = 0

  constructor(context: Pick<RunContext, 'scratch'>) {
    this.#values = context.scratch(names.values)
    this.#ends = context.scratch(names.ends)
  }

  /** The first value is the item's text, then those of its columns. */
  add(text: string, columns: readonly string[]): void {
    const line = Buffer.from(`${JSON.stringify([text, ...columns])}\n`)
    this.#values.write(line)
    this.#endAt(this.#bytes + line.length)
    this.#bytes += line.length
  }

  append(part: Part, context: Pick<RunContext, 'path'>): void {
    const { values, ends } = filesOf(part)
    copyInto(this.#values, context.path(values))
    const bytes = readFileSync(context.path(ends))
    for (let at = 0; at < bytes.length; at += endBytes) this.#endAt(this.#bytes + bytes.readDoubleLE(at))
    this.#bytes += values.bytes
  }

  finish(): StageAnswer {
    const files = { values: this.#values.finish(this.#items), ends: this.#ends.finish(this.#items) }
    return { value: { items: this.#items }, files }
  }

  #endAt(end: number): void {
    const bytes = Buffer.alloc(endBytes)
    bytes.writeDoubleLE(end)
    this.#ends.write(bytes)
    this.#items += 1
  }
}

export function joinLists(parts: readonly Part[], context: ListContext): StageAnswer {
  const writer = new ItemListWriter(context)
  for (const part of parts) writer.append(part, context)
  return writer.finish()
}

const lineSchema = z.tuple([z.string()], z.string())

/** The items [from, to) of a list, in which they count from 0. */
export function readItems(part: Part, { from, to }: { from: number; to: number }, context: ListContext): Item[] {
  if (from >= to) return []
  const { values, ends } = filesOf(part)
  const bounds = readSlice(ends, { from: Math.max(0, from - 1) * endBytes, to: to * endBytes }, context)
  const first = from === 0 ? 0 : bounds.readDoubleLE(0)
  const text = readSlice(values, { from: first, to: bounds.readDoubleLE(bounds.length - endBytes) }, context)
  const lines = text.toString('utf8').split('\n').slice(0, -1)
  if (lines.length !== to - from) throw new PartLost(values.file, 'its items are not where they should be')
  return lines.map((line, index) => {
    const [value, ...columns] = lineSchema.parse(JSON.parse(line))
    return { number: from + index + 1, text: value, values: columns }
  })
}

function filesOf(part: Part): { values: FileRef; ends: FileRef } {
  const { [names.values]: values, [names.ends]: ends } = part.files
  invariant(values !== undefined && ends !== undefined, 'command: a list of items has two files')
  return { values, ends }
}

function readSlice(ref: FileRef, { from, to }: { from: number; to: number }, context: ListContext): Buffer {
  const fd = openSync(context.path(ref), 'r')
  try {
    const bytes = Buffer.alloc(to - from)
    if (readAt(fd, bytes, from) < bytes.length) throw new PartLost(ref.file, 'it is shorter than its list of items')
    return bytes
  } finally {
    closeSync(fd)
  }
}

/** Appends a file, block by block; gives its bytes. */
export function copyInto(writer: Pick<ScratchWriter, 'write'>, path: string): number {
  const fd = openSync(path, 'r')
  try {
    const block = Buffer.allocUnsafe(blockBytes)
    let done = 0
    for (let got = readAt(fd, block, 0); got > 0; got = readAt(fd, block, done)) {
      writer.write(block.subarray(0, got))
      done += got
    }
    return done
  } finally {
    closeSync(fd)
  }
}
